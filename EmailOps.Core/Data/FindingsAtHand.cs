using System.Collections.Concurrent;
using EmailOps.Core.Triage;

namespace EmailOps.Core.Data;

/// <summary>
/// Findings of messages that this process judged a moment ago, kept until policy asks, which mostly happens here too: reading them back as JSON cost
/// policy more than deciding. They stand for a row only while it carries the moment they were written at; what is not here is read.
/// </summary>
internal sealed class FindingsAtHand
{
    /// <summary>Guards memory where policy runs elsewhere: a few kilobytes each.</summary>
    private const int Most = 2_000;
    private readonly ConcurrentDictionary<long, (DateTimeOffset JudgedAt, TriageFindings Findings)> _byMessage = new();
    private readonly ConcurrentQueue<long> _order = new();

    /// <param name="judgedAt">As the row has it, to the microsecond.</param>
    public void Keep(long messageId, DateTimeOffset judgedAt, TriageFindings findings)
    {
        _byMessage[messageId] = (judgedAt, findings);
        _order.Enqueue(messageId);
        while (_order.Count > Most && _order.TryDequeue(out var oldest)) _byMessage.TryRemove(oldest, out _);
    }

    /// <summary>The message is judged anew by somebody who keeps nothing here.</summary>
    public void Forget(long messageId) => _byMessage.TryRemove(messageId, out _);

    public bool Has(long messageId) => _byMessage.ContainsKey(messageId);

    /// <returns>Null when they are gone, or the message was judged again since.</returns>
    public TriageFindings? Take(long messageId, DateTimeOffset judgedAt)
        => _byMessage.TryRemove(messageId, out var kept) && kept.JudgedAt == judgedAt ? kept.Findings : null;
}
