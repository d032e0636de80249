using EmailOps.Core.LanguageModels.Routing;
using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels;

/// <summary>One server in the list, and what it offered when it was last looked at.</summary>
/// <param name="isFound">Nobody configured it: it was found on this machine.</param>
internal sealed class ModelProvider(string name, ProviderOptions options, IProviderClients clients, bool isFound)
{
    private const decimal AssumedIn = 5;
    private const decimal AssumedOut = 20;
    private volatile ProviderLook? _look;
    private volatile string? _problem;

    public string Name => name;
    public ProviderKind Kind => options.Kind;
    public Uri Endpoint { get; } = options.Address;
    public bool IsFound => isFound;
    public IProviderClients Clients => clients;
    /// <summary>Null until it answered once.</summary>
    public ProviderLook? Look => _look;
    /// <summary>What is wrong with it as of the last look; null: nothing.</summary>
    public string? Problem => _problem ?? _look?.Problem;
    public DateTimeOffset? LookedAt { get; private set; }
    public DateTimeOffset? AnsweredAt { get; private set; }
    public string? ChatModel => _look?.ChatModel;
    public string? EmbeddingModel => _look?.EmbeddingModel;
    /// <summary>What it is asked leaves the house.</summary>
    public bool IsRemote => options.IsRemote ?? (!ProviderPlace.IsNear(Endpoint) || _look?.IsElsewhere == true);
    public UrgencyGate Gate { get; } = new(options.Concurrency ?? (options.Kind == ProviderKind.Ollama ? 2 : 8));

    /// <summary>Null: no limit.</summary>
    public Rate? Rate { get; } = options.RequestsPerMinute is { } permits ? Routing.Rate.OfMinute(permits) : null;

    public decimal PriceIn => options.PricePerMillionIn ?? (IsRemote ? AssumedIn : 0);
    public decimal PriceOut => options.PricePerMillionOut ?? (IsRemote ? AssumedOut : 0);
    /// <summary>Nobody said what it costs, and it may cost: counted at a guess.</summary>
    public bool IsPriceAssumed => IsRemote && options.PricePerMillionIn is null && options.PricePerMillionOut is null;

    public decimal Cost(long tokensIn, long tokensOut) => ((tokensIn * PriceIn) + (tokensOut * PriceOut)) / 1_000_000m;

    public IChatClient? Chat() => ChatModel is { } model ? clients.Chat(model) : null;

    public IEmbeddingGenerator<string, Embedding<float>>? Embeddings() => EmbeddingModel is { } model ? clients.Embeddings(model) : null;

    public async Task LookAsync(TimeSpan patience, TimeProvider clock, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            _look = await clients.LookAsync(both.Token);
            _problem = null;
            AnsweredAt = clock.GetUtcNow();
        }
        catch (LanguageModelException failure)
        {
            _problem = failure.Message;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            _problem = $"{Endpoint} does not answer within {patience.TotalSeconds:0.#} s.";
        }
        LookedAt = clock.GetUtcNow();
    }
}
