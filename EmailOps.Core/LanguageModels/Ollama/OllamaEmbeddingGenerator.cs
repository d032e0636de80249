using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels.Ollama;

/// <summary><c>POST /api/embed</c>, at most <see cref="Batch"/> texts a call; texts longer than the model reads are cut by the server.</summary>
internal sealed class OllamaEmbeddingGenerator(OllamaApi api, string model, OllamaSettings settings) : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>Guards the server's memory and keeps one answer short.</summary>
    public const int Batch = 64;
    private readonly EmbeddingGeneratorMetadata _metadata = new(OllamaChatClient.Provider, api.Endpoint, model);

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var all = new GeneratedEmbeddings<Embedding<float>>();
        long tokens = 0;
        foreach (var texts in values.Chunk(Batch))
        {
            var answer = await api.PostAsync<OllamaEmbedAnswer>("api/embed", new OllamaEmbedRequest(options?.ModelId ?? model, texts, true, settings.KeepAliveSeconds, options?.Dimensions), cancellationToken);
            EmbeddingCheck.Add(all, answer.Embeddings, texts.Length, answer.Model ?? model, api.Endpoint);
            tokens += answer.PromptEvalCount ?? 0;
        }
        all.Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens };
        return all;
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
        => serviceKey is not null ? null : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;

    // The connections are the provider's.
    public void Dispose()
    {
    }
}
