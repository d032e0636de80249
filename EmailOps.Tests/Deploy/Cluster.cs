using System.Text.Json.Nodes;

namespace EmailOps.Tests.Deploy;

/// <summary>What one folder of deploy/k8s makes of a cluster, as the checks see it.</summary>
internal sealed class Cluster(string name, IReadOnlyList<JsonObject> documents)
{
    public static readonly string[] Folders = ["base", "overlays/dev", "overlays/production", "overlays/production-large", "overlays/monitored"];

    /// <summary>Rendered once a run; kubectl takes half a second each.</summary>
    private static readonly Lazy<IReadOnlyList<Cluster>> Rendered = new(() => [.. Folders.Select(f => new Cluster(f, DeployTools.Get()!.Kustomize($"deploy/k8s/{f}")))]);

    public string Name => name;

    public IReadOnlyList<JsonObject> Documents => documents;

    public static IReadOnlyList<Cluster> All([System.Runtime.CompilerServices.CallerMemberName] string test = "") => DeployTools.Get(test) is null ? [] : Rendered.Value;

    public IEnumerable<JsonObject> Of(string kind) => documents.Where(d => $"{d["kind"]}" == kind);

    public bool Has(string kind, string? called) => Of(kind).Any(d => NameOf(d) == called);

    public IEnumerable<Workload> Workloads => documents.Where(d => d["spec"]?["template"]?["spec"]?["containers"] is not null).Select(d => new Workload(this, d));

    public IEnumerable<Workload> Matching(JsonNode? selector) => Workloads.Where(w => Selects(selector, w.Labels));

    public static string NameOf(JsonNode document) => $"{document["metadata"]!["name"]}";

    /// <summary>A label selector, or a plain map of labels as a Service has it; an empty one selects everything.</summary>
    private static bool Selects(JsonNode? selector, JsonObject labels)
    {
        var wanted = selector?["matchLabels"] ?? (selector?["matchExpressions"] is null ? selector : null);
        if (wanted is JsonObject map && map.Any(pair => $"{labels[pair.Key]}" != $"{pair.Value}")) return false;
        foreach (var expression in selector?["matchExpressions"]?.AsArray() ?? [])
        {
            if ($"{expression!["operator"]}" != "In") throw new NotSupportedException($"Operator {expression["operator"]}.");
            if (!expression["values"]!.AsArray().Any(v => $"{v}" == $"{labels[$"{expression["key"]}"]}")) return false;
        }
        return true;
    }
}

/// <summary>A Deployment or StatefulSet.</summary>
internal sealed class Workload(Cluster cluster, JsonObject document)
{
    public string Name => Cluster.NameOf(document);

    public string At => $"{cluster.Name}: {document["kind"]} {Name}";

    public JsonObject Spec => document["spec"]!.AsObject();

    public JsonObject Pod => Spec["template"]!["spec"]!.AsObject();

    public JsonObject Labels => Spec["template"]!["metadata"]!["labels"]!.AsObject();

    public IEnumerable<JsonObject> Containers => Pod["containers"]!.AsArray().Select(c => c!.AsObject());

    public IEnumerable<JsonObject> AllContainers => Containers.Concat((Pod["initContainers"]?.AsArray() ?? []).Select(c => c!.AsObject()));

    public JsonObject Main => Containers.First();

    public IEnumerable<JsonObject> Ports => Containers.SelectMany(c => c["ports"]?.AsArray() ?? []).Select(p => p!.AsObject());

    public IEnumerable<string> Volumes => (Pod["volumes"]?.AsArray() ?? []).Select(v => $"{v!["name"]}").Concat((Spec["volumeClaimTemplates"]?.AsArray() ?? []).Select(c => Cluster.NameOf(c!)));

    /// <summary>Every name that the container's environment has, also through ConfigMaps, with its value where that is written down.</summary>
    public IReadOnlyDictionary<string, string?> Environment(JsonObject container)
    {
        var result = new Dictionary<string, string?>();
        foreach (var from in container["envFrom"]?.AsArray() ?? [])
            foreach (var (name, value) in cluster.Of("ConfigMap").Single(c => Cluster.NameOf(c) == $"{from!["configMapRef"]!["name"]}")["data"]!.AsObject())
                result[name] = $"{value}";
        foreach (var variable in container["env"]?.AsArray() ?? []) result[$"{variable!["name"]}"] = variable["value"]?.ToString();
        return result;
    }
}
