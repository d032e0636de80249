using System.Text.Json;
using System.Text.RegularExpressions;

namespace EmailOps.Tests.Deployment;

/// <summary>The schema of Aspire's manifest, as far as ours uses it: https://json.schemastore.org/aspire-8.0.json in our words.</summary>
internal static partial class ManifestSchema
{
    /// <summary>Type: fields it must have, fields it may have.</summary>
    private static readonly Dictionary<string, (string[] Must, string[] May)> Types = new()
    {
        ["project.v0"] = (["path"], ["args", "env", "bindings"]),
        ["container.v0"] = (["image"], ["entrypoint", "args", "connectionString", "env", "bindings", "volumes", "bindMounts"]),
        ["parameter.v0"] = (["value", "inputs"], ["connectionString"]),
        ["value.v0"] = (["connectionString"], []),
        ["annotated.string"] = (["value", "filter"], []),
    };

    /// <returns>What is against the schema; each names the resource.</returns>
    public static IEnumerable<string> Faults(JsonElement manifest)
    {
        var resources = manifest.GetProperty("resources");
        foreach (var resource in resources.EnumerateObject())
        {
            var value = resource.Value;
            if (!value.TryGetProperty("type", out var type) || !Types.TryGetValue(type.GetString()!, out var fields))
            {
                yield return $"{resource.Name}: type is missing or unknown";
                continue;
            }
            foreach (var must in fields.Must.Where(f => !value.TryGetProperty(f, out _))) yield return $"{resource.Name}: {must} is missing";
            foreach (var other in value.EnumerateObject().Where(f => f.Name != "type" && !fields.Must.Contains(f.Name) && !fields.May.Contains(f.Name))) yield return $"{resource.Name}: {other.Name} does not belong to {type}";
            foreach (var fault in Bindings(value).Concat(Volumes(value)).Concat(Inputs(value)).Concat(Texts(value))) yield return $"{resource.Name}: {fault}";
            foreach (var expression in Expressions(value).Where(e => !IsKnown(e, resources))) yield return $"{resource.Name}: {{{expression}}} names nothing";
        }
    }

    public static IEnumerable<string> Expressions(JsonElement value) => Expression().Matches(value.GetRawText()).Select(m => m.Groups[1].Value);

    private static IEnumerable<string> Bindings(JsonElement resource)
    {
        if (!resource.TryGetProperty("bindings", out var bindings)) yield break;
        foreach (var binding in bindings.EnumerateObject())
        {
            foreach (var (field, allowed) in ((string, string[])[])[("protocol", ["tcp", "udp"]), ("transport", ["http", "http2", "tcp"]), ("scheme", [])])
                if (!binding.Value.TryGetProperty(field, out var text) || (allowed.Length > 0 && !allowed.Contains(text.GetString()))) yield return $"binding {binding.Name} has no {field} that counts";
            foreach (var field in binding.Value.EnumerateObject().Where(f => f.Name is not ("scheme" or "protocol" or "transport" or "targetPort" or "port" or "external"))) yield return $"binding {binding.Name}: {field.Name} is no field";
        }
    }

    private static IEnumerable<string> Volumes(JsonElement resource)
    {
        if (!resource.TryGetProperty("volumes", out var volumes)) yield break;
        foreach (var volume in volumes.EnumerateArray())
            if (!volume.EnumerateObject().Select(f => f.Name).SequenceEqual(["name", "target", "readOnly"])) yield return "a volume has name, target and readOnly";
    }

    private static IEnumerable<string> Inputs(JsonElement resource)
    {
        if (!resource.TryGetProperty("inputs", out var inputs)) yield break;
        foreach (var input in inputs.EnumerateObject())
        {
            if (input.Value.GetProperty("type").GetString() != "string") yield return $"input {input.Name} is no string";
            if (input.Value.TryGetProperty("default", out var given) && given.TryGetProperty("value", out _) == given.TryGetProperty("generate", out _)) yield return $"the default of input {input.Name} has a value or is generated";
        }
    }

    private static IEnumerable<string> Texts(JsonElement resource)
        => resource.TryGetProperty("env", out var env) ? env.EnumerateObject().Where(v => v.Value.ValueKind != JsonValueKind.String).Select(v => $"env {v.Name} is no text") : [];

    /// <summary>{name.bindings.http.url}, {name.connectionString}, {name.value}, {name.inputs.value}.</summary>
    private static bool IsKnown(string expression, JsonElement resources)
    {
        var parts = expression.Split('.');
        if (!resources.TryGetProperty(parts[0], out var resource)) return false;
        return parts[1..] switch
        {
            ["connectionString"] => resource.TryGetProperty("connectionString", out _),
            ["value"] => resource.TryGetProperty("value", out _),
            ["inputs", var input] => resource.TryGetProperty("inputs", out var inputs) && inputs.TryGetProperty(input, out _),
            ["bindings", var binding, "url" or "host" or "port" or "scheme" or "targetPort"] => resource.TryGetProperty("bindings", out var bindings) && bindings.TryGetProperty(binding, out _),
            _ => false,
        };
    }

    [GeneratedRegex(@"\{([a-z0-9-]+\.[A-Za-z0-9.-]+)\}")]
    private static partial Regex Expression();
}
