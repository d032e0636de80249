using System.CommandLine;
using System.Text.RegularExpressions;
using EmailOps.Cli;
using EmailOps.ServiceDefaults.Settings;
using EmailOps.Tests.Deploy;
using Spectre.Console;

namespace EmailOps.Tests.Architecture;

/// <summary>docs/acceptance.md says where each promise is kept; what it names must be there.</summary>
public sealed partial class AcceptanceTests
{
    private const string Page = "docs/acceptance.md";
    private const int LastRow = 188;

    private static readonly Lazy<string> Text = new(() => House.Read(Page));
    private static readonly Lazy<RootCommand> Root = new(() => CliHost.Root(AnsiConsole.Console));
    private static readonly Lazy<HashSet<string>> Paths = new(() => [.. House.Files()]);

    private static readonly Lazy<string> Sources = new(() => string.Join('\n', House.Files(".cs")
        .Where(f => f.StartsWith("EmailOps.", StringComparison.Ordinal) && !f.StartsWith("EmailOps.Tests/", StringComparison.Ordinal)).Select(House.Read)));

    [Fact]
    public void Every_row_stands_there_once_and_is_done_or_open() => House.Rule(
        $"{Page} has a row for 1 to {LastRow}, in order, each done or open; an open one says what is missing.",
        Enumerable.Range(1, LastRow).Where(n => Rows().Count(r => r.Number == n) != 1).Select(n => $"row {n} stands there {Rows().Count(r => r.Number == n)} times")
            .Concat(Rows().Where(r => r.State is not ("done" or "open")).Select(r => $"row {r.Number} is \"{r.State}\""))
            .Concat(Rows().Where(r => r.State == "open" && !r.Line.Contains("Open:", StringComparison.Ordinal)).Select(r => $"row {r.Number} does not say what is open")));

    [Fact]
    public void Every_row_that_is_done_names_what_shows_it() => House.Rule(
        "A row that is done names a test class, or a file with the steps.",
        Rows().Where(r => r.State == "done" && !Named().Matches(r.Line).Any(m => IsTest(m.Groups[1].Value) || m.Groups[1].Value.EndsWith(".md", StringComparison.Ordinal))).Select(r => $"row {r.Number}"));

    [Fact]
    public void Everything_it_names_is_there() => House.Rule(
        $"What {Page} puts between backticks exists: a test class, a file, a folder, a route, a command, a metric, an alert, a setting.",
        Named().Matches(Text.Value).Select(m => m.Groups[1].Value).Distinct().Where(name => !Exists(name)));

    [Fact]
    public void No_two_commands_of_one_level_have_the_same_name() => House.Rule(
        "A second command of the same name hides the first.",
        All(Root.Value, "emailops").GroupBy(c => c.Path).Where(g => g.Count() > 1).Select(g => g.Key));

    private static bool Exists(string name) => name switch
    {
        _ when IsTest(name) => Paths.Value.Any(p => p.StartsWith("EmailOps.Tests/", StringComparison.Ordinal) && p.EndsWith($"/{name}.cs", StringComparison.Ordinal)),
        _ when name.StartsWith("emailops ", StringComparison.Ordinal) || name == "emailops" => IsCommand(name),
        _ when Route().Match(name) is { Success: true } route => IsRoute(route.Groups[1].Value),
        _ when Setting().IsMatch(name) => SettingNames.All.Any(s => s.Name == name) || KnownSettings.IsRead(name),
        _ when name.Contains('/') || name.Contains('.') => Paths.Value.Contains(name) || Paths.Value.Any(p => p.StartsWith(name.TrimEnd('/') + "/", StringComparison.Ordinal)),
        _ when Metric().IsMatch(name) => House.Read("docs/telemetry.md").Contains(name, StringComparison.Ordinal),
        _ when Alert().IsMatch(name) => House.Read("deploy/monitoring/prometheus/alerts.yaml").Contains($"alert: {name}", StringComparison.Ordinal),
        _ => false,
    };

    private static bool IsTest(string name) => name.EndsWith("Tests", StringComparison.Ordinal) && !name.Contains('/');

    /// <summary>The words are commands, and its options are theirs; arguments in capitals are left out.</summary>
    private static bool IsCommand(string text)
    {
        Command at = Root.Value;
        foreach (var word in text.Split(' ').Skip(1))
        {
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                if (at.Options.All(o => o.Name != word && !o.Aliases.Contains(word))) return false;
            }
            else if (at.Subcommands.FirstOrDefault(c => c.Name == word) is { } next) at = next;
            // What is no command is an argument, or an option's value.
            else if (at.Arguments.Count == 0 && !text.Contains("--", StringComparison.Ordinal)) return false;
        }
        return true;
    }

    /// <summary>As a constant or a literal of the code, whatever its parameters are called.</summary>
    private static bool IsRoute(string path)
    {
        var plain = path.Split('?')[0];
        var pattern = string.Join(@"\{[^}]*\}", Parameter().Split(plain).Select(Regex.Escape));
        return Regex.IsMatch(Sources.Value, $"\"{pattern}\"");
    }

    private static IEnumerable<(string Path, Command Command)> All(Command command, string path)
        => command.Subcommands.SelectMany(c => All(c, $"{path} {c.Name}").Prepend(($"{path} {c.Name}", c)));

    // | 12 | done | how | shown by |
    private static List<(int Number, string State, string Line)> Rows() =>
        [.. Row().Matches(Text.Value).Select(m => (int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), m.Groups[2].Value, m.Value))];

    [GeneratedRegex(@"^\| (\d+) \| (\w+) \|.*$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"^(?:GET|POST|PUT|DELETE) (/\S*)$")]
    private static partial Regex Route();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|ENV|WORKERS|QUANTIZATION|[A-Z][A-Za-z0-9]+(?:__[A-Za-z0-9]+)+)$")]
    private static partial Regex Setting();

    [GeneratedRegex("^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$|^up$")]
    private static partial Regex Metric();

    [GeneratedRegex("^[A-Z][a-z]+(?:[A-Z][a-z]+)+$")]
    private static partial Regex Alert();
}
