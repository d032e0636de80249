using System.Text.Json;
using System.Text.Json.Nodes;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>The shapes of answers as JSON schemas (draft 2020-12, in the subset that Ollama and OpenAI both hold models to).</summary>
internal static class Schemas
{
    public static JsonElement Judge(IEnumerable<string> categories) => Object(new()
    {
        ["category"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. categories.Append(Answers.NoCategory).Select(c => (JsonNode)c)]) },
        ["priority"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 10 },
        ["reason"] = new JsonObject { ["type"] = "string" },
    });

    public static JsonElement Summary { get; } = Object(new() { ["summary"] = new JsonObject { ["type"] = "string" } });

    public static JsonElement Draft { get; } = Object(new()
    {
        ["paragraphs"] = new JsonObject
        {
            ["type"] = "array",
            ["items"] = Shape(new()
            {
                ["text"] = new JsonObject { ["type"] = "string" },
                ["passages"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "integer" } },
            }),
        },
    });

    private static JsonElement Object(JsonObject properties) => JsonSerializer.SerializeToElement(Shape(properties));

    private static JsonObject Shape(JsonObject properties) => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray([.. properties.Select(p => (JsonNode)p.Key)]),
        ["additionalProperties"] = false,
        ["properties"] = properties,
    };
}
