using EmailOps.Core.Messages;

namespace EmailOps.Core.Data;

/// <summary>A thread while a batch is placed; <see cref="Id"/> is 0 until a new one is saved.</summary>
internal sealed class ThreadState(long id, string subject, IEnumerable<string> participants, int count, DateTimeOffset last)
{
    public long Id { get; set; } = id;
    public string Subject { get; } = subject;
    /// <summary>Lower-case addresses that wrote or were written to.</summary>
    public HashSet<string> Participants { get; } = new(participants, StringComparer.OrdinalIgnoreCase);
    public int Count { get; set; } = count;
    public DateTimeOffset Last { get; set; } = last;
}

/// <summary>A reply of ours that a mail of the batch brings a signed Message-ID of.</summary>
internal sealed record MarkedReply(long OutboundId, string Recipient, ThreadState Thread);

/// <summary>Where a message was placed.</summary>
/// <param name="Thread">Its id is known once the batch's threads are saved.</param>
/// <param name="Position">How many messages of the thread came before.</param>
/// <param name="Related">A thread it names although its sender has no part in it.</param>
/// <param name="ReportedOn">The reply that this report is about, proved.</param>
internal sealed record Placement(ThreadState Thread, int Position, SenderFinding Sender, ThreadState? Related, MarkedReply? ReportedOn);
