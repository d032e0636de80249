using System.Text.Json.Serialization;

namespace EmailOps.Core.Contracts;

/// <summary>When a mailbox asks a language model. The built-in model always judges first.</summary>
public enum ModelUse
{
    /// <summary>Only where the built-in model is unsure, its draft is weak, or the thread is long.</summary>
    WhenUnsure,
    /// <summary>No mail of this mailbox is shown to a language model.</summary>
    Never,
    /// <summary>About each mail that people write, within the limits.</summary>
    Always,
}

/// <summary>What a mailbox may ask of language models, and what that may cost.</summary>
public sealed record ModelPolicy
{
    public ModelUse Use { get; init; }
    /// <summary>Tokens read and written in one day (UTC), 1000-1000000000; null: as many as it takes. At the limit nothing is asked until the next day.</summary>
    public long? TokensPerDay { get; init; }
    /// <summary>Money in one day (UTC), in the currency of the providers' prices, 0-100000; a model without a price costs nothing. Null: no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] // left out, "no limit" would be read as the usual one
    public decimal? MoneyPerDay { get; init; } = 5;
}

/// <summary>What an agent's answer from a language model came from.</summary>
/// <param name="Prompt">Name and version of the prompt file.</param>
/// <param name="Cost">In the currency of the provider's prices.</param>
/// <param name="FromCache">The same question was answered before; nothing was spent.</param>
public sealed record ModelStamp(string Provider, string Model, string Prompt, long TokensIn, long TokensOut, decimal Cost, bool FromCache);

/// <summary>How it went with the language model for one message.</summary>
public enum ConsultationOutcome
{
    /// <summary>It was asked, and its answers were used as far as the rules allow.</summary>
    Answered,
    /// <summary>It should have been asked and was not, or its answer could not be used: the built-in judgement stands.</summary>
    Degraded,
    /// <summary>A person acted while it was asked; what they did stands.</summary>
    PersonFaster,
}

/// <summary>What the language model was asked about a message.</summary>
/// <param name="Reason">One sentence: why it was asked, or why not.</param>
/// <param name="JudgeAgainAt">When the message is judged again at the earliest; null: not again.</param>
public sealed record ConsultationView(ConsultationOutcome Outcome, string Reason, DateTimeOffset At, DateTimeOffset? JudgeAgainAt, IReadOnlyList<ModelCallView> Calls);

/// <summary>One question to a language model, and its answer.</summary>
/// <param name="Asked">The words that were sent, as far as they are kept.</param>
/// <param name="Answered">The words that came back, cut to what is kept; empty when none came.</param>
/// <param name="Problem">Why the answer was not used; null when it was.</param>
public sealed record ModelCallView(string Agent, ModelStamp Stamp, string Asked, string Answered, string? Problem, double Seconds, DateTimeOffset At);

/// <summary>Language models over the last 24 hours.</summary>
public sealed record ModelFigures
{
    /// <summary>Share of the decided messages that needed no language model, 0-1; null without any message.</summary>
    [JsonPropertyName("without_model")]
    public double? WithoutModel { get; init; }
    /// <summary>Messages judged without the model although the rules asked for it, waiting to be judged again.</summary>
    [JsonPropertyName("degraded")]
    public long Degraded { get; init; }
    [JsonPropertyName("calls")]
    public long Calls { get; init; }
    [JsonPropertyName("from_cache")]
    public long FromCache { get; init; }
    [JsonPropertyName("tokens")]
    public long Tokens { get; init; }
    [JsonPropertyName("cost")]
    public decimal Cost { get; init; }
    /// <summary>Seconds of asking for one message that was asked about, on average; null without any.</summary>
    [JsonPropertyName("seconds_per_message")]
    public double? SecondsPerMessage { get; init; }
}
