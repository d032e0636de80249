using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels.Ollama;

/// <summary>Ollama through its own API, with our client.</summary>
internal sealed class OllamaSource(ModelHttp http, TimeProvider clock) : IProviderSource
{
    public ProviderKind Kind => ProviderKind.Ollama;

    public IProviderClients Open(ProviderOptions options) => new OllamaServer(new OllamaApi(http.For(options.Address), options.Address, clock), options);
}

/// <summary>One Ollama: what is installed, which of it is asked, and downloads.</summary>
internal sealed class OllamaServer(OllamaApi api, ProviderOptions options) : IProviderClients
{
    /// <summary>Guards a look against a server with thousands of models.</summary>
    private const int MostModels = 200;
    /// <summary>All status lines of one download, in bytes; they come several a second for as long as it takes.</summary>
    private const long PullBytes = 1L << 30;
    // By digest: what a model can do never changes, and asking costs a call each.
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, IReadOnlyList<string>> _capabilities = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<InstalledModel> _models = [];

    public async Task<ProviderLook> LookAsync(CancellationToken cancel)
    {
        var version = (await api.GetAsync<OllamaVersion>("api/version", cancel)).Version;
        var tags = await api.GetAsync<OllamaTags>("api/tags", cancel);
        if (tags.Models is null) throw new LanguageModelException(ModelFailure.BadAnswer, $"{api.Endpoint} lists no models; check that an Ollama listens there.");
        var models = new List<InstalledModel>();
        foreach (var model in tags.Models.OfType<OllamaModel>().Take(MostModels))
        {
            if ((model.Name ?? model.Model) is not { Length: > 0 and < 300 } name) continue;
            models.Add(new InstalledModel(name, model.Details?.Family, ModelChoice.Billions(model.Details?.ParameterSize), model.Size, model.ModifiedAt,
                await CapabilitiesAsync(name, model.Digest, cancel), model.RemoteHost is { Length: > 0 } || model.RemoteModel is { Length: > 0 }));
        }
        _models = models;
        var chat = options.Model is { Length: > 0 } wanted ? ModelChoice.Named(models, wanted) : ModelChoice.ForChat(models);
        var embedding = options.EmbeddingModel is { Length: > 0 } vectors ? ModelChoice.Named(models, vectors) : ModelChoice.ForEmbeddings(models);
        return new ProviderLook(version, chat?.Name, embedding?.Name, models, Missing(chat, embedding), chat?.IsElsewhere ?? false);
    }

    public IChatClient Chat(string model) => new OllamaChatClient(api, model, Settings);

    public IEmbeddingGenerator<string, Embedding<float>> Embeddings(string model) => new OllamaEmbeddingGenerator(api, model, Settings);

    /// <summary>Downloads a model; what is there already is not loaded again.</summary>
    public IAsyncEnumerable<OllamaPullLine> PullAsync(string model, CancellationToken cancel) => api.StreamAsync<OllamaPullLine>("api/pull", new OllamaPullRequest(model, true), PullBytes, cancel);

    public OllamaSettings Settings => new(options.Context, (long)options.KeepAlive.TotalSeconds, model => ModelChoice.Named(_models, model)?.Capabilities?.Contains("thinking") == true);

    private string? Missing(InstalledModel? chat, InstalledModel? embedding)
    {
        if (chat is null && options.Model is { Length: > 0 } model) return $"The model {model} is not installed; run: emailops model pull {model}";
        if (chat is null) return "No chat model is installed; run for example: emailops model pull llama3.2:3b";
        return embedding is null && options.EmbeddingModel is { Length: > 0 } vectors ? $"The embedding model {vectors} is not installed; run: emailops model pull {vectors}" : null;
    }

    private async Task<IReadOnlyList<string>?> CapabilitiesAsync(string name, string? digest, CancellationToken cancel)
    {
        if (digest is not null && _capabilities.TryGetValue(digest, out var known)) return known.Count > 0 ? known : null;
        IReadOnlyList<string> capabilities;
        try
        {
            capabilities = (await api.PostAsync<OllamaShow>("api/show", new OllamaShowRequest(name), cancel)).Capabilities ?? [];
        }
        catch (LanguageModelException failure) when (failure.Reason is ModelFailure.ModelMissing or ModelFailure.BadAnswer or ModelFailure.ServerError or ModelFailure.BadQuestion)
        {
            return null; // the name and family tell as well; asked again at the next look
        }
        if (digest is not null && _capabilities.Count < MostModels * 10) _capabilities[digest] = capabilities;
        return capabilities.Count > 0 ? capabilities : null;
    }
}
