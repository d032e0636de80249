using EmailOps.Core.Contracts;

namespace EmailOps.Core.Policy.Answers;

/// <summary>
/// What speaks for or against answering a message without a person. Read when policy decides, and once more in the transaction that lets the answer leave.
/// </summary>
internal sealed record AnswerFacts
{
    public required long MessageId { get; init; }
    public required string From { get; init; }
    /// <summary>Where the answer would go.</summary>
    public required string Recipient { get; init; }
    /// <summary>To and Cc.</summary>
    public required IReadOnlyList<string> AddressedTo { get; init; }
    /// <summary>This mailbox's address and its other names.</summary>
    public required IReadOnlyList<string> MailboxNames { get; init; }
    /// <summary>The addresses of all mailboxes: answering one of them would be talking to ourselves.</summary>
    public required IReadOnlyList<string> OwnAddresses { get; init; }
    /// <summary>Return-Path: &lt;&gt; (RFC 5321, 4.5.5).</summary>
    public bool HasNullReturnPath { get; init; }
    /// <summary>Why a brake is on, for this correspondent or the whole mailbox; null: none is.</summary>
    public string? Brake { get; init; }
    /// <summary>Automatic answers to this correspondent.</summary>
    public int ToCorrespondentInHour { get; init; }
    public int ToCorrespondentInDay { get; init; }
    /// <summary>Automatic answers of the mailbox.</summary>
    public int OfMailboxInHour { get; init; }
    public int MostToCorrespondentInHour { get; init; } = new MailboxSettings().AnswersPerCorrespondent;
    public int MostOfMailboxInHour { get; init; } = new MailboxSettings().AnswersPerHour;
    /// <summary>The new words of the message, at most <see cref="PingPong.MaxText"/> characters.</summary>
    public required string Words { get; init; }
    public required DateTimeOffset ArrivedAt { get; init; }
    /// <summary>The correspondent's other messages of the 24 hours before, newest first, at most <see cref="PingPong.MaxEarlier"/>.</summary>
    public IReadOnlyList<EarlierMessage> Earlier { get; init; } = [];
}

/// <param name="AnsweredAt">When an automatic answer to it left; null: none did.</param>
internal sealed record EarlierMessage(string Words, DateTimeOffset ArrivedAt, DateTimeOffset? AnsweredAt);

/// <summary>A brake to be put on.</summary>
/// <param name="Correspondent">Lower case; empty: the whole mailbox.</param>
/// <param name="For">Null: until an operator lifts it.</param>
internal sealed record BrakeOrder(string Correspondent, string Reason, TimeSpan? For);

/// <summary>Why a message gets no automatic answer.</summary>
/// <param name="Brake">Null: this message only.</param>
internal sealed record AnswerObstacle(string Reason, BrakeOrder? Brake = null);
