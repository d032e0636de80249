using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels;

/// <summary>How one kind of provider is spoken to. The last one registered for a kind is used: where Semantic Kernel's connector is there, it takes Ollama's place here.</summary>
internal interface IProviderSource
{
    ProviderKind Kind { get; }
    IProviderClients Open(ProviderOptions options);
}

/// <summary>One server.</summary>
internal interface IProviderClients
{
    /// <summary>What it offers now.</summary>
    /// <exception cref="LanguageModelException">It does not answer, or not as it should.</exception>
    Task<ProviderLook> LookAsync(CancellationToken cancel);
    IChatClient Chat(string model);
    IEmbeddingGenerator<string, Embedding<float>> Embeddings(string model);
}

/// <summary>What a provider offered when it was last looked at.</summary>
/// <param name="ChatModel">Asked for text; null: none is there.</param>
/// <param name="Problem">What is missing, for an operator.</param>
/// <param name="IsElsewhere">Its chat model runs in somebody's cloud, although the server is near.</param>
internal sealed record ProviderLook(string? Version, string? ChatModel, string? EmbeddingModel, IReadOnlyList<InstalledModel> Models, string? Problem = null, bool IsElsewhere = false);

/// <param name="Parameters">Billions; null where it is not told.</param>
/// <param name="Bytes">On disk.</param>
/// <param name="Capabilities">As the server tells; null on servers that tell none.</param>
internal sealed record InstalledModel(string Name, string? Family, double? Parameters, long? Bytes, DateTimeOffset? ModifiedAt, IReadOnlyList<string>? Capabilities, bool IsElsewhere);
