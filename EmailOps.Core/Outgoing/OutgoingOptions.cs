namespace EmailOps.Core.Outgoing;

/// <summary>Limits of calls to addresses that operators enter (webhooks, chats, alerts); bound to the section <c>Outgoing</c>.</summary>
internal sealed class OutgoingOptions
{
    public const string Section = "Outgoing";

    /// <summary>
    /// Hosts, addresses and networks of the house that may be called (OUTGOING_ALLOW), separated by commas: <c>hooks.example.internal, 10.1.0.0/16</c>. For these
    /// http is allowed too, and a host may stand for private addresses. Guards the inside of the network against addresses that somebody typed into a webhook.
    /// </summary>
    public string Allow { get; set; } = "";
    /// <summary>A connection, with TLS, takes no longer.</summary>
    public TimeSpan ConnectPatience { get; set; } = TimeSpan.FromSeconds(5);
    /// <summary>A call takes no longer, from looking up the name to the last byte of the answer.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(15);
    /// <summary>What is sent, in bytes.</summary>
    public int MaxRequestBytes { get; set; } = 1024 * 1024;
    /// <summary>What is read of an answer, in bytes; a longer one is cut there.</summary>
    public int MaxAnswerBytes { get; set; } = 256 * 1024;

    /// <returns>Null, or what to change.</returns>
    public string? Problem() => this switch
    {
        _ when AllowList.Problem(Allow) is { } problem => $"{Section}:Allow (OUTGOING_ALLOW) {problem}",
        _ when ConnectPatience <= TimeSpan.Zero || ConnectPatience > Patience => $"{Section}:ConnectPatience is {ConnectPatience}; set it longer than 00:00:00 and not longer than {Section}:Patience.",
        _ when Patience > TimeSpan.FromMinutes(2) => $"{Section}:Patience is {Patience}; set it to 00:02:00 at most.",
        { MaxRequestBytes: < 1024 or > 64 * 1024 * 1024 } => $"{Section}:MaxRequestBytes is {MaxRequestBytes}; set it between 1024 and 67108864.",
        { MaxAnswerBytes: < 1024 or > 64 * 1024 * 1024 } => $"{Section}:MaxAnswerBytes is {MaxAnswerBytes}; set it between 1024 and 67108864.",
        _ => null,
    };
}
