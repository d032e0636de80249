using System.Text.RegularExpressions;
using EmailOps.Tests.Architecture;
using YamlDotNet.RepresentationModel;

namespace EmailOps.Tests.Deployment;

/// <summary>.github: pinned, with the least rights, and naming only what is there.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string Folder = Path.Combine(Checkout.Root, ".github", "workflows");

    public static TheoryData<string> Files() => [.. Directory.GetFiles(Folder, "*.yml").Select(f => Path.GetFileName(f)!).Order()];

    private static YamlMappingNode Read(string path)
    {
        var yaml = new YamlStream();
        using var text = File.OpenText(path);
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }

    private static YamlMappingNode Workflow(string file) => Read(Path.Combine(Folder, file));

    private static IEnumerable<(string Job, YamlMappingNode Node)> Jobs(string file) => Map(Workflow(file), "jobs").Children.Select(j => (((YamlScalarNode)j.Key).Value!, (YamlMappingNode)j.Value));

    private static IEnumerable<YamlMappingNode> Steps(string file) => Jobs(file).SelectMany(j => ((YamlSequenceNode)j.Node["steps"]).Children.Cast<YamlMappingNode>());

    private static YamlMappingNode Map(YamlMappingNode node, string key) => (YamlMappingNode)node[key];

    private static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? ((YamlScalarNode)value).Value : null;

    [Theory]
    [MemberData(nameof(Files))]
    public void Actions_are_pinned_to_a_commit_and_say_which_version_it_is(string file)
    {
        var uses = File.ReadLines(Path.Combine(Folder, file)).Where(l => l.Contains("uses:", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(uses);
        House.Rule("An action is pinned to a commit, with its version behind.", uses.Where(l => !Pinned().IsMatch(l)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_workflow_may_read_and_nothing_else_and_every_job_ends(string file)
    {
        Assert.Equal("read", Text(Map(Workflow(file), "permissions"), "contents"));
        Assert.Single(Map(Workflow(file), "permissions").Children);
        Assert.All(Jobs(file), j => Assert.InRange(int.Parse(Text(j.Node, "timeout-minutes")!, System.Globalization.CultureInfo.InvariantCulture), 1, 60));
        Assert.All(Steps(file).Where(s => Text(s, "uses")?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true), s => Assert.Equal("false", Text(Map(s, "with"), "persist-credentials")));
        Assert.DoesNotContain("pull_request_target", File.ReadAllText(Path.Combine(Folder, file)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Scripts_and_projects_that_a_step_names_are_there(string file)
    {
        var missing = Steps(file).Select(s => Text(s, "run") ?? Text((s.Children.TryGetValue(new YamlScalarNode("with"), out var with) ? with as YamlMappingNode : null) ?? [], "global-json-file"))
            .OfType<string>().SelectMany(run => Named().Matches(run).Select(m => m.Value)).Where(name => !File.Exists(Path.Combine(Checkout.Root, name)));

        House.Rule("What a workflow runs is in the checkout.", missing);
        Assert.All(Steps(file).Select(s => Text(s, "run")).OfType<string>(), run => Assert.DoesNotContain("${{", run, StringComparison.Ordinal)); // a shell is no place for text of strangers
    }

    [Fact]
    public void Both_topologies_are_built_and_tested()
    {
        var jobs = Jobs("ci.yml").ToDictionary(j => j.Job, j => Text(Map(j.Node, "env"), "Topology"));

        Assert.Equal(new Dictionary<string, string?> { ["embedded"] = "embedded", ["aspire"] = "aspire" }, jobs);
        var runs = string.Join('\n', Steps("ci.yml").Select(s => Text(s, "run")));
        Assert.Contains("./test.sh", runs, StringComparison.Ordinal);
        Assert.Contains("dotnet build EmailOps.sln -c Release -p:Topology=aspire", runs, StringComparison.Ordinal);
        Assert.Contains("FullyQualifiedName~EmailOps.Tests.Aspire", runs, StringComparison.Ordinal);
        Assert.Contains("namespace EmailOps.Tests.Aspire;", File.ReadAllText(Path.Combine(Checkout.Root, "EmailOps.Tests", "Aspire", "AppHostTests.cs")), StringComparison.Ordinal);
    }

    [Fact]
    public void Dependencies_are_looked_at_every_week()
    {
        var updates = ((YamlSequenceNode)Read(Path.Combine(Checkout.Root, ".github", "dependabot.yml"))["updates"]).Children.Cast<YamlMappingNode>().ToList();

        Assert.Equal(["nuget", "github-actions", "docker"], updates.Select(u => Text(u, "package-ecosystem")));
        Assert.All(updates, u => Assert.Equal("weekly", Text(Map(u, "schedule"), "interval")));
        Assert.All(updates, u => Assert.True(Directory.Exists(Path.Combine(Checkout.Root, Text(u, "directory")!.TrimStart('/')))));
    }

    [Fact]
    public void Azd_finds_the_apphost()
    {
        var service = Map(Map(Read(Path.Combine(Checkout.Root, "azure.yaml")), "services"), "app");

        Assert.Equal(("dotnet", "containerapp"), (Text(service, "language"), Text(service, "host")));
        Assert.True(File.Exists(Path.Combine(Checkout.Root, Text(service, "project")!)));
    }

    [GeneratedRegex(@"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")]
    private static partial Regex Pinned();

    [GeneratedRegex(@"(?<![\w/~.])(?:\./)?[\w./-]+\.(?:sh|sln|csproj|toml|json)\b")]
    private static partial Regex Named();
}
