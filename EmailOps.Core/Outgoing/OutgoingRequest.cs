namespace EmailOps.Core.Outgoing;

/// <summary>One call to an address that somebody entered.</summary>
/// <param name="Address">May hold a secret (a webhook's path): logs and problems name its host only.</param>
internal sealed record OutgoingRequest(Uri Address)
{
    public HttpMethod Method { get; init; } = HttpMethod.Post;
    public byte[]? Body { get; init; }
    public string ContentType { get; init; } = "application/json; charset=utf-8";
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
    /// <summary>Signs the body (<see cref="WebhookSignature"/>); null: unsigned.</summary>
    public string? SigningSecret { get; init; }
    /// <summary>Names this message, the same at every attempt, so that the receiver can drop a second one: header <c>webhook-id</c> of signed calls.</summary>
    public string? Id { get; init; }
}

/// <summary>How a call ended.</summary>
internal enum OutgoingResult
{
    /// <summary>2xx.</summary>
    Done,
    /// <summary>An answer that is not 2xx; redirects too, nobody follows them.</summary>
    Answered,
    /// <summary>We do not call this address; nothing left.</summary>
    Refused,
    /// <summary>No connection was made; nothing left.</summary>
    Unreachable,
    /// <summary>It broke or took too long on the way: it may have arrived.</summary>
    Lost,
}

/// <param name="Status">0 without an answer.</param>
/// <param name="Body">As far as it was read: text of a stranger.</param>
/// <param name="RetryAfter">What the server asked for, a day at most.</param>
/// <param name="Problem">One sentence for people; null when it was done.</param>
internal sealed record OutgoingAnswer(OutgoingResult Result, int Status, string Body, TimeSpan? RetryAfter, string? Problem)
{
    public bool IsDone => Result == OutgoingResult.Done;

    /// <summary>Worth another attempt: the other side is away or busy. What it refuses it will refuse again.</summary>
    public bool IsPassing => Result is OutgoingResult.Unreachable or OutgoingResult.Lost || (Result == OutgoingResult.Answered && (Status is 408 or 425 or 429 or >= 500));

    /// <summary>The other side may have acted on it.</summary>
    public bool MayHaveArrived => Result is OutgoingResult.Done or OutgoingResult.Lost || Status is 408 or >= 500;
}
