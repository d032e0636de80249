using System.Text.Json.Nodes;
using EmailOps.Tests.Architecture;

namespace EmailOps.Tests.Deploy;

/// <summary>deploy/k8s: what it sends is valid, and its parts fit each other.</summary>
public sealed class KubernetesShapeTests
{
    private const string Secret = "app-secrets";

    [Fact]
    public void Every_document_is_valid_by_the_published_schema()
    {
        if (DeployTools.Get() is not { } tools) return;
        var schema = new KubernetesSchema(tools.File("swagger.json"), tools.File("autoscaling-v2.json"));
        House.Rule("Kubernetes would refuse this.", Cluster.All().SelectMany(c => c.Documents.SelectMany(d => Faults(schema, d).Select(fault => $"{c.Name}: {Cluster.NameOf(d)}: {fault}"))));
    }

    [Fact]
    public void A_misspelt_field_a_wrong_type_and_a_missing_one_are_seen()
    {
        if (DeployTools.Get() is not { } tools) return;
        var schema = new KubernetesSchema(tools.File("swagger.json"), tools.File("autoscaling-v2.json"));
        var faults = Faults(schema, Yaml.Read("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: x }
            spec:
              replicas: "2"
              template:
                spec:
                  containers: [{ name: y, imagePullPolcy: Always, ports: [{ containerPort: 80, hostPort: 1.5 }] }]
            """)[0]);
        Assert.Equal(
            [
                "apps/v1/Deployment.spec.replicas: String, where integer is wanted",
                "apps/v1/Deployment.spec.template.spec.containers[0].ports[0].hostPort: Number, where integer is wanted",
                "apps/v1/Deployment.spec.template.spec.containers[0]: there is no field imagePullPolcy", "apps/v1/Deployment.spec: selector is missing",
            ],
            faults.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Selectors_find_what_they_are_for() => House.Rule("A selector matches the labels of the pods it means.", Cluster.All().SelectMany(Selectors));

    [Fact]
    public void Every_name_that_is_referred_to_exists() => House.Rule("A reference to something that is not there keeps a pod from starting.", Cluster.All().SelectMany(References));

    [Fact]
    public void Nothing_is_let_through_that_nobody_answers_and_every_pod_has_its_rules() => House.Rule(
        "A network policy names ports that its pods have; every workload has rules beside the default that denies all.",
        Cluster.All().SelectMany(c => c.Of("NetworkPolicy").SelectMany(p => Policy(c, p)).Concat(c.Workloads.Where(w => !c.Of("NetworkPolicy").Any(p =>
            p["spec"]!["podSelector"]!.AsObject().Count > 0 && p["spec"]!["ingress"] is not null && c.Matching(p["spec"]!["podSelector"]).Any(m => m.Name == w.Name))).Select(w => $"{w.At}: nobody may speak to it"))
            .Concat(c.Of("NetworkPolicy").Any(p => p["spec"]!["podSelector"]!.AsObject().Count == 0 && p["spec"]!["ingress"] is null && p["spec"]!["egress"] is null && p["spec"]!["policyTypes"]!.AsArray().Count == 2)
                ? [] : [$"{c.Name}: nothing is denied by default"])));

    private static IReadOnlyList<string> Faults(KubernetesSchema schema, JsonObject document) => schema.Faults(document) ?? ($"{document["apiVersion"]}" == "keda.sh/v1alpha1"
        ? [.. document["spec"]!.AsObject().Select(p => p.Key).Except(["scaleTargetRef", "minReplicaCount", "maxReplicaCount", "pollingInterval", "cooldownPeriod", "fallback", "triggers"]).Select(f => $"KEDA knows no field {f}"),
           .. document["spec"]!["triggers"]!.AsArray().SelectMany(t => new[] { "serverAddress", "query", "threshold" }.Where(f => t!["metadata"]![f] is not JsonValue v || v.GetValueKind() != System.Text.Json.JsonValueKind.String).Select(f => $"the trigger needs {f} as text"))]
        : ["no schema of this kind is known"]);

    private static IEnumerable<string> Selectors(Cluster cluster)
    {
        foreach (var workload in cluster.Workloads.Where(w => cluster.Matching(w.Spec["selector"]).Count() != 1 || cluster.Matching(w.Spec["selector"]).Single().Name != w.Name))
            yield return $"{workload.At}: its selector";
        foreach (var service in cluster.Of("Service"))
            foreach (var port in service["spec"]!["ports"]!.AsArray())
                if (cluster.Matching(service["spec"]!["selector"]).ToList() is not [var one] || one.Ports.All(p => $"{p["name"]}" != $"{port!["targetPort"]}" || $"{p["containerPort"]}" != $"{port["port"]}"))
                    yield return $"{cluster.Name}: Service {Cluster.NameOf(service)}: its selector or its port {port!["port"]}";
        foreach (var budget in cluster.Of("PodDisruptionBudget").Where(b => cluster.Matching(b["spec"]!["selector"]).Count() != 1))
            yield return $"{cluster.Name}: PodDisruptionBudget {Cluster.NameOf(budget)}";
        foreach (var workload in cluster.Workloads)
            foreach (var constraint in workload.Pod["topologySpreadConstraints"]?.AsArray() ?? [])
                if (cluster.Matching(constraint!["labelSelector"]).All(w => w.Name != workload.Name)) yield return $"{workload.At}: its spread";
    }

    private static IEnumerable<string> References(Cluster cluster)
    {
        var secrets = File.ReadLines(Path.Combine(Checkout.Root, "deploy/k8s/app-secrets.env.example")).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('=')[0]).ToHashSet();
        foreach (var scaler in cluster.Of("HorizontalPodAutoscaler").Concat(cluster.Of("ScaledObject")))
            if (!cluster.Has($"{scaler["spec"]!["scaleTargetRef"]!["kind"]}", $"{scaler["spec"]!["scaleTargetRef"]!["name"]}") || cluster.Workloads.Single(w => w.Name == $"{scaler["spec"]!["scaleTargetRef"]!["name"]}").Spec["replicas"] is not null)
                yield return $"{cluster.Name}: the target of {Cluster.NameOf(scaler)} is not there, or an apply would set its number";
        foreach (var backend in cluster.Of("Ingress").SelectMany(i => i["spec"]!["rules"]!.AsArray()).SelectMany(r => r!["http"]!["paths"]!.AsArray()).Select(p => p!["backend"]!["service"]!))
            if (cluster.Of("Service").SingleOrDefault(s => Cluster.NameOf(s) == $"{backend["name"]}")?["spec"]!["ports"]!.AsArray().Any(p => $"{p!["name"]}" == $"{backend["port"]!["name"]}") != true)
                yield return $"{cluster.Name}: Ingress to {backend["name"]}";
        foreach (var workload in cluster.Workloads)
        {
            if (!cluster.Has("ServiceAccount", $"{workload.Pod["serviceAccountName"]}")) yield return $"{workload.At}: its service account";
            if (workload.Spec["serviceName"] is { } service && !cluster.Has("Service", $"{service}")) yield return $"{workload.At}: its service";
            foreach (var container in workload.AllContainers)
            {
                foreach (var mount in (container["volumeMounts"]?.AsArray() ?? []).Where(m => !workload.Volumes.Contains($"{m!["name"]}"))) yield return $"{workload.At}: the volume {mount!["name"]}";
                foreach (var from in (container["envFrom"]?.AsArray() ?? []).Where(f => !cluster.Has("ConfigMap", f!["configMapRef"]?["name"]?.ToString()))) yield return $"{workload.At}: {from}";
                foreach (var variable in (container["env"]?.AsArray() ?? []).Where(v => v!["valueFrom"] is not null))
                {
                    var (map, secret) = (variable!["valueFrom"]!["configMapKeyRef"], variable["valueFrom"]!["secretKeyRef"]);
                    if (map is not null && cluster.Of("ConfigMap").SingleOrDefault(c => Cluster.NameOf(c) == $"{map["name"]}")?["data"]![$"{map["key"]}"] is null) yield return $"{workload.At}: {variable["name"]} from a ConfigMap";
                    if (secret is not null && ($"{secret["name"]}" != Secret || !secrets.Contains($"{secret["key"]}"))) yield return $"{workload.At}: {variable["name"]} from a secret that the example has not";
                }
            }
        }
    }

    private static IEnumerable<string> Policy(Cluster cluster, JsonObject policy)
    {
        var pods = cluster.Matching(policy["spec"]!["podSelector"]).ToList();
        if (pods.Count == 0) yield return $"{cluster.Name}: NetworkPolicy {Cluster.NameOf(policy)}: no pod";
        foreach (var port in (policy["spec"]!["ingress"]?.AsArray() ?? []).SelectMany(r => r!["ports"]!.AsArray()).Where(p => pods.All(w => w.Ports.All(c => $"{c["containerPort"]}" != $"{p!["port"]}"))))
            yield return $"{cluster.Name}: NetworkPolicy {Cluster.NameOf(policy)}: no pod has port {port!["port"]}";
        foreach (var rule in policy["spec"]!["egress"]?.AsArray() ?? [])
            foreach (var to in (rule!["to"]?.AsArray() ?? []).Where(t => t!["podSelector"] is not null))
                if (rule["ports"]!.AsArray().Any(p => cluster.Matching(to!["podSelector"]).All(w => w.Ports.All(c => $"{c["containerPort"]}" != $"{p!["port"]}"))))
                    yield return $"{cluster.Name}: NetworkPolicy {Cluster.NameOf(policy)}: {to} has not that port";
    }
}
