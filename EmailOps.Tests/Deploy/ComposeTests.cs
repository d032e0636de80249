using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EmailOps.ServiceDefaults.Settings;
using EmailOps.Tests.Architecture;

namespace EmailOps.Tests.Deploy;

public sealed partial class ComposeTests
{
    private static readonly (string, string)[] Secrets = [("POSTGRES_PASSWORD", "pw1"), ("REDIS_PASSWORD", "pw2"), ("EMAILOPS_API_KEY", "key"), ("SECRETS_KEY", "seal")];

    /// <summary>They do their work and end.</summary>
    private static readonly string[] Once = ["migrate", "models", "cli"];

    /// <summary>Its image knows no other user; it has no capability, and writes into its volume only.</summary>
    private static readonly string[] Root = ["ollama", "models"];

    /// <summary>Of the one-process host, or fixed in the images.</summary>
    private static readonly string[] Elsewhere = ["STATE_DIR", "CACHE_DIR", "WORKER_PORT", "INDEX_DB_URL", "REDIS_URL", "LOG_FILE_ENABLED", "LOG_FILE_PATH", "LOG_FORMAT", "QUANTIZATION"];

    private static readonly string File = House.Read("deploy/compose/compose.yaml");

    [Fact]
    public void Compose_takes_the_file_and_asks_for_each_secret_by_its_name()
    {
        if (DeployTools.Get() is not { } tools) return;
        Assert.Equal(0, tools.Compose(Secrets).Code);
        foreach (var (missing, _) in Secrets)
        {
            var (code, _, error) = tools.Compose([.. Secrets.Where(s => s.Item1 != missing)]);
            Assert.True(code != 0 && error.Contains(missing, StringComparison.Ordinal), error);
        }
    }

    [Fact]
    public void Every_service_is_without_rights_limited_and_checked() => House.Rule("What runs beside each other on one machine.", Services().SelectMany(s => Hardness(s.Name, s.Service).Select(f => $"{s.Name}: {f}")));

    [Fact]
    public void Workers_can_be_scaled()
    {
        foreach (var (_, service) in Services().Where(s => s.Name == "worker"))
            Assert.Equal((null, null, null), (service["container_name"], service["ports"], service["hostname"]));
    }

    [Fact]
    public void Only_api_console_and_dashboards_are_reached_from_outside_and_stores_reach_nothing()
    {
        if (DeployTools.Get() is not { } tools) return;
        var config = tools.Compose(Secrets).Config!;
        Assert.Equal(["api", "grafana", "web"], Services().Where(s => s.Service["ports"] is not null).Select(s => s.Name).Order());
        Assert.All(Services().Where(s => s.Service["ports"] is not null), s => Assert.Equal("127.0.0.1", $"{s.Service["ports"]![0]!["host_ip"]}"));
        var closed = config["networks"]!.AsObject().Where(n => n.Value?["internal"]?.GetValue<bool>() == true).Select(n => n.Key).ToHashSet();
        foreach (var store in new[] { "postgres", "redis", "ollama" })
            Assert.Empty(config["services"]![store]!["networks"]!.AsObject().Select(n => n.Key).Except(closed));
        Assert.Equal(["front"], config["services"]!["web"]!["networks"]!.AsObject().Select(n => n.Key));
    }

    [Fact]
    public void Every_name_set_is_read_and_every_setting_can_be_set()
    {
        var set = new HashSet<string>();
        foreach (var (name, service) in Services().Where(s => $"{s.Service["image"]}".StartsWith("emailops/", StringComparison.Ordinal)))
        {
            var names = service["environment"]!.AsObject().Select(e => e.Key).ToList();
            set.UnionWith(names);
            Assert.All(names, n => Assert.True(KnownSettings.IsRead(n), $"{name}: nobody reads {n}."));
            Assert.Empty((KubernetesRulesTests.Needed.GetValueOrDefault(name) ?? []).Except(names));
        }
        if (set.Count == 0) return;
        House.Rule("A setting is handed on by compose.yaml, or stands in this test as one that is not.",
            SettingNames.All.Select(s => s.Name).Where(n => !set.Contains(n) && !Elsewhere.Contains(n) && !File.Contains($"${{{n}:-", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_example_of_its_env_file_names_what_it_reads_and_no_more()
    {
        var read = Substituted().Matches(File).Select(m => m.Groups[1].Value).Concat(HandedOn().Matches(File).Select(m => m.Groups[1].Value)).Order(StringComparer.Ordinal).Distinct();
        var named = Named().Matches(House.Read("deploy/compose/.env.example")).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal).Distinct();
        Assert.Equal(read, named);
    }

    [Fact]
    public void The_database_has_a_connection_for_an_api_five_workers_and_the_command()
    {
        foreach (var (_, postgres) in Services().Where(s => s.Name == "postgres"))
        {
            var most = postgres["command"]!.AsArray().Select(a => $"{a}").Single(a => a.StartsWith("max_connections=", StringComparison.Ordinal)).Split('=')[1];
            Assert.True(7 * int.Parse(Services().Single(s => s.Name == "worker").Service["environment"]!["DATABASE_POOL_MAX"]!.ToString(), null) + 20 <= int.Parse(most, null));
        }
    }

    internal static IEnumerable<(string Name, JsonObject Service)> Services([System.Runtime.CompilerServices.CallerMemberName] string test = "") => DeployTools.Get(test) is { } tools
        ? tools.Compose(Secrets).Config!["services"]!.AsObject().Select(s => (s.Key, s.Value!.AsObject()))
        : [];

    private static IEnumerable<string> Hardness(string name, JsonObject service)
    {
        if (service["read_only"]?.GetValue<bool>() != true) yield return "may write into its image";
        if ($"{service["cap_drop"]?[0]}" != "ALL" || service["cap_add"] is not null) yield return "has capabilities";
        if ($"{service["security_opt"]?[0]}" != "no-new-privileges:true") yield return "may gain rights";
        if (!Root.Contains(name) && ($"{service["user"]}" is var user && (user.Length == 0 || user.StartsWith('0')))) yield return "runs as root";
        if (service["privileged"] is not null || service["network_mode"] is not null || service["pid"] is not null) yield return "shares what is the machine's";
        foreach (var limit in new[] { "cpus", "memory", "pids" }.Where(l => service["deploy"]?["resources"]?["limits"]?[l] is null)) yield return $"has no limit of {limit}";
        if ($"{service["restart"]}" != (name == "cli" ? "no" : Once.Contains(name) ? "on-failure:5" : "unless-stopped")) yield return $"restarts {service["restart"]}";
        if (!Once.Contains(name) && ($"{service["healthcheck"]?["interval"]}" != "30s" || $"{service["healthcheck"]?["retries"]}" != "3")) yield return "is not checked every 30 s, three times";
        foreach (var (needed, how) in service["depends_on"]?.AsObject() ?? [])
            if ($"{how!["condition"]}" != (Once.Contains(needed) ? "service_completed_successfully" : "service_healthy")) yield return $"does not wait until {needed} can be used";
    }

    [GeneratedRegex(@"(?<!\$)\$\{([A-Z_]+)")]
    private static partial Regex Substituted();

    /// <summary>Names in capitals, or with two underscores, without a value.</summary>
    [GeneratedRegex(@"^ +([A-Z][A-Z0-9_]+|[A-Z][A-Za-z]+__[A-Za-z_]+):$", RegexOptions.Multiline)]
    private static partial Regex HandedOn();

    [GeneratedRegex(@"^#?([A-Z][A-Z0-9_]+|[A-Z][A-Za-z]+__[A-Za-z_]+)=", RegexOptions.Multiline)]
    private static partial Regex Named();
}
