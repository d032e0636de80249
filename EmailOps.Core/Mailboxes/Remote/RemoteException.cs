namespace EmailOps.Core.Mailboxes.Remote;

/// <summary>What a provider, or the way to it, did wrong.</summary>
internal enum RemoteFailure
{
    /// <summary>No connection, no answer in time, or an answer that is none.</summary>
    Unreachable,
    /// <summary>The provider has a fault of its own (5xx).</summary>
    ServerError,
    /// <summary>Too many requests; <see cref="RemoteException.RetryAfter"/> says for how long to leave it, where the provider does.</summary>
    Throttled,
    /// <summary>The sign-in does not count any more: a person must sign in again.</summary>
    SignedOut,
    /// <summary>Signed in, but not allowed: a permission (scope) is missing, or an administrator forbids it.</summary>
    Forbidden,
    /// <summary>There is no such thing.</summary>
    NotFound,
    /// <summary>The cursor is too old.</summary>
    CursorLost,
    /// <summary>This request is refused for good.</summary>
    Refused,
    /// <summary>The provider's breaker is open: nobody was asked.</summary>
    BreakerOpen,
}

/// <summary>The message is for people: what happened and what to do. No secrets, and no words of a mail.</summary>
internal sealed class RemoteException(RemoteFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public RemoteFailure Failure { get; } = failure;
    /// <summary>The provider named a time to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
    /// <summary>The request was on its way when it failed, so that it may have been carried out.</summary>
    public bool MayHaveArrived { get; init; }
    /// <summary>The provider itself is down for all, not just this mailbox or this request: breakers count it, and another way may be taken.</summary>
    public bool IsOutage => Failure is RemoteFailure.Unreachable or RemoteFailure.ServerError;
}
