using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels.Ollama.Through;

/// <summary>Somebody else's client, kept to our rules: few texts a call, vectors checked, failures that breakers and retries understand.</summary>
internal sealed class TheirEmbeddingGenerator(IEmbeddingGenerator<string, Embedding<float>> theirs, string model, Uri endpoint) : DelegatingEmbeddingGenerator<string, Embedding<float>>(theirs)
{
    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var all = new GeneratedEmbeddings<Embedding<float>>();
        long tokens = 0;
        var plain = new EmbeddingGenerationOptions { ModelId = options?.ModelId, Dimensions = options?.Dimensions };
        foreach (var texts in values.Chunk(OllamaEmbeddingGenerator.Batch))
        {
            try
            {
                var some = await base.GenerateAsync(texts, plain, cancellationToken);
                EmbeddingCheck.Add(all, [.. some.Select(e => e.Vector.ToArray())], texts.Length, options?.ModelId ?? model, endpoint);
                tokens += some.Usage?.InputTokenCount ?? 0;
            }
            catch (Exception failure) when (TheirFailures.Of(failure, endpoint, cancellationToken) is { } known)
            {
                throw known;
            }
        }
        all.Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens };
        return all;
    }
}
