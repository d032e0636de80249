namespace EmailOps.Core.Data;

/// <summary>What a mailbox's settings amount to, for statements that call the table b; the same as <see cref="Contracts.MailboxWays"/>.</summary>
internal static class MailboxSql
{
    private const string IsRemote = "coalesce(b.settings ->> 'provider', 'Imap') in ('Gmail', 'Graph')";

    /// <summary>Somebody looks for new mail.</summary>
    public const string IsRead = $"coalesce({IsRemote} or coalesce(b.settings ->> 'provider', 'Imap') = 'Imap' and jsonb_typeof(b.settings -> 'imap') = 'object', false)";

    /// <summary>Replies can leave.</summary>
    public const string Sends = $"coalesce({IsRemote} or jsonb_typeof(b.settings -> 'smtp') = 'object', false)";
}
