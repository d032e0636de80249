using System.Text.Json;
using System.Text.Json.Nodes;

namespace EmailOps.Tests.LanguageModels.StandIn;

/// <summary>The simplest answer that fits a schema: the first of each closed list, the least of each number.</summary>
internal static class SchemaSample
{
    public static string Of(JsonElement schema) => Make(schema)?.ToJsonString() ?? "null";

    private static JsonNode? Make(JsonElement schema)
    {
        if (schema.TryGetProperty("enum", out var choices)) return JsonNode.Parse(choices[0].GetRawText());
        var type = schema.GetProperty("type");
        return (type.ValueKind == JsonValueKind.Array ? type[0].GetString() : type.GetString()) switch
        {
            "object" => new JsonObject(schema.GetProperty("properties").EnumerateObject().Select(p => KeyValuePair.Create(p.Name, Make(p.Value)))),
            "array" => new JsonArray(),
            "integer" => schema.TryGetProperty("minimum", out var least) ? least.GetInt32() : 0,
            "number" => schema.TryGetProperty("minimum", out var low) ? low.GetDouble() : 0.0,
            "boolean" => false,
            "null" => null,
            _ => "text",
        };
    }
}
