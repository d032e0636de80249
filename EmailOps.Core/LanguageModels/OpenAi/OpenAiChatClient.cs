using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;

namespace EmailOps.Core.LanguageModels.OpenAi;

/// <summary>
/// <c>POST /chat/completions</c> through the OpenAI package. Its own model types are left aside: they fail in many ways on what compatible servers
/// leave out, and we read only a few fields.
/// </summary>
internal sealed class OpenAiChatClient(OpenAiApi api, string model) : IChatClient
{
    public const string Provider = "openai";
    private readonly ChatClientMetadata _metadata = new(Provider, api.Endpoint, model);
    private readonly ChatClient _chat = new(model, api.Credential, api.Options);

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var content = Content(messages, options, stream: false);
        return await api.Guarded(async () =>
        {
            var result = await _chat.CompleteChatAsync(content, new RequestOptions { CancellationToken = cancellationToken });
            OpenAiApi.ExpectType(result.GetRawResponse(), "application/json", api.Endpoint);
            using var json = JsonDocument.Parse(result.GetRawResponse().Content);
            var choice = json.RootElement.GetProperty("choices").EnumerateArray().First();
            var message = choice.GetProperty("message");
            var text = Text(message, "content") ?? Text(message, "refusal") ?? throw new JsonException("The message has no content.");
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, text))
            {
                ResponseId = Text(json.RootElement, "id"),
                ModelId = Text(json.RootElement, "model") ?? model,
                FinishReason = Text(message, "content") is null ? ChatFinishReason.ContentFilter : Finish(Text(choice, "finish_reason")),
                Usage = Usage(json.RootElement),
            };
        }, cancellationToken);
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var content = Content(messages, options, stream: true);
        using var response = await api.Guarded(async () =>
        {
            var result = await _chat.CompleteChatAsync(content, new RequestOptions { CancellationToken = cancellationToken, BufferResponse = false });
            OpenAiApi.ExpectType(result.GetRawResponse(), "text/event-stream", api.Endpoint);
            return result.GetRawResponse();
        }, cancellationToken);
        var finished = false;
        await using var events = SseParser.Create(response.ContentStream!).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await api.Guarded(() => events.MoveNextAsync().AsTask(), cancellationToken))
        {
            if (events.Current.Data == "[DONE]") yield break;
            var update = await api.Guarded(() => Task.FromResult(Update(events.Current.Data)), cancellationToken);
            finished |= update.FinishReason is not null;
            yield return update;
        }
        // Some servers leave out the last line; what tells a cut answer is the missing reason.
        if (!finished) throw new LanguageModelException(ModelFailure.BadAnswer, $"The answer of {api.Endpoint} ended before it was finished.");
    }

    private ChatResponseUpdate Update(string data)
    {
        using var json = JsonDocument.Parse(data);
        if (json.RootElement.TryGetProperty("error", out _)) throw new LanguageModelException(ModelFailure.ServerError, $"{api.Endpoint} broke off with an error.");
        var update = new ChatResponseUpdate { Role = ChatRole.Assistant, ModelId = Text(json.RootElement, "model") ?? model, ResponseId = Text(json.RootElement, "id") };
        if (json.RootElement.TryGetProperty("choices", out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0)
        {
            if (choices[0].TryGetProperty("delta", out var delta) && Text(delta, "content") is { } text) update.Contents.Add(new TextContent(text));
            update.FinishReason = Finish(Text(choices[0], "finish_reason"));
        }
        if (Usage(json.RootElement) is { } usage) update.Contents.Add(new UsageContent(usage));
        return update;
    }

    private BinaryContent Content(IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream)
    {
        if (options?.Tools is { Count: > 0 }) throw new NotSupportedException("Language models get no tools.");
        var said = new JsonArray();
        if (!string.IsNullOrWhiteSpace(options?.Instructions)) said.Add(new JsonObject { ["role"] = "system", ["content"] = options.Instructions });
        foreach (var message in messages)
        {
            if (message.Contents.Any(c => c is not TextContent)) throw new NotSupportedException("Language models are asked with text only.");
            said.Add(new JsonObject { ["role"] = message.Role.Value, ["content"] = message.Text });
        }
        var body = new JsonObject { ["model"] = options?.ModelId ?? model, ["messages"] = said };
        if (options?.Temperature is { } temperature) body["temperature"] = temperature;
        if (options?.TopP is { } topP) body["top_p"] = topP;
        if (options?.Seed is { } seed) body["seed"] = seed;
        if (options?.MaxOutputTokens is { } most) body[api.LengthField] = most;
        if (options?.StopSequences is { Count: > 0 } stops) body["stop"] = new JsonArray([.. stops.Select(s => (JsonNode)s)]);
        if (options?.ResponseFormat is ChatResponseFormatJson format) body["response_format"] = Format(format);
        if (stream)
        {
            body["stream"] = true;
            body["stream_options"] = new JsonObject { ["include_usage"] = true };
        }
        return BinaryContent.Create(BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(body)));
    }

    private static JsonObject Format(ChatResponseFormatJson format) => format.Schema is { } schema
        ? new JsonObject
        {
            ["type"] = "json_schema",
            ["json_schema"] = new JsonObject { ["name"] = format.SchemaName ?? "answer", ["strict"] = true, ["schema"] = JsonNode.Parse(schema.GetRawText()) },
        }
        : new JsonObject { ["type"] = "json_object" };

    private static ChatFinishReason? Finish(string? reason) => reason switch
    {
        null => null,
        "stop" => ChatFinishReason.Stop,
        "length" => ChatFinishReason.Length,
        "content_filter" => ChatFinishReason.ContentFilter,
        _ => new ChatFinishReason(reason),
    };

    private static UsageDetails? Usage(JsonElement root)
    {
        if (!root.TryGetProperty("usage", out var usage) || usage.ValueKind != JsonValueKind.Object) return null;
        var (input, output) = (Count("prompt_tokens"), Count("completion_tokens"));
        return new UsageDetails { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output };

        long? Count(string name) => usage.TryGetProperty(name, out var value) && value.TryGetInt64(out var count) && count >= 0 ? count : null;
    }

    private static string? Text(JsonElement parent, string name)
        => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public object? GetService(Type serviceType, object? serviceKey = null)
        => serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;

    // The connections are the provider's.
    public void Dispose()
    {
    }
}
