namespace EmailOps.Core.LanguageModels;

/// <summary>Why a model gave no answer.</summary>
internal enum ModelFailure
{
    /// <summary>No provider is configured or found, or none of them may be used for this question.</summary>
    NoProvider,
    /// <summary>Refused, no route, name not found, TLS failed.</summary>
    Unreachable,
    TimedOut,
    /// <summary>429, with or without a time to wait.</summary>
    RateLimited,
    /// <summary>401 or 403: the key is wrong or may not do this.</summary>
    Refused,
    /// <summary>The server does not have the model.</summary>
    ModelMissing,
    /// <summary>The question is at fault (400, 413, 422), most often longer than the model's context.</summary>
    BadQuestion,
    ServerError,
    /// <summary>Cut off, not JSON, another content type, fields missing.</summary>
    BadAnswer,
    /// <summary>More bytes than one answer may have.</summary>
    TooLarge,
    BudgetSpent,
    BreakerOpen,
    /// <summary>The provider's own limit of questions (RequestsPerMinute) leaves none in the time there is.</summary>
    NoPermit,
}

/// <summary>A model gave no answer; the message says what to check and holds nothing of the question or the key.</summary>
internal sealed class LanguageModelException(ModelFailure reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public ModelFailure Reason { get; } = reason;
    /// <summary>How long the server asks to wait (RFC 9110, section 10.2.3); at most a day.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Another attempt at the same server may go well.</summary>
    public bool IsPassing => Reason is ModelFailure.Unreachable or ModelFailure.RateLimited or ModelFailure.ServerError or ModelFailure.BadAnswer;

    /// <summary>It speaks against the server, not against the question or our own limits.</summary>
    public bool IsProviders => Reason is not (ModelFailure.BadQuestion or ModelFailure.BudgetSpent or ModelFailure.BreakerOpen or ModelFailure.NoPermit or ModelFailure.NoProvider);
}
