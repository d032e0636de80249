using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Mail;
using EmailOps.Mail.Authentication;

namespace EmailOps.Core.Messages;

/// <summary>What the mailbox's own servers found out about who sent a message.</summary>
/// <param name="Reason">One sentence for the operator; null when nothing was checked.</param>
internal sealed record SenderFinding(SenderTrust Trust, string? Reason)
{
    public static SenderFinding Unchecked { get; } = new(SenderTrust.Unchecked, null);
}

/// <summary>
/// Turns what trusted servers wrote (RFC 8601) into a level of trust. Pure. Failed: DMARC failed, or SPF failed hard for the very domain in From.
/// Verified: DMARC passed, or DKIM or SPF passed for From's organisation (RFC 7489, 3.1). A From made to mislead is never Verified.
/// </summary>
internal static class SenderCheck
{
    private const int MaxDomain = 100;

    /// <param name="servers">authserv-ids the mailbox believes; empty: nothing was checked.</param>
    public static SenderFinding Judge(ParsedMail mail, IReadOnlyCollection<string> servers)
    {
        // A From made to mislead shows without any server's help.
        if (servers.Count == 0) return mail.FromTrick is { } shown ? new(SenderTrust.Unverified, shown) : SenderFinding.Unchecked;
        var found = (mail.Authentication ?? AuthenticationTrace.None).Believed(servers);
        var domain = MailboxAddress.Domain(mail.From.Address);
        var judged = Judge(found, domain, mail.From.Address.Contains('@', StringComparison.Ordinal));
        return judged.Trust == SenderTrust.Verified && mail.FromTrick is { } trick ? new(SenderTrust.Unverified, trick) : judged;
    }

    private static SenderFinding Judge(BelievedResults found, string domain, bool hasDomain)
    {
        var shown = StoredText.Cut(domain, MaxDomain);
        if (found.IsEmpty)
            return new(SenderTrust.Unverified, found.SpfHint is "fail" or "softfail"
                ? $"No server that this mailbox believes reported on the sender; an SPF line says {found.SpfHint}."
                : "No server that this mailbox believes reported on the sender.");
        var by = StoredText.Cut(StoredText.Clean(found.Server!), MaxDomain); // below a trusted name the sender may have put anything
        if (!hasDomain) return new(SenderTrust.Unverified, "Its From has no address that a server could check.");

        var dmarc = found.First("dmarc");
        if (dmarc is { Result: "fail" } || found.First("compauth") is { Result: "fail" })
            return new(SenderTrust.Failed, $"The check of {by} failed (DMARC): {shown} has not sent this. The sender is probably forged.");
        if (dmarc is { Result: "pass" } && (dmarc.Domain is null || OrganisationalDomain.AreAligned(dmarc.Domain, domain)))
            return new(SenderTrust.Verified, $"{shown} has sent this: DMARC passed, says {by}.");
        if (found.Aligned("dkim", "pass", domain) is not null)
            return new(SenderTrust.Verified, $"{shown} has signed this: DKIM passed, says {by}.");
        if (found.Aligned("spf", "pass", domain) is not null)
            return new(SenderTrust.Verified, $"It comes from a server that {shown} names: SPF passed, says {by}.");
        if (found.Aligned("spf", "fail", domain) is not null)
            return new(SenderTrust.Failed, $"It comes from a server that may not send for {shown} (SPF failed, says {by}). The sender is probably forged.");
        return new(SenderTrust.Unverified, $"{by} found nothing that proves that {shown} has sent this ({Told(found)}).");
    }

    // Words of closed lists only: the rest of a result is the sender's.
    private static string Told(BelievedResults found)
    {
        var told = string.Join(", ", from method in (string[])["dkim", "spf", "dmarc"] let said = found.First(method) where said is not null && Words.Contains(said.Result) select $"{method.ToUpperInvariant()} {said.Result}");
        return told.Length > 0 ? told : "no check was made";
    }

    private static readonly string[] Words = ["pass", "fail", "softfail", "none", "neutral", "temperror", "permerror", "policy", "bestguesspass"];

    /// <summary>Why the From field misleads whoever reads it; null when it does not.</summary>
    public static string? Trick(IReadOnlyList<Address> from)
    {
        if (from.Select(a => a.Addr).Distinct(StringComparer.OrdinalIgnoreCase).Skip(1).Any())
            return "Its From names several senders.";
        if (from.Count == 0 || from[0].Name is not { } name || AddressIn(name) is not { } other) return null;
        return other.Equals(from[0].Addr, StringComparison.OrdinalIgnoreCase) || OrganisationalDomain.AreAligned(MailboxAddress.Domain(other), from[0].Domain)
            ? null
            : "The name it shows is another address than the one it comes from.";
    }

    // "service@bank.example" <x@evil.example>
    private static string? AddressIn(string name)
    {
        foreach (var word in name.Split((char[])[' ', '\t', '"', '\'', '<', '>', '(', ')', '[', ']', ',', ';', ':'], StringSplitOptions.RemoveEmptyEntries))
        {
            // Fullwidth and small at-signs are drawn like the common one.
            var at = word.LastIndexOfAny(['@', '\uFF20', '\uFE6B']);
            if (at > 0 && word.IndexOf('.', at) is var dot && dot > at + 1 && dot < word.Length - 1)
                return $"{word[..at]}@{word[(at + 1)..]}";
        }
        return null;
    }
}
