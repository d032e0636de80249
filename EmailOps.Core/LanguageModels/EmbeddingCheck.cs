using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels;

/// <summary>Takes vectors only as they must be: one a text, all of one length, numbers only.</summary>
internal static class EmbeddingCheck
{
    private const int MostDimensions = 16_384;

    public static void Add(GeneratedEmbeddings<Embedding<float>> all, IReadOnlyList<float[]?>? vectors, int wanted, string model, Uri endpoint)
    {
        if (vectors is null || vectors.Count != wanted)
            throw new LanguageModelException(ModelFailure.BadAnswer, $"{endpoint} gave {vectors?.Count ?? 0} vectors for {wanted} texts.");
        var length = all.Count > 0 ? all[0].Vector.Length : vectors[0]?.Length ?? 0;
        foreach (var vector in vectors)
        {
            if (vector is not { Length: > 0 and <= MostDimensions } || vector.Length != length || !Array.TrueForAll(vector, float.IsFinite))
                throw new LanguageModelException(ModelFailure.BadAnswer, $"{endpoint} gave a vector that is empty, of another length than the others, or holds what is no number.");
            all.Add(new Embedding<float>(vector) { ModelId = model });
        }
    }
}
