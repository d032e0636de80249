namespace EmailOps.Core.LanguageModels;

/// <summary>The providers in the order they are asked: the configured ones, then an Ollama found on this machine.</summary>
internal sealed class ModelRoster : IDisposable
{
    /// <summary>A found server that went away is shown this long, then forgotten: nobody asked for it.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);
    public const string FoundName = "local-ollama";
    private readonly LanguageModelOptions _options;
    private readonly TimeProvider _clock;
    private readonly IReadOnlyList<ModelProvider> _all;
    private readonly SemaphoreSlim _looking = new(1, 1);

    public ModelRoster(LanguageModelOptions options, IEnumerable<IProviderSource> sources, TimeProvider clock)
    {
        (_options, _clock) = (options, clock);
        var kinds = new Dictionary<ProviderKind, IProviderSource>();
        foreach (var source in sources) kinds[source.Kind] = source;
        var all = new List<ModelProvider>();
        foreach (var provider in options.Configured())
            all.Add(new ModelProvider(FreeName(all, provider.Name ?? Made(provider)), provider, kinds[provider.Kind].Open(provider), isFound: false));
        if (options is { Enabled: true, FindLocal: true } && all.All(p => p.Kind != ProviderKind.Ollama))
        {
            var local = new ProviderOptions { Kind = ProviderKind.Ollama, Endpoint = options.LocalEndpoint };
            all.Add(new ModelProvider(FreeName(all, FoundName), local, kinds[ProviderKind.Ollama].Open(local), isFound: true));
        }
        _all = all;
    }

    /// <summary>Those that are there: configured, or found and not long gone.</summary>
    public IReadOnlyList<ModelProvider> Providers => [.. _all.Where(IsThere)];

    /// <summary>The model whose vectors are to be stored; null without one. When it changes, what was stored is of no use any more.</summary>
    public string? EmbeddingModel => _all.FirstOrDefault(p => IsThere(p) && p.EmbeddingModel is not null)?.EmbeddingModel;

    /// <summary>The providers, looked at once at least.</summary>
    public async Task<IReadOnlyList<ModelProvider>> ReadyAsync(CancellationToken cancel)
    {
        if (_all.Any(p => p.LookedAt is null)) await LookAsync(_options.ProbeEvery, cancel);
        return Providers;
    }

    /// <summary>Looks at those whose last look is older than this, all at once.</summary>
    public async Task LookAsync(TimeSpan olderThan, CancellationToken cancel)
    {
        await _looking.WaitAsync(cancel);
        try
        {
            var now = _clock.GetUtcNow();
            await Task.WhenAll(_all.Where(p => p.LookedAt is not { } at || now - at >= olderThan).Select(p => p.LookAsync(_options.ProbePatience, _clock, cancel)));
        }
        finally
        {
            _looking.Release();
        }
    }

    public void Dispose() => _looking.Dispose();

    private bool IsThere(ModelProvider provider) => !provider.IsFound || (provider.AnsweredAt is { } at && _clock.GetUtcNow() - at < Remembered + _options.ProbeEvery);

    private static string Made(ProviderOptions provider)
    {
        var host = provider.Address.IsDefaultPort ? provider.Address.Host : $"{provider.Address.Host}-{provider.Address.Port}";
        return $"{(provider.Kind == ProviderKind.Ollama ? "ollama" : "openai")}-{new string([.. host.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-')])}";
    }

    private static string FreeName(List<ModelProvider> taken, string name)
    {
        var free = name;
        for (var i = 2; taken.Exists(p => p.Name.Equals(free, StringComparison.OrdinalIgnoreCase)); i++) free = $"{name}-{i}";
        return free;
    }
}
