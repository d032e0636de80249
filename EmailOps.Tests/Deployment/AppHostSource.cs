using System.Text.RegularExpressions;

namespace EmailOps.Tests.Deployment;

/// <summary>The AppHost's declarations, read off its source: it cannot be compiled where these tests run.</summary>
internal sealed partial class AppHostSource
{
    private AppHostSource(IReadOnlyList<string> resources, IReadOnlyDictionary<string, IReadOnlyList<string>> environment, IReadOnlyList<string> commands)
        => (Resources, Environment, Commands) = (resources, environment, commands);

    /// <summary>Names in order, without what is there while developing only.</summary>
    public IReadOnlyList<string> Resources { get; }
    /// <summary>Of each project, in order: the variables it sets, and +name for a reference.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Environment { get; }
    /// <summary>Paths of the dashboard's commands.</summary>
    public IReadOnlyList<string> Commands { get; }

    public static string Path => System.IO.Path.Combine(Checkout.Root, "EmailOps.AppHost", "Aspire", "Program.cs");

    public static AppHostSource Read()
    {
        var text = File.ReadAllText(Path);
        var always = text[..text.IndexOf("if (builder.ExecutionContext.IsRunMode)", StringComparison.Ordinal)];
        var environment = new Dictionary<string, List<string>>();
        foreach (var statement in always.Split(";\n"))
        {
            var name = Project().Match(statement) is { Success: true } made ? made.Groups[1].Value : More().Match(statement) is { Success: true } more ? more.Groups[1].Value : null;
            if (name is null) continue;
            if (!environment.TryGetValue(name, out var list)) environment[name] = list = [];
            list.AddRange(Set().Matches(statement).Select(m => m.Groups[1].Success ? m.Groups[1].Value : "+" + m.Groups[2].Value));
        }
        return new AppHostSource([.. Added().Matches(always).Select(m => m.Groups[1].Value)], environment.ToDictionary(e => e.Key, e => (IReadOnlyList<string>)e.Value), [.. Command().Matches(always).Select(m => m.Groups[1].Value)]);
    }

    [GeneratedRegex("""\.Add(?:Parameter|Postgres|Database|Redis|Ollama|Model|Project<Projects\.EmailOps_\w+>)\("([a-z-]+)"[,)]""")]
    private static partial Regex Added();

    [GeneratedRegex("""AddProject<Projects\.EmailOps_\w+>\("([a-z]+)"\)""")]
    private static partial Regex Project();

    [GeneratedRegex("""^(?://.*\n)?\s*(api|worker|web)\.With""", RegexOptions.Multiline)]
    private static partial Regex More();

    [GeneratedRegex("""WithEnvironment\("([A-Z_]+)"|WithReference\((\w+)\)""")]
    private static partial Regex Set();

    [GeneratedRegex("""^\s*\("(/[a-z/-]+)",""", RegexOptions.Multiline)]
    private static partial Regex Command();
}
