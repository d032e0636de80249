namespace EmailOps.Core.Mailboxes;

/// <summary>An address we read.</summary>
internal sealed class Mailbox
{
    public long Id { get; set; }
    /// <summary>Lower case.</summary>
    public required string Address { get; set; }
    public required string Name { get; set; }
    /// <summary>How replies leave, as JSON; null: nothing is sent, what would have been sent is shown.</summary>
    public string? Transport { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}
