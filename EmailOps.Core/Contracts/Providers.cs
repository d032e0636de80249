namespace EmailOps.Core.Contracts;

/// <summary>The paths of the Api about mail providers and the consents of mailbox owners.</summary>
public static class ProviderRoutes
{
    /// <summary>GET -> MailProviderView[]: those that mailboxes use.</summary>
    public const string All = "/providers";
    /// <summary>PUT ForceBreaker -> MailProviderView. The name is imap, gmail or graph.</summary>
    public const string Breaker = "/providers/{name}/breaker";
    /// <summary>GET -> GrantView (404: nobody signed in); POST BeginSignIn -> SignInBegun.</summary>
    public const string SignIn = "/mailboxes/{id:long}/sign-in";
    /// <summary>POST -> GrantView: asks the provider for a new access token now.</summary>
    public const string Refresh = "/mailboxes/{id:long}/sign-in/refresh";
    /// <summary>POST CompleteSignIn -> GrantView.</summary>
    public const string Complete = "/mailboxes/sign-in/complete";
}

/// <summary>A mail provider as operators see it.</summary>
/// <param name="Name">imap, gmail or graph.</param>
/// <param name="IsUp">Some mailbox is read by it, and its breaker lets requests through.</param>
/// <param name="DownSince">Since when none of its mailboxes can be read; null: they can, or nobody tried.</param>
/// <param name="Problem">What is wrong and what to do; null when nothing.</param>
public sealed record MailProviderView(string Name, bool IsUp, DateTimeOffset? DownSince, string? Problem, BreakerView Breaker, IReadOnlyList<ProviderMailbox> Mailboxes);

/// <param name="Diverted">Why its fallback is read instead; null when not.</param>
public sealed record ProviderMailbox(long Id, string Address, LoopState State, string? Problem, string? Diverted);

/// <summary>How the consent of a mailbox's owner stands.</summary>
/// <param name="Account">Who signed in at the provider.</param>
/// <param name="AccessUntil">Of the access token at hand; a new one is got by itself.</param>
/// <param name="EndsAt">When somebody must have signed in again; null: the provider names no end.</param>
/// <param name="FailedAt">Since when the provider refuses it.</param>
/// <param name="Forecast">What will happen when, in a sentence.</param>
public sealed record GrantView(long MailboxId, string Address, MailboxProvider Provider, string Account, string Scopes, DateTimeOffset GrantedAt, string GrantedBy, DateTimeOffset? RefreshedAt, DateTimeOffset? AccessUntil,
    DateTimeOffset? EndsAt, DateTimeOffset? FailedAt, string? Problem, string Forecast);

/// <summary>Body of <c>POST /mailboxes/{id}/sign-in</c>.</summary>
/// <param name="RedirectUri">Where the provider sends the browser back to; registered there. https, or http on this machine.</param>
public sealed record BeginSignIn(string RedirectUri);

/// <param name="Address">Where the person goes.</param>
public sealed record SignInBegun(string Address);

/// <summary>Body of <c>POST /mailboxes/sign-in/complete</c>: what the provider gave the browser.</summary>
public sealed record CompleteSignIn(string State, string? Code = null, string? Error = null)
{
    /// <summary>Without the code: a record's own would print it.</summary>
    public override string ToString() => nameof(CompleteSignIn);
}
