using System.Text.Json.Nodes;
using EmailOps.Api;
using EmailOps.Tests.Architecture;
using EmailOps.Web;
using EmailOps.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace EmailOps.Tests.Deploy;

/// <summary>deploy/k8s: what every pod must have, and that figures agree with the code.</summary>
public sealed class KubernetesRulesTests
{
    private static readonly string[] Ours = ["api", "worker", "web"];

    [Fact]
    public void Every_container_is_probed_limited_and_without_rights() => House.Rule("What runs in the cluster.", Cluster.All().SelectMany(c => c.Workloads).SelectMany(w => Hardness(w).Select(f => $"{w.At}: {f}")));

    [Fact]
    public void Every_name_set_is_read_and_every_name_needed_is_set() => House.Rule("The environment of our programs.", Cluster.All().SelectMany(c => c.Workloads.Where(w => Ours.Contains(w.Name)).SelectMany(Names)));

    [Fact]
    public void Resources_are_those_agreed_on()
    {
        foreach (var (folder, cpu, most, memory, mostMemory) in new[] { ("base", "500m", "2", "1Gi", "2Gi"), ("overlays/production", "500m", "2", "1Gi", "2Gi"), ("overlays/production-large", "1", "4", "2Gi", "4Gi") })
        {
            foreach (var workload in Cluster.All().Where(c => c.Name == folder).SelectMany(c => c.Workloads).Where(w => w.Name is "api" or "worker"))
            {
                var resources = workload.Main["resources"]!;
                Assert.Equal((cpu, most, memory, mostMemory), ($"{resources["requests"]!["cpu"]}", $"{resources["limits"]!["cpu"]}", $"{resources["requests"]!["memory"]}", $"{resources["limits"]!["memory"]}"));
            }
        }
    }

    [Fact]
    public async Task A_pod_is_given_longer_to_stop_than_its_program_takes()
    {
        string[] settings = ["--ConnectionStrings:emailops=Host=nowhere.invalid", "--EMAILOPS_ENV_FILE=none", "--LOG_FILE_ENABLED=false", "--urls=http://127.0.0.1:0"];
        foreach (var (name, create) in new (string, Func<string[], WebApplication>)[] { ("api", ApiHost.Create), ("worker", WorkerHost.Create), ("web", WebHost.Create) })
        {
            await using var host = create(settings);
            var needed = host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout.TotalSeconds;
            foreach (var workload in Cluster.All().SelectMany(c => c.Workloads).Where(w => w.Name == name))
            {
                var pause = workload.Main["lifecycle"]?["preStop"]!["exec"]!["command"]!.AsArray() is [.., var seconds] ? int.Parse($"{seconds}", null) : 0;
                Assert.True(workload.Pod["terminationGracePeriodSeconds"]!.GetValue<long>() > needed + pause, $"{workload.At} is ended before its {needed} s and the pause of {pause} s are over.");
            }
        }
    }

    [Fact]
    public void The_database_has_a_connection_for_everybody()
    {
        foreach (var cluster in Cluster.All())
        {
            // One more of each while a new version replaces the old.
            var pods = new[] { "api", "worker" }.Sum(name => 1 + Most(cluster, name));
            var pool = cluster.Workloads.Single(w => w.Name == "worker") is var worker ? int.Parse(worker.Environment(worker.Main)["DATABASE_POOL_MAX"]!, null) : 0;
            var most = cluster.Workloads.Single(w => w.Name == "postgres").Main["args"]!.AsArray().Select(a => $"{a}").Single(a => a.StartsWith("max_connections=", StringComparison.Ordinal)).Split('=')[1];
            Assert.True(pods * pool + 20 <= int.Parse(most, null), $"{cluster.Name}: {pods} pods with {pool} connections each, and max_connections={most}.");
        }
    }

    private static long Most(Cluster cluster, string name) => cluster.Of("HorizontalPodAutoscaler").Where(h => $"{h["spec"]!["scaleTargetRef"]!["name"]}" == name).Select(h => h["spec"]!["maxReplicas"]!.GetValue<long>())
        .Concat(cluster.Of("ScaledObject").Where(h => $"{h["spec"]!["scaleTargetRef"]!["name"]}" == name).Select(h => h["spec"]!["maxReplicaCount"]!.GetValue<long>())).DefaultIfEmpty(1L).Single();

    private static IEnumerable<string> Hardness(Workload workload)
    {
        var pod = workload.Pod;
        if (!Is(pod["securityContext"]?["runAsNonRoot"], true) || pod["securityContext"]?["runAsUser"]?.GetValue<long>() is null or 0) yield return "may run as root";
        if ($"{pod["securityContext"]?["seccompProfile"]?["type"]}" != "RuntimeDefault") yield return "any system call is allowed";
        if (!Is(pod["automountServiceAccountToken"], false)) yield return "has a token of the cluster";
        // Else a Service called api sets API_PORT=tcp://..., which is a setting of ours.
        if (!Is(pod["enableServiceLinks"], false)) yield return "gets the addresses of all services as settings";
        if (pod["hostNetwork"] is not null || pod["hostPID"] is not null) yield return "shares the node's network or processes";
        foreach (var container in workload.AllContainers)
        {
            var security = container["securityContext"];
            if (!Is(security?["allowPrivilegeEscalation"], false)) yield return $"{container["name"]} may gain rights";
            if (!Is(security?["readOnlyRootFilesystem"], true)) yield return $"{container["name"]} may write into its image";
            if (security?["capabilities"]?["drop"]?.AsArray() is not [var dropped] || $"{dropped}" != "ALL") yield return $"{container["name"]} has capabilities";
            foreach (var (bound, what) in new[] { "requests", "limits" }.SelectMany(b => new[] { (b, "cpu"), (b, "memory") }).Where(p => container["resources"]?[p.Item1]?[p.Item2] is null)) yield return $"{container["name"]} has no {bound} of {what}";
            if ($"{container["image"]}" is var image && (!image[image.LastIndexOf('/')..].Contains(':', StringComparison.Ordinal) || image.EndsWith(":latest", StringComparison.Ordinal))) yield return $"{image} is not one version";
        }
        foreach (var container in workload.Containers)
            foreach (var probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" })
                if (container[probe] is null || (probe == "livenessProbe" && (container[probe]!["periodSeconds"]?.GetValue<long>() != 30 || container[probe]!["failureThreshold"]?.GetValue<long>() != 3))) yield return $"{container["name"]} has not the {probe}";
    }

    private static bool Is(JsonNode? value, bool wanted) => value is not null && value.GetValue<bool>() == wanted;

    private static IEnumerable<string> Names(Workload workload)
    {
        // Only part of the connection strings beside it.
        string[] parts = ["POSTGRES_PASSWORD", "REDIS_PASSWORD"];
        foreach (var container in workload.AllContainers)
            foreach (var name in workload.Environment(container).Keys.Where(n => !parts.Contains(n) && !KnownSettings.IsRead(n))) yield return $"{workload.At}: {container["name"]}: nobody reads {name}";
        foreach (var name in Needed[workload.Name].Where(n => !workload.Environment(workload.Main).ContainsKey(n))) yield return $"{workload.At}: {name} is not set";
    }

    internal static Dictionary<string, string[]> Needed { get; } = new()
    {
        ["api"] = ["ConnectionStrings__emailops", "ConnectionStrings__redis", "SECRETS_KEY", "EMAILOPS_API_KEY"],
        ["worker"] = ["ConnectionStrings__emailops", "ConnectionStrings__redis", "SECRETS_KEY"],
        ["web"] = ["services__api__http__0", "EMAILOPS_API_KEY"],
    };
}
