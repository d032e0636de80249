using EmailOps.Core.Contracts;

namespace EmailOps.Core.Drafts;

/// <summary>A reply nobody has sent.</summary>
internal sealed class Draft
{
    public long Id { get; set; }
    public long MessageId { get; set; }
    public required string Body { get; set; }
    /// <summary>What was proposed, once an operator edited it.</summary>
    public string? ProposedBody { get; set; }
    public required string Language { get; set; }
    /// <summary>JSON list of <see cref="Citation"/>.</summary>
    public required string Citations { get; set; }
    public DraftState State { get; set; }
    /// <summary>Grows with each change; writes are conditional on it.</summary>
    public int Version { get; set; }
    public string? DecidedBy { get; set; }
    public DateTimeOffset? DecidedAt { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}
