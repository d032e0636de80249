using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace EmailOps.Tests.LanguageModels.Through;

/// <summary>A client of Ollama as others write them: relative addresses, EnsureSuccessStatusCode, JSON read as it comes, and no idea of our failures.</summary>
internal sealed class SomebodysClient(string model, HttpClient http) : IChatClient, IEmbeddingGenerator<string, Embedding<float>>
{
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var response = await http.PostAsJsonAsync("api/chat", Body(messages, options, stream: false), cancellationToken);
        response.EnsureSuccessStatusCode();
        var answer = (await response.Content.ReadFromJsonAsync<JsonObject>(cancellationToken))!;
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, answer["message"]!["content"]!.GetValue<string>()))
        {
            Usage = new UsageDetails { InputTokenCount = answer["prompt_eval_count"]!.GetValue<long>(), OutputTokenCount = answer["eval_count"]!.GetValue<long>() },
        };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/chat") { Content = JsonContent.Create(Body(messages, options, stream: true)) };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            yield return new ChatResponseUpdate(ChatRole.Assistant, JsonNode.Parse(line)!["message"]!["content"]!.GetValue<string>());
    }

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var response = await http.PostAsJsonAsync("api/embed", new { model, input = values }, cancellationToken);
        response.EnsureSuccessStatusCode();
        var answer = (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("embeddings");
        return [.. answer.EnumerateArray().Select(v => new Embedding<float>(v.EnumerateArray().Select(n => n.GetSingle()).ToArray()))];
    }

    private JsonObject Body(IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream)
    {
        var parameters = new JsonObject();
        // What it does not know it sends as it stands, so that a test sees what reaches the wire.
        foreach (var (name, value) in options?.AdditionalProperties ?? []) parameters[name] = JsonSerializer.SerializeToNode(value, value?.GetType() ?? typeof(object));
        return new JsonObject
        {
            ["model"] = model, ["stream"] = stream, ["options"] = parameters,
            ["messages"] = new JsonArray([.. messages.Select(m => new JsonObject { ["role"] = m.Role.Value, ["content"] = m.Text })]),
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
