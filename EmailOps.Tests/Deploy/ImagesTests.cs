using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EmailOps.Tests.Architecture;

namespace EmailOps.Tests.Deploy;

/// <summary>deploy/Dockerfile, and that compose, Kubernetes and Aspire run the same.</summary>
public sealed partial class ImagesTests
{
    private static readonly string File = House.Read("deploy/Dockerfile");

    [Fact]
    public void Each_program_is_a_target_with_its_port_and_nobody_is_root()
    {
        var targets = Targets();
        Assert.Equal(["api", "cli", "web", "worker"], targets.Keys.Where(t => t is not ("build" or "base")).Order());
        foreach (var (name, port) in Ports())
        {
            Assert.Contains($"ENV ASPNETCORE_HTTP_PORTS={port}\nEXPOSE {port}\n", targets[name], StringComparison.Ordinal);
            Assert.Contains("HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3", targets[name], StringComparison.Ordinal);
        }
        Assert.Contains("\nUSER 1654\n", targets["base"], StringComparison.Ordinal);
        Assert.DoesNotContain("USER", targets.Where(t => t.Key != "base").Select(t => t.Value.Contains("\nUSER", StringComparison.Ordinal) ? "USER" : ""));
    }

    [Fact]
    public void What_the_images_set_is_read() => House.Rule("The environment of an image.",
        Environment().Select(e => e.Name).Where(n => !KnownSettings.IsRead(n) && n != "EMAILOPS_ENV_FILE"));

    [Fact]
    public void The_build_has_every_project_it_needs_and_nothing_else_of_the_checkout()
    {
        var copied = Projects().Matches(File).Select(m => m.Groups[1].Value).ToHashSet();
        foreach (var project in copied)
            Assert.All(Referenced().Matches(House.Read($"{project}/{project}.csproj")).Select(m => m.Groups[1].Value), r => Assert.Contains(r, copied));
        var ignore = House.Read(".dockerignore").Split('\n').Where(l => l.Length > 0 && l[0] != '#').ToList();
        Assert.Equal("*", ignore[0]);
        Assert.Equal(copied.Append("samples").Order(), ignore.Where(l => l[0] == '!').Select(l => l[1..]).Where(l => l.StartsWith("EmailOps.", StringComparison.Ordinal) || l == "samples").Order());
        Assert.Superset(new HashSet<string> { "**/.env", "**/.env.*", "**/*.key", "**/*.pem", "**/bin", "**/obj" }, ignore.ToHashSet());
        foreach (var single in House.Files().Where(f => SingleFiles().IsMatch(File) && SingleFiles().Match(File).Groups[1].Value.Split(' ').Contains(f))) Assert.Contains($"!{single}", ignore);
    }

    [Fact]
    public void Compose_and_kubernetes_run_the_same_images_at_the_same_ports()
    {
        if (DeployTools.Get() is null) return;
        var compose = ComposeTests.Services().ToDictionary(s => s.Name, s => s.Service);
        var cluster = Cluster.All().Single(c => c.Name == "base");
        foreach (var workload in cluster.Workloads)
        {
            Assert.Equal($"{compose[workload.Name]["image"]}", $"{workload.Main["image"]}");
            if (Ports().TryGetValue(workload.Name, out var port))
            {
                Assert.Equal(port, $"{workload.Ports.Single()["containerPort"]}");
                Assert.Equal(port, workload.Spec["template"]!["metadata"]!["annotations"]!["prometheus.io/port"]!.ToString());
                if (compose[workload.Name]["ports"]?[0] is { } published) Assert.Equal((port, port), ($"{published["target"]}", $"{published["published"]}"));
                Assert.Equal(workload.Name, $"{compose[workload.Name]["build"]!["target"]}");
            }
        }
        Assert.Equal("http://api:8000", $"{compose["web"]["environment"]!["services__api__http__0"]}");
        // Production runs the same, from a registry of one's own.
        Assert.Equal(cluster.Workloads.SelectMany(w => w.AllContainers).Select(c => $"{c["image"]}").Order(), Cluster.All().Single(c => c.Name == "overlays/production").Workloads.SelectMany(w => w.AllContainers).Select(c => $"{c["image"]}".Replace("registry.example.com/", "", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void Aspire_runs_the_same_stores_and_models()
    {
        var path = Path.Combine(Checkout.Root, "aspire-manifest.json");
        if (DeployTools.Get() is null) return;
        var ours = ComposeTests.Services().ToDictionary(s => s.Name, s => $"{s.Service["image"]}");
        var theirs = JsonNode.Parse(System.IO.File.ReadAllText(path))!["resources"]!.AsObject().Where(r => r.Value!["image"] is not null && ours.ContainsKey(r.Key)).ToDictionary(r => r.Key, r => $"{r.Value!["image"]}");
        Assert.Equal(["ollama", "postgres", "redis"], theirs.Keys.Order());
        Assert.All(theirs, t => Assert.Equal(ours[t.Key], t.Value));
    }

    /// <summary>As .env.example says: API_PORT, WORKER_PORT, WEB_PORT.</summary>
    private static Dictionary<string, string> Ports() => DefaultPort().Matches(House.Read(".env.example")).ToDictionary(m => m.Groups[1].Value.ToLowerInvariant(), m => m.Groups[2].Value);

    internal static IEnumerable<(string Name, string Value)> Environment() => Variables().Matches(Targets()["base"] + Targets()["api"]).SelectMany(m => m.Groups[1].Value.Split(' ')).Select(p => p.Split('=', 2)).Select(p => (p[0], p[1]));

    private static Dictionary<string, string> Targets() => Target().Split(File).Skip(1).Chunk(2).ToDictionary(part => part[0], part => part[1]);

    [GeneratedRegex(@"^FROM \S+ AS (\w+)", RegexOptions.Multiline)]
    private static partial Regex Target();

    [GeneratedRegex(@"^ENV (.+)$", RegexOptions.Multiline)]
    private static partial Regex Variables();

    [GeneratedRegex(@"^COPY (EmailOps\.\w+)/\1\.csproj \1/$", RegexOptions.Multiline)]
    private static partial Regex Projects();

    [GeneratedRegex("""ProjectReference Include="\.\./(EmailOps\.\w+)/""")]
    private static partial Regex Referenced();

    [GeneratedRegex(@"^COPY (global\.json .+) \./$", RegexOptions.Multiline)]
    private static partial Regex SingleFiles();

    [GeneratedRegex(@"^#(API|WORKER|WEB)_PORT=(\d+)$", RegexOptions.Multiline)]
    private static partial Regex DefaultPort();
}
