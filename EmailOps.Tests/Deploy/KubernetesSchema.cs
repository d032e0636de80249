using System.Text.Json;
using System.Text.Json.Nodes;

namespace EmailOps.Tests.Deploy;

/// <summary>
/// The published schemas of Kubernetes, read strictly: a field that a schema with fields does not name is a mistake, as the server's own field
/// validation has it. The definitions are those of 1.21, so that what passes is known to every server from 1.24 on.
/// </summary>
internal sealed class KubernetesSchema
{
    /// <summary>Older than policy/v1, whose budgets have the same fields.</summary>
    private static readonly Dictionary<string, string> SameAs = new() { ["policy/v1/PodDisruptionBudget"] = "policy/v1beta1/PodDisruptionBudget" };

    private readonly Dictionary<string, JsonObject> _definitions = [];
    private readonly Dictionary<string, string> _kinds = [];

    public KubernetesSchema(params string[] files)
    {
        foreach (var file in files)
        {
            var all = JsonNode.Parse(File.ReadAllText(file))!;
            foreach (var (name, definition) in (all["definitions"] ?? all["components"]!["schemas"])!.AsObject())
            {
                _definitions.TryAdd(name, definition!.AsObject());
                foreach (var kind in definition["x-kubernetes-group-version-kind"]?.AsArray() ?? [])
                    _kinds.TryAdd(Id($"{kind!["group"]}".Length > 0 ? $"{kind["group"]}/{kind["version"]}" : $"{kind["version"]}", $"{kind["kind"]}"), name);
            }
        }
    }

    /// <summary>Null when no schema of this kind is known.</summary>
    public IReadOnlyList<string>? Faults(JsonObject document)
    {
        var id = Id($"{document["apiVersion"]}", $"{document["kind"]}");
        if (!_kinds.TryGetValue(SameAs.GetValueOrDefault(id, id), out var name)) return null;
        var faults = new List<string>();
        Check(document, _definitions[name], id, faults);
        return faults;
    }

    private static string Id(string version, string kind) => $"{version}/{kind}";

    private void Check(JsonNode? value, JsonObject schema, string at, List<string> faults)
    {
        if (schema["$ref"] is { } reference)
        {
            var name = $"{reference}".Split('/')[^1];
            if (name.EndsWith(".IntOrString", StringComparison.Ordinal) || name.EndsWith(".Quantity", StringComparison.Ordinal))
            {
                if (value?.GetValueKind() is not (JsonValueKind.String or JsonValueKind.Number)) faults.Add($"{at}: a text or number is wanted");
                return;
            }
            Check(value, _definitions[name], at, faults);
            return;
        }
        foreach (var part in schema["allOf"]?.AsArray() ?? []) Check(value, part!.AsObject(), at, faults);
        if (schema["type"] is not { } type) return;
        var kind = value?.GetValueKind() ?? JsonValueKind.Null;
        var fits = $"{type}" switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "integer" => kind == JsonValueKind.Number && value!.AsValue().TryGetValue<long>(out _),
            "number" => kind == JsonValueKind.Number,
            var other => throw new InvalidDataException($"The schema has a type {other}."),
        };
        if (!fits) faults.Add($"{at}: {kind}, where {type} is wanted");
        else if (value is JsonObject map) CheckFields(map, schema, at, faults);
        else if (value is JsonArray list && schema["items"] is JsonObject items)
            for (var i = 0; i < list.Count; i++) Check(list[i], items, $"{at}[{i}]", faults);
    }

    private void CheckFields(JsonObject map, JsonObject schema, string at, List<string> faults)
    {
        var fields = schema["properties"]?.AsObject();
        foreach (var required in schema["required"]?.AsArray() ?? [])
            if (!map.ContainsKey($"{required}")) faults.Add($"{at}: {required} is missing");
        foreach (var (name, value) in map)
        {
            if (fields?[name] is JsonObject field) Check(value, field, $"{at}.{name}", faults);
            else if (schema["additionalProperties"] is JsonObject any) Check(value, any, $"{at}.{name}", faults);
            else if (fields is not null) faults.Add($"{at}: there is no field {name}");
        }
    }
}
