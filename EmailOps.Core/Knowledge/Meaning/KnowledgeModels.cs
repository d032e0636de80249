using EmailOps.Core.LanguageModels;
using EmailOps.Core.Learning.Redaction;
using Microsoft.Extensions.AI;

namespace EmailOps.Core.Knowledge.Meaning;

/// <summary>Who makes vectors: the embedding model that is configured or found, else the built-in one, which is always there.</summary>
internal sealed class KnowledgeModels(IEmbeddingGenerator<string, Embedding<float>> configured, ModelRoster providers)
{
    /// <summary>People wait for a search; without an answer in this time words and built-in vectors have to do.</summary>
    private static readonly TimeSpan s_questionPatience = TimeSpan.FromSeconds(3);
    private const int MostName = 200;

    /// <summary>Whose vectors there should be. Changes while the process runs, when a model server comes or goes.</summary>
    public async Task<string> WantedAsync(CancellationToken cancel)
    {
        // Which models a server has is known only once it was asked.
        await providers.ReadyAsync(cancel);
        return (configured.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata)?.DefaultModelId is { Length: > 0 and <= MostName } name ? name : HashedEmbeddings.ModelName;
    }

    /// <summary>Vectors of passages. Articles are what the team publishes: they may go to a provider elsewhere as they are.</summary>
    /// <exception cref="LanguageModelException">There are none just now; the message says why.</exception>
    public Task<IReadOnlyList<float[]>> OfPassagesAsync(string model, IReadOnlyList<string> texts, CancellationToken cancel)
        => VectorsAsync(model, texts, new ModelAsk("passage/1") { UseCache = false, ForRemote = ModelAsk.AsIs }, cancel);

    /// <summary>The vector of a question. A provider elsewhere sees it without personal data and secrets.</summary>
    /// <exception cref="LanguageModelException">There is none just now; the message says why.</exception>
    public async Task<float[]> OfQuestionAsync(string model, string question, CancellationToken cancel)
        => (await VectorsAsync(model, [question], new ModelAsk("question/1") { Patience = s_questionPatience, Urgency = 1, ForRemote = text => new Redaction().Hide(text) }, cancel))[0];

    private async Task<IReadOnlyList<float[]>> VectorsAsync(string model, IReadOnlyList<string> texts, ModelAsk ask, CancellationToken cancel)
    {
        if (model == HashedEmbeddings.ModelName) return [.. texts.Select(HashedEmbeddings.Of)];
        // By name: a provider that has another model now may still serve the one that stored vectors are from.
        var answer = await configured.GenerateAsync(texts, new EmbeddingGenerationOptions { ModelId = model }.About(ask), cancel);
        var vectors = answer.Select(e => e.Vector.ToArray()).ToList();
        return vectors.Count == texts.Count && vectors.TrueForAll(v => v.Length > 0 && v.Length == vectors[0].Length && v.All(float.IsFinite)) ? vectors
            : throw new LanguageModelException(ModelFailure.BadAnswer, $"The model {model} gave vectors that cannot be used: not one a text, empty, of different lengths, or not numbers.");
    }
}
