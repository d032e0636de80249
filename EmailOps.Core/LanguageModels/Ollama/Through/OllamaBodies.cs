using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EmailOps.Core.LanguageModels.Ollama.Through;

/// <summary>
/// Under somebody else's client: puts into each question what every question of ours carries and their client has no words for (num_ctx, keep_alive, think),
/// and turns what the server refuses into our failures, with the time it asks to wait.
/// </summary>
internal sealed class OllamaBodies(OllamaApi api, OllamaSettings settings, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request is { Method.Method: "POST", Content: { } content, RequestUri: { } address } && address.AbsolutePath.EndsWith("/api/chat", StringComparison.Ordinal))
            request.Content = await CompletedAsync(content, cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await api.FailureAsync(response, cancellationToken);
    }

    private async Task<HttpContent> CompletedAsync(HttpContent content, CancellationToken cancel)
    {
        if (JsonNode.Parse(await content.ReadAsStreamAsync(cancel)) is not JsonObject question) throw new JsonException("A question to Ollama is a JSON object.");
        var parameters = question["options"] as JsonObject ?? [];
        parameters["num_ctx"] ??= settings.Context;
        question["options"] = parameters;
        if (settings.KeepAliveSeconds is { } keep) question["keep_alive"] ??= keep;
        if (question["model"]?.GetValue<string>() is { } model && settings.Thinks(model)) question["think"] ??= false;
        content.Dispose();
        return JsonContent.Create(question);
    }
}
