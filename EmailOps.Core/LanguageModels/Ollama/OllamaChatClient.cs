using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels.Ollama;

/// <summary>
/// <c>POST /api/chat</c>. Of <see cref="ChatOptions"/> it knows temperature, seed, top-k, top-p, stop sequences, length, instructions and the answer's format;
/// <c>num_ctx</c>, <c>keep_alive</c> (seconds) and <c>think</c> in its additional properties win over the provider's own. Tools are refused: a model acts on nothing.
/// </summary>
internal sealed class OllamaChatClient(OllamaApi api, string model, OllamaSettings settings) : IChatClient
{
    public const string Provider = "ollama";
    private readonly ChatClientMetadata _metadata = new(Provider, api.Endpoint, model);

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var answer = await api.PostAsync<OllamaChatLine>("api/chat", Request(messages, options, stream: false), cancellationToken);
        if (answer.Error is not null || answer.Message?.Content is null || !answer.Done)
            throw new LanguageModelException(ModelFailure.BadAnswer, $"The answer of {api.Endpoint} has no finished message.");
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, answer.Message.Content))
        {
            ModelId = answer.Model ?? model,
            CreatedAt = answer.CreatedAt,
            FinishReason = Finish(answer.DoneReason),
            Usage = Usage(answer),
            AdditionalProperties = Durations(answer),
        };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var id = Guid.NewGuid().ToString("n");
        await foreach (var line in api.StreamAsync<OllamaChatLine>("api/chat", Request(messages, options, stream: true), null, cancellationToken))
        {
            var update = new ChatResponseUpdate(ChatRole.Assistant, line.Message?.Content ?? "") { ModelId = line.Model ?? model, CreatedAt = line.CreatedAt, ResponseId = id, MessageId = id };
            if (line.Done)
            {
                update.FinishReason = Finish(line.DoneReason);
                update.Contents.Add(new UsageContent(Usage(line)));
                update.AdditionalProperties = Durations(line);
            }
            yield return update;
            if (line.Done) yield break;
        }
        throw new LanguageModelException(ModelFailure.BadAnswer, $"The answer of {api.Endpoint} ended before it was finished.");
    }

    private OllamaChatRequest Request(IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream)
    {
        if (options?.Tools is { Count: > 0 }) throw new NotSupportedException("Language models get no tools.");
        var said = new List<OllamaMessage>();
        if (!string.IsNullOrWhiteSpace(options?.Instructions)) said.Add(new OllamaMessage(ChatRole.System.Value, options.Instructions));
        foreach (var message in messages)
        {
            if (message.Contents.Any(c => c is not TextContent)) throw new NotSupportedException("Language models are asked with text only.");
            said.Add(new OllamaMessage(message.Role.Value, message.Text));
        }
        var more = options?.AdditionalProperties;
        var parameters = new Dictionary<string, object> { ["num_ctx"] = more?.GetValueOrDefault("num_ctx") ?? settings.Context };
        Add("temperature", options?.Temperature);
        Add("seed", options?.Seed);
        Add("top_k", options?.TopK);
        Add("top_p", options?.TopP);
        Add("num_predict", options?.MaxOutputTokens);
        if (options?.StopSequences is { Count: > 0 } stops) parameters["stop"] = stops;
        return new OllamaChatRequest(options?.ModelId ?? model, said, stream, Format(options?.ResponseFormat), parameters,
            more?.GetValueOrDefault("keep_alive") is { } keep ? Convert.ToInt64(keep, System.Globalization.CultureInfo.InvariantCulture) : settings.KeepAliveSeconds,
            more?.GetValueOrDefault("think") as bool? ?? (settings.Thinks(options?.ModelId ?? model) ? false : null));

        void Add(string name, object? value)
        {
            if (value is not null) parameters[name] = value;
        }
    }

    private static object? Format(ChatResponseFormat? format) => format is ChatResponseFormatJson json ? json.Schema is { } schema ? schema : "json" : null;

    private static ChatFinishReason? Finish(string? reason) => reason switch
    {
        null => null,
        "stop" => ChatFinishReason.Stop,
        "length" => ChatFinishReason.Length,
        _ => new ChatFinishReason(reason),
    };

    private static UsageDetails Usage(OllamaChatLine line) => new()
    {
        InputTokenCount = line.PromptEvalCount,
        OutputTokenCount = line.EvalCount,
        TotalTokenCount = line.PromptEvalCount + line.EvalCount,
    };

    private static AdditionalPropertiesDictionary Durations(OllamaChatLine line)
    {
        var durations = new AdditionalPropertiesDictionary();
        Add("total_duration", line.TotalDuration);
        Add("load_duration", line.LoadDuration);
        Add("prompt_eval_duration", line.PromptEvalDuration);
        Add("eval_duration", line.EvalDuration);
        return durations;

        void Add(string name, long? nanoseconds)
        {
            if (nanoseconds is { } n) durations[name] = TimeSpan.FromTicks(n / 100);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
        => serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;

    // The connections are the provider's.
    public void Dispose()
    {
    }
}

/// <summary>What every call to one Ollama carries.</summary>
/// <param name="Context">num_ctx, in tokens.</param>
/// <param name="Thinks">Whether the model thinks aloud unless told not to; that takes minutes on a processor and ends in the same answer.</param>
internal sealed record OllamaSettings(int Context, long? KeepAliveSeconds, Func<string, bool> Thinks);
