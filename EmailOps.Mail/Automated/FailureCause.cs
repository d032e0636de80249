using System.Buffers;

namespace EmailOps.Mail.Automated;

/// <summary>Whether a failure is final for the address (hard) or may pass (soft), from code and wording.</summary>
internal static class FailureCause
{
    private static readonly SearchValues<string> Soft = SearchValues.Create(
    [
        "quota", "mailbox full", "mailbox is full", "mailbox exceed", "mailfolder is full", "storage", "too large", "too big", "exceeds", "size limit", "timed out", "timeout", "try again", "temporar", "deferred", "greylist", "connection refused", "lost connection", "could not connect", "socket error", "too many", "rate limit", "spam", "virus", "blocked", "blacklist", "blocklist",
        "dnsbl", "reputation", "policy", "dmarc", "spf", "dkim", "unauthenticated", "authentication", "relay", "reverse dns", "ptr record", "content", "sender", "not a member", "disabled", "suspended", "inactive", "delayed", "retry", "queue too long", "hop count", "too many hops", "loop", "line limit", "permission", "access denied", "banned", "service unavailable", "insufficient", "overdrawn",
    ], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> Hard = SearchValues.Create(
    [
        "user unknown", "unknown user", "no such user", "no such recipient", "no such address", "no such mailbox", "no such person", "no mailbox here", "unknown recipient", "recipient unknown", "recipient name is not recognized", "does not exist", "doesn't exist", "do not exist", "not exist", "invalid recipient", "invalid address", "invalid mailbox", "unknown address", "address unknown", "address not found", "mailbox not found",
        "mailbox unavailable", "recipnotfound", "not found", "not listed in", "not our customer", "doesn't have a", "no account", "user not found", "nosuchuser", "address rejected", "undeliverable address", "host unknown", "unknown host", "host not found", "domain not found", "domain does not exist", "no such domain", "nxdomain", "unrouteable", "unroutable address", "invalid domain", "illegal host", "has moved", "no longer", "null mx", "no mx record", "mail exchanger", "unknown or illegal",
        "宛先不明", "メールアドレスが見つから", "nonexistent", "non-existent", "unknown e-mail", "unknown email", "unknown local",
    ], StringComparison.OrdinalIgnoreCase);

    // These pass with time, whatever code the server put on them.
    private static readonly SearchValues<string> Passing = SearchValues.Create(
        ["over quota", "overquota", "quota exceeded", "exceeded quota", "mailbox full", "mailbox is full", "mailfolder is full", "disk quota", "receiving mail at a rate", "rate limit", "too many messages", "too many connections", "timed out", "greylist"], StringComparison.OrdinalIgnoreCase);

    /// <summary>True: final; false: may pass; null: cannot be told.</summary>
    public static bool? IsHard(string? status, string words)
    {
        if (status is ['4', ..] || words.AsSpan().ContainsAny(Passing))
            return false;
        if (status is "5.1.1" or "5.1.2" or "5.1.3" or "5.1.6" or "5.1.10" or "5.4.4")
            return true;
        if (status is "5.2.2" or "5.2.3" or "5.2.4")
            return false;
        var hard = words.AsSpan().ContainsAny(Hard);
        var soft = words.AsSpan().ContainsAny(Soft);
        return (hard, soft) switch
        {
            (true, false) => true,
            (false, true) => false,
            // Content and policy (5.6, 5.7) are about the message, not about the address.
            (false, false) when status is ['5', '.', '3' or '6' or '7', ..] => false,
            _ => null,
        };
    }
}
