namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>How requests get to Graph: with a token, renewed once when it is refused, within limits of time and size. Two ways: our own, and that of mailboxes (breaker, metrics).</summary>
/// <param name="operation">From a closed list, for metrics.</param>
/// <param name="make">Called again when the token had to be renewed.</param>
/// <param name="maxBytes">Of the answer.</param>
internal delegate Task<GraphAnswer> GraphWay(string operation, Func<HttpRequestMessage> make, long maxBytes, CancellationToken cancel);

/// <summary>In whose name Graph is asked, and how.</summary>
/// <param name="Name">For keeping clients apart; no secret.</param>
/// <param name="Token">A valid one, to see what it allows.</param>
internal sealed record GraphAccess(string Name, GraphWay Send, Func<CancellationToken, Task<string>> Token)
{
    /// <summary>Failures are tried again inside a call; false where the caller does that by rules of its own.</summary>
    public bool RepeatsFailures { get; init; } = true;

    public override string ToString() => Name;
}

/// <param name="RequestId">From the header; that of the body wins.</param>
internal sealed record GraphAnswer(int Status, byte[] Body, TimeSpan? RetryAfter, string? RequestId = null)
{
    public bool IsGood => Status is >= 200 and < 300;
}
