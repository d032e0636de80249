using System.Numerics.Tensors;
using EmailOps.Core.Learning;
using Microsoft.Extensions.AI;

namespace EmailOps.Core.Knowledge.Meaning;

/// <summary>
/// Vectors without a model: stems, concepts (words of several languages that mean the same, <see cref="Concepts"/>) and runs of letters, each hashed to a few signed places
/// (feature hashing, Weinberger et al. 2009). Two texts are near when they share what they are about, in whatever inflection, spelling or known language. Deterministic, microseconds
/// a text, no state: the same text has the same vector in every process. Thread-safe.
/// </summary>
internal sealed class HashedEmbeddings : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>Changes whenever the same text would get another vector.</summary>
    public const string ModelName = "builtin-hash-384-1";
    public const int Dimensions = 384;
    /// <summary>Places of one feature: more make a chance likeness of two features fainter.</summary>
    private const int Places = 4, RunLength = 4;
    private const float WordWeight = 1, ConceptWeight = 1.6f, RunWeight = 0.22f;
    /// <summary>Longest text looked at; what an article is about is said before.</summary>
    private const int MostCharacters = 20_000;
    private const uint RunSpace = 0x52756E73, ConceptSpace = 0x436F6E63;

    public static HashedEmbeddings Instance { get; } = new();

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var embeddings = new GeneratedEmbeddings<Embedding<float>>();
        foreach (var value in values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            embeddings.Add(new Embedding<float>(Of(value)) { ModelId = ModelName });
        }
        return Task.FromResult(embeddings);
    }

    /// <summary>A unit vector; of nothing the zero vector.</summary>
    public static float[] Of(string text)
    {
        var tokens = new TextTokens();
        tokens.Read(text.Length > MostCharacters ? text[..MostCharacters] : text);
        var language = LanguageIdentifier.Identify(tokens).Language;
        var vector = new float[Dimensions];
        var counts = new Dictionary<uint, float>();
        Span<char> padded = stackalloc char[34];
        foreach (ref readonly var token in tokens.Tokens)
        {
            if (StopWords.Contains(token.Hash, language) || (token.Length == 1 && token.Kind != TokenKind.Ideograph)) continue;
            Count(counts, Terms.Of(tokens, token, language), WordWeight);
            if (token.Kind != TokenKind.Word) continue;
            var word = tokens.FoldedOf(token);
            if (Concepts.Of(word) is { } concept) Count(counts, (uint)concept ^ ConceptSpace, ConceptWeight);
            word = word[..Math.Min(word.Length, padded.Length - 2)];
            padded[0] = padded[word.Length + 1] = ' ';
            word.CopyTo(padded[1..]);
            for (var i = 0; i + RunLength <= word.Length + 2; i++)
                Count(counts, Hash32.OfFoldedWord(padded.Slice(i, RunLength)) ^ RunSpace, RunWeight);
        }
        foreach (var (feature, weight) in counts)
            Place(vector, feature, MathF.Sqrt(weight));
        var length = TensorPrimitives.Norm<float>(vector);
        if (length > 0) TensorPrimitives.Divide(vector, length, vector);
        return vector;
    }

    private static void Count(Dictionary<uint, float> counts, uint feature, float weight)
        => counts[feature] = counts.GetValueOrDefault(feature) + weight * weight;

    private static void Place(float[] vector, uint feature, float weight)
    {
        var hash = feature;
        for (var i = 0; i < Places; i++)
        {
            hash = Hash32.Mix(hash + 0x9E3779B9);
            vector[(hash >> 1) % Dimensions] += (hash & 1) == 0 ? weight : -weight;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
        => serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("emailops", null, ModelName, Dimensions)
            : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // Nothing is held; the shared instance is never gone.
    }
}
