using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EmailOps.Tests.LanguageModels.StandIn;

/// <summary>A question as it came over the wire.</summary>
/// <param name="Path">/api/chat or /v1/chat/completions.</param>
/// <param name="Schema">The JSON schema that the answer is to follow; null without one.</param>
internal sealed record AskedModel(string Path, string Model, IReadOnlyList<(string Role, string Text)> Messages, JsonElement? Schema, bool Stream, JsonElement Body, string? Authorization)
{
    /// <summary>What the system messages say.</summary>
    public string System => string.Join('\n', Messages.Where(m => m.Role == "system").Select(m => m.Text));
    /// <summary>The last message.</summary>
    public string Last => Messages.Count > 0 ? Messages[^1].Text : "";
    public bool IsOpenAi => Path.StartsWith("/v1/", StringComparison.Ordinal);

    public static async Task<AskedModel> ReadAsync(HttpContext context)
    {
        using var json = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var body = json.RootElement.Clone();
        var messages = body.TryGetProperty("messages", out var list)
            ? list.EnumerateArray().Select(m => (m.GetProperty("role").GetString()!, m.GetProperty("content").GetString() ?? "")).ToList()
            : [];
        var path = context.Request.Path.Value!;
        var stream = body.TryGetProperty("stream", out var streamed) ? streamed.GetBoolean() : path.StartsWith("/api/", StringComparison.Ordinal); // Ollama streams unless told not to
        return new AskedModel(path, body.GetProperty("model").GetString()!, messages, SchemaOf(body), stream, body, context.Request.Headers.Authorization.FirstOrDefault());
    }

    private static JsonElement? SchemaOf(JsonElement body)
    {
        if (body.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.Object) return format;
        return body.TryGetProperty("response_format", out var response) && response.TryGetProperty("json_schema", out var named) ? named.GetProperty("schema") : null;
    }
}
