using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>
/// One embedding generator before all providers. Only those that have the model are asked (<see cref="EmbeddingGenerationOptions.ModelId"/>, else the one in
/// force, <see cref="ModelRoster.EmbeddingModel"/>): vectors of different models cannot be compared.
/// </summary>
internal sealed class EmbeddingRouter(ModelRoster roster, ProviderCalls calls, IVectorCache cache, LanguageModelOptions settings, TimeProvider clock) : IEmbeddingGenerator<string, Embedding<float>>
{
    private static readonly ModelAsk Unnamed = new("embedding");

    /// <summary>The model in force; null without one.</summary>
    public string? Model => roster.EmbeddingModel;

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var ask = options.Ask() ?? Unnamed;
        var texts = values.ToList();
        if (texts.Count == 0) return [];
        var deadline = new Deadline(ask.Patience ?? settings.Patience, clock);
        var failures = new List<LanguageModelException>();
        var all = await roster.ReadyAsync(cancellationToken);
        var model = options?.ModelId ?? roster.EmbeddingModel;
        var able = all.Where(p => model is not null && p.EmbeddingModel == model && (!p.IsRemote || ask.ForRemote is not null)).ToList();
        foreach (var (provider, at) in able.Select((p, i) => (p, i)))
        {
            try
            {
                return await AskAsync(provider, model!, provider.IsRemote ? [.. texts.Select(ask.ForRemote!)] : texts, options, ask, deadline.Share(able.Count - at), cancellationToken);
            }
            catch (LanguageModelException failure)
            {
                calls.Tell(provider, ask, failure);
                failures.Add(failure);
            }
            if (deadline.IsOver) break;
        }
        throw failures.Count > 0 ? ModelRouter.AllFailed(failures)
            : new LanguageModelException(ModelFailure.NoProvider, model is null ? "No provider has an embedding model." : $"No provider that may be asked has the embedding model {model}.");
    }

    /// <summary>Only what no cache has is asked, in one call.</summary>
    private async Task<GeneratedEmbeddings<Embedding<float>>> AskAsync(ModelProvider provider, string model, List<string> texts, EmbeddingGenerationOptions? options, ModelAsk ask, Deadline deadline, CancellationToken cancel)
    {
        if (!ask.UseCache) return await calls.EmbedAsync(provider, texts, options, ask, deadline, cancel);
        var keys = texts.Select(text => VectorKey.Of(model, text)).ToList();
        var known = new float[]?[texts.Count];
        for (var i = 0; i < known.Length; i++) known[i] = await cache.FindAsync(keys[i], cancel);
        var wanted = Enumerable.Range(0, known.Length).Where(i => known[i] is null).ToList();
        var made = wanted.Count == 0 ? [] : await calls.EmbedAsync(provider, [.. wanted.Select(i => texts[i])], options, ask, deadline, cancel);
        // As many as were asked for, or nobody knows which is whose.
        if (made.Count != wanted.Count) return made;
        for (var i = 0; i < made.Count; i++)
        {
            known[wanted[i]] = made[i].Vector.ToArray();
            if (made[i].Vector.Length > 0) await cache.KeepAsync(keys[wanted[i]], known[wanted[i]]!, cancel);
        }
        return new GeneratedEmbeddings<Embedding<float>>(known.Select(vector => new Embedding<float>(vector) { ModelId = model })) { Usage = made.Usage };
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
        => serviceKey is not null ? null : serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("emailops", null, Model) : serviceType.IsInstanceOfType(this) ? this : null;

    // The connections are the providers'.
    public void Dispose()
    {
    }
}
