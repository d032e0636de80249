using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels;

/// <summary>
/// What goes with a question beside its text. Travels in <see cref="ChatOptions.AdditionalProperties"/> and
/// <see cref="EmbeddingGenerationOptions.AdditionalProperties"/>, so that everything keeps speaking IChatClient and IEmbeddingGenerator.
/// </summary>
/// <param name="Prompt">Name and version of the prompt, for example <c>category/3</c>: part of the cache's key, and the label of metrics and spans.</param>
internal sealed record ModelAsk(string Prompt)
{
    /// <summary>Whose daily budget it is taken from, beside the overall one; null for what belongs to no mailbox.</summary>
    public long? MailboxId { get; init; }
    /// <summary>The mailbox's own limits, where it has some; else those of the settings.</summary>
    public DailyLimit? MailboxLimit { get; init; }
    /// <summary>All attempts together; null: LanguageModels:Patience.</summary>
    public TimeSpan? Patience { get; init; }
    /// <summary>Higher goes first where a provider answers few questions at a time.</summary>
    public int Urgency { get; init; }
    /// <summary>Whether an earlier answer to the same question counts.</summary>
    public bool UseCache { get; init; } = true;
    /// <summary>Only answers that pass are kept in the cache.</summary>
    public Func<string, bool>? Accepts { get; init; }
    /// <summary>
    /// Takes out what must not leave the house, before a provider elsewhere sees the text. Null: such providers are passed over.
    /// <see cref="AsIs"/> says that nothing in it is personal or secret.
    /// </summary>
    public Func<string, string>? ForRemote { get; init; }

    public static Func<string, string> AsIs { get; } = text => text;
}

/// <summary>What may be spent in one day (UTC); null: no limit.</summary>
internal sealed record DailyLimit(long? Tokens, decimal? Money)
{
    public static DailyLimit None { get; } = new(null, null);
}

internal static class ModelAskOptions
{
    private const string Key = "emailops.ask";

    /// <returns>The same options.</returns>
    public static ChatOptions About(this ChatOptions options, ModelAsk ask)
    {
        (options.AdditionalProperties ??= [])[Key] = ask;
        return options;
    }

    /// <returns>The same options.</returns>
    public static EmbeddingGenerationOptions About(this EmbeddingGenerationOptions options, ModelAsk ask)
    {
        (options.AdditionalProperties ??= [])[Key] = ask;
        return options;
    }

    public static ModelAsk? Ask(this ChatOptions? options) => options?.AdditionalProperties?.GetValueOrDefault(Key) as ModelAsk;

    public static ModelAsk? Ask(this EmbeddingGenerationOptions? options) => options?.AdditionalProperties?.GetValueOrDefault(Key) as ModelAsk;
}
