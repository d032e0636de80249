using System.Text.RegularExpressions;
using EmailOps.ServiceDefaults.Settings;
using EmailOps.Tests.Architecture;

namespace EmailOps.Tests.Deploy;

/// <summary>.env.example promises a name; somebody must read it, and every name that is read stands there.</summary>
public sealed partial class EnvExampleTests
{
    /// <summary>Checked at the start and of no further effect, as .env.example says.</summary>
    private static readonly string[] OnlyChecked = ["QUANTIZATION"];

    private static readonly Lazy<string> Sources = new(() => string.Join('\n', House.Files(".cs", ".razor")
        .Where(f => f.StartsWith("EmailOps.", StringComparison.Ordinal) && !f.StartsWith("EmailOps.Tests/", StringComparison.Ordinal) && !f.StartsWith("EmailOps.Benchmarks/", StringComparison.Ordinal) && !f.EndsWith("/SettingNames.cs", StringComparison.Ordinal)).Select(House.Read)));

    [Fact]
    public void Every_name_of_the_example_is_read_by_something() => House.Rule(
        "A name in .env.example is read: as it stands, by its key, or by a property of an options class.",
        Names().Where(name => !KnownSettings.IsRead(name) || SettingNames.All.FirstOrDefault(s => s.Name == name) is { } setting && !IsUsed(setting)));

    [Fact]
    public void Every_name_that_is_read_stands_in_the_example() => House.Rule(
        "A name in SettingNames is described in .env.example.",
        SettingNames.All.Select(s => s.Name).Except(Names()));

    private static bool IsUsed(Setting setting) => OnlyChecked.Contains(setting.Name) || (setting.Key is { } key
        ? KnownSettings.IsOption(key.Split(':')) || Sources.Value.Contains($"\"{key}\"", StringComparison.Ordinal) || IsBound(key)
        : Sources.Value.Contains($"\"{setting.Name}\"", StringComparison.Ordinal));

    /// <summary>By a section whose options class is nested in another, or bound by name: the last part must be somebody's property.</summary>
    private static bool IsBound(string key) => key.Split(':') is [.., var last] && Regex.IsMatch(Sources.Value, $@"\b{Regex.Escape(last)} \{{ get;") && Sources.Value.Contains($"Section = \"{key.Split(':')[0]}\"", StringComparison.Ordinal);

    private static IEnumerable<string> Names() => Name().Matches(House.Read(".env.example")).Select(m => m.Groups[1].Value).Distinct();

    [GeneratedRegex(@"^#?([A-Za-z][A-Za-z0-9_]*)=", RegexOptions.Multiline)]
    private static partial Regex Name();
}
