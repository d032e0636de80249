namespace EmailOps.Core.LanguageModels.Ollama;

internal sealed record OllamaMessage(string Role, string? Content, string? Thinking = null);

/// <param name="Format">A JSON schema, or the text "json".</param>
/// <param name="KeepAlive">Seconds; -1 keeps the model for ever.</param>
internal sealed record OllamaChatRequest(string Model, IReadOnlyList<OllamaMessage> Messages, bool Stream, object? Format, IReadOnlyDictionary<string, object>? Options, long? KeepAlive, bool? Think);

/// <summary>An answer, or one line of it. Durations are nanoseconds.</summary>
internal sealed record OllamaChatLine(string? Model, DateTimeOffset? CreatedAt, OllamaMessage? Message, bool Done, string? DoneReason,
    long? TotalDuration, long? LoadDuration, long? PromptEvalCount, long? PromptEvalDuration, long? EvalCount, long? EvalDuration, string? Error) : IOllamaLine;

internal sealed record OllamaEmbedRequest(string Model, IReadOnlyList<string> Input, bool Truncate, long? KeepAlive, int? Dimensions);

internal sealed record OllamaEmbedAnswer(string? Model, IReadOnlyList<float[]>? Embeddings, long? TotalDuration, long? LoadDuration, long? PromptEvalCount);

internal sealed record OllamaError(string? Error);

internal sealed record OllamaVersion(string? Version);

internal sealed record OllamaTags(IReadOnlyList<OllamaModel>? Models);

/// <param name="Size">Bytes on disk.</param>
/// <param name="RemoteHost">Set where the model does not run on this server but in its maker's cloud: then text leaves the house.</param>
internal sealed record OllamaModel(string? Name, string? Model, DateTimeOffset? ModifiedAt, long? Size, string? Digest, OllamaModelDetails? Details, string? RemoteHost = null, string? RemoteModel = null);

/// <param name="ParameterSize">For example 3.2B or 137M.</param>
internal sealed record OllamaModelDetails(string? Family, IReadOnlyList<string>? Families, string? ParameterSize, string? QuantizationLevel);

internal sealed record OllamaShowRequest(string Model);

/// <param name="Capabilities">completion, embedding, tools, vision, thinking; older servers send none.</param>
internal sealed record OllamaShow(IReadOnlyList<string>? Capabilities, OllamaModelDetails? Details);

internal sealed record OllamaPullRequest(string Model, bool Stream);

/// <param name="Total">Bytes of the layer that <paramref name="Digest"/> names.</param>
internal sealed record OllamaPullLine(string? Status, string? Digest, long? Total, long? Completed, string? Error) : IOllamaLine;
