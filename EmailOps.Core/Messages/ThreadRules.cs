using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Mail.Authentication;

namespace EmailOps.Core.Messages;

/// <summary>How a message shows that it belongs to a thread.</summary>
internal enum ThreadProof
{
    /// <summary>It names one of the thread's Message-IDs, which anybody may have heard of.</summary>
    Reference,
    /// <summary>It brings back a Message-ID or address that we signed: its sender has seen our mail.</summary>
    Mark,
    /// <summary>It has the subject of the thread, which anybody can guess.</summary>
    Subject,
}

/// <summary>Who may join a thread. Pure. In doubt a message gets a thread of its own, and people see which one it named.</summary>
internal static class ThreadRules
{
    /// <param name="from">Lower case.</param>
    /// <param name="recipient">To whom the marked reply went; null without one.</param>
    /// <param name="ownAddress">The mailbox's: it takes part in every thread, so whoever pretends to be it could join all.</param>
    public static bool MayJoin(string from, SenderTrust trust, ThreadProof proof, IReadOnlySet<string> participants, string? recipient, string ownAddress)
    {
        if (from.Length == 0 || trust == SenderTrust.Failed) return false;
        // What anybody can write takes more.
        var isKnown = trust is SenderTrust.Verified or SenderTrust.Unchecked;
        if (Untagged(from) == Untagged(ownAddress) && !isKnown) return false;
        if (proof == ThreadProof.Subject) return isKnown && participants.Contains(from);
        if (participants.Contains(from)) return true;
        if (proof != ThreadProof.Mark) return false;
        if (recipient is not null && Same(from, recipient)) return true;
        var untagged = Untagged(from);
        if (participants.Any(p => Untagged(p) == untagged)) return true;
        // A colleague: proved to be of the organisation, and it is one, not a provider of addresses for everybody.
        var domain = MailboxAddress.Domain(from);
        return trust == SenderTrust.Verified && !FreeMail.Has(domain) && participants.Any(p => OrganisationalDomain.AreAligned(MailboxAddress.Domain(p), domain));
    }

    public static bool Same(string address, string other) => address.Trim().Equals(other.Trim(), StringComparison.OrdinalIgnoreCase);

    // ada+shop@customer.example and ada@customer.example are one person.
    private static string Untagged(string address) => MailboxAddress.Untagged(address).ToLowerInvariant();
}
