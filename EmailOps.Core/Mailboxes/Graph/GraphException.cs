namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>What went wrong with Graph, as far as callers act on it.</summary>
internal enum GraphFailure
{
    /// <summary>No connection: nothing of the request got there.</summary>
    Unreachable,
    /// <summary>The connection broke or nothing came in time: the request may have been carried out.</summary>
    Unanswered,
    /// <summary>The login server gives no token: wrong or expired secret, no consent, a signed-out user.</summary>
    SignIn,
    /// <summary>401: Graph does not take the token.</summary>
    Unauthorised,
    /// <summary>403: a permission is missing, or the app may not enter this mailbox.</summary>
    Forbidden,
    /// <summary>404: no such user, mailbox, folder or message.</summary>
    NotFound,
    /// <summary>429: too many requests; nothing was done.</summary>
    Throttled,
    /// <summary>410: the delta link counts no more, all must be listed anew.</summary>
    Resync,
    /// <summary>5xx.</summary>
    ServerError,
    /// <summary>Another 4xx: this request will never do.</summary>
    Refused,
    /// <summary>What came is not what Graph sends.</summary>
    BadAnswer,
    /// <summary>The answer is longer than it may be.</summary>
    TooLarge,
}

/// <summary>Graph or its login server did not do what was asked. The message is for people and names what to change; tokens and secrets are never in it.</summary>
internal sealed class GraphException(GraphFailure kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public GraphFailure Kind => kind;
    /// <summary>HTTP status; 0 where there was none.</summary>
    public int Status { get; init; }
    /// <summary>Graph's error.code or the login server's error.</summary>
    public string? Code { get; init; }
    /// <summary>What Microsoft's support asks for.</summary>
    public string? RequestId { get; init; }
    /// <summary>How long the server wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The same again later may work without anybody's doing.</summary>
    public bool IsTemporary => kind is GraphFailure.Unreachable or GraphFailure.Unanswered or GraphFailure.Throttled or GraphFailure.ServerError;
}
