using System.Text.RegularExpressions;

namespace EmailOps.Tests.Architecture;

public sealed partial class SourceTests
{
    private const int Ceiling = 300;

    /// <summary>Where Ollama's own image keeps its models: no path of a machine.</summary>
    private const string OllamaModels = "/root/.ollama";

    private static readonly string[] EmptyNames = ["Services", "Helpers", "Utils", "Utilities", "Managers", "Interfaces", "DTOs", "Common", "Misc"];

    [Fact]
    public void No_file_is_longer_than_the_ceiling() => House.Rule(
        $"A file has at most {Ceiling} lines: give its second thought a file of its own.",
        House.Files(".cs", ".razor", ".css", ".js").Select(path => (path, lines: House.Read(path).AsSpan().Count('\n'))).Where(file => file.lines > Ceiling)
            .Select(file => $"{file.path}: {file.lines} lines"));

    [Fact]
    public void Folders_are_named_for_what_they_hold() => House.Rule(
        $"A folder is a room with a name from the dictionary, never one of: {string.Join(", ", EmptyNames)}.",
        House.Files(".cs", ".razor").SelectMany(path => path.Split('/').SkipLast(1).Where(part => EmptyNames.Contains(part, StringComparer.OrdinalIgnoreCase)).Select(_ => path)));

    [Fact]
    public void Nothing_is_compiled_on_condition() => House.Rule(
        "No #if: what depends on the topology is chosen by files (Compile items), not by lines.",
        House.Files(".cs").Where(path => Conditional().IsMatch(House.Read(path))));

    [Fact]
    public void No_path_of_a_machine_is_in_the_tree() => House.Rule(
        "A path of somebody's machine works nowhere else.",
        House.Files(".cs", ".csproj", ".props", ".targets", ".sh", ".md", ".json", ".yml", ".yaml", ".razor", "run")
            .SelectMany(path => House.Read(path).Split('\n').Select((line, at) => (line, at)).Where(place => MachinePath().IsMatch(place.line) && !place.line.Contains(OllamaModels, StringComparison.Ordinal)).Select(place => $"{path}:{place.at + 1}")));

    [Fact]
    public void Settings_have_one_file() => House.Rule(
        "All processes read EmailOps.ServiceDefaults/appsettings.json; a second one would overwrite it in the one-process host.",
        House.Files("appsettings.json").Where(path => path != "EmailOps.ServiceDefaults/appsettings.json"));

    [Fact]
    public void Failures_are_not_swallowed() => House.Rule(
        "An empty handler hides a failure: handle it, log it, or let it go.",
        House.Files(".cs").Where(path => EmptyCatch().IsMatch(House.Read(path))));

    [Fact]
    public void Tests_are_not_switched_off() => House.Rule(
        "A test that cannot run says so on the console and returns; none is marked as skipped.",
        House.Files(".cs").Where(path => path.StartsWith("EmailOps.Tests/", StringComparison.Ordinal) && SwitchedOff().IsMatch(House.Read(path))));

    [GeneratedRegex(@"^\s*#(if|elif)\b", RegexOptions.Multiline)]
    private static partial Regex Conditional();

    // Written so that it does not find itself.
    [GeneratedRegex(@"(?<![A-Za-z0-9._$}~-])/(?:work/(?:mai[n]|w[t]|share[d])|far[m]|roo[t]|User[s])/")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"catch\s*(\([^)]*\)\s*)?(when\s*\([^{]*\)\s*)?\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"\[(Fact|Theory)\([^)]*Skip\s*=")]
    private static partial Regex SwitchedOff();
}
