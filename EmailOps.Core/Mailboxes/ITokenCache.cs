namespace EmailOps.Core.Mailboxes;

/// <summary>Access tokens of mail providers until they run out, shared by all processes where there is a store for it. What is lost is asked for again.</summary>
internal interface ITokenCache
{
    /// <returns>Null when there is none, it ran out, or it cannot be opened.</returns>
    Task<AccessToken?> FindAsync(string name, CancellationToken cancel);
    Task KeepAsync(string name, AccessToken token, CancellationToken cancel);
    Task ForgetAsync(string name, CancellationToken cancel);
}

/// <summary>A token that opens a mailbox for an hour or so.</summary>
internal sealed record AccessToken(string Value, DateTimeOffset ExpiresAt)
{
    public override string ToString() => $"token until {ExpiresAt:O}";
}
