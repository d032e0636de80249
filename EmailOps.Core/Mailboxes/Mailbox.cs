namespace EmailOps.Core.Mailboxes;

/// <summary>An address we read.</summary>
internal sealed class Mailbox
{
    public long Id { get; set; }
    /// <summary>Lower case.</summary>
    public required string Address { get; set; }
    public required string Name { get; set; }
    /// <summary>JSON of <see cref="Contracts.MailboxSettings"/>; null: mail comes by import only and nothing is sent.</summary>
    public string? Settings { get; set; }
    /// <summary>False: not read, and nothing is sent.</summary>
    public bool IsEnabled { get; set; } = true;
    public int Version { get; set; } = 1;
    /// <summary>Names of the environment's settings that this mailbox follows (EMAIL_IMAP_HOST, ...).</summary>
    public string[] FromEnvironment { get; set; } = [];
    public DateTimeOffset CreatedAt { get; set; }
}
