namespace EmailOps.Core.Contracts;

/// <summary>What a mailbox's model is about. Each topic has versions, a hold and a way back of its own.</summary>
public enum ModelTopic
{
    /// <summary>Categories, priorities and answers.</summary>
    Categories,
    /// <summary>The labels a team adds.</summary>
    Labels,
}

/// <summary>A label of a mailbox's team.</summary>
/// <param name="Version">Send back as <c>If-Match</c>.</param>
/// <param name="With">Messages that people put it on.</param>
/// <param name="Without">Messages that people handled and left it off since it was made, or took it off.</param>
/// <param name="Missing">Messages still needed before it is proposed, with it and without it together; 0: enough.</param>
/// <param name="IsProposed">The version in force proposes it.</param>
public sealed record LabelView(long Id, long MailboxId, string Name, string Description, bool IsRetired, int Version, int With, int Without, int Missing, bool IsProposed)
{
    /// <summary>One sentence about what is missing; null when nothing is.</summary>
    public string? MissingWords { get; init; }
}

/// <summary>A label in use, by name.</summary>
public sealed record LabelName(long Id, long MailboxId, string Name);

/// <summary>Body of <c>POST /mailboxes/{id}/labels</c> and <c>PUT /labels/{id}</c>.</summary>
/// <param name="Name">1 to 40 characters, one line; no other label of the mailbox has it.</param>
/// <param name="Description">When to use it; at most 200 characters.</param>
public sealed record SaveLabel(string Name, string? Description = null);

/// <summary>How a label stands on a message.</summary>
public enum LabelState
{
    /// <summary>Nobody said anything, and it is not proposed.</summary>
    None,
    /// <summary>A person put it on.</summary>
    Set,
    /// <summary>Triage proposes it; a person has not said yet.</summary>
    Proposed,
    /// <summary>A person took it off, or turned a proposal down.</summary>
    Off,
}

/// <summary>A label on a message's page.</summary>
/// <param name="Probability">Of a proposal: calibrated, 0-1.</param>
/// <param name="Reason">Of a proposal: what speaks for it.</param>
/// <param name="By">Who put it on or took it off.</param>
public sealed record MessageLabelView(long Id, string Name, string Description, LabelState State, double? Probability = null, string? Reason = null, string? By = null, DateTimeOffset? At = null);

/// <summary>A label that triage proposes.</summary>
/// <param name="Probability">Calibrated, 0-1.</param>
public sealed record LabelProposal(long Id, double Probability, string Reason);

/// <summary>Body of <c>POST /labels/{id}/messages</c>.</summary>
/// <param name="On">False takes it off.</param>
public sealed record LabelMessages(IReadOnlyList<long> Messages, bool On = true);

/// <param name="Changed">Messages that did not stand so already.</param>
public sealed record LabelledView(int Asked, int Changed);

/// <summary>How well labels were recognised on messages while these were held out of the training.</summary>
/// <param name="Messages">Messages that people labelled or left unlabelled.</param>
/// <param name="MicroF1">Over all pairs of message and label, 0-1.</param>
/// <param name="CalibrationError">Expected calibration error over all pairs, 15 equal-width bins.</param>
/// <param name="Threshold">Labels of at least this probability are proposed.</param>
public sealed record LabelScoreView(int Messages, double MicroF1, double CalibrationError, double Threshold, IReadOnlyList<LabelScoreRow> Labels);

/// <param name="Name">As it was called when the version was made.</param>
/// <param name="Precision">Of those it would have been proposed for, the share that has it; 0 when it would never have been proposed.</param>
/// <param name="Recall">Of those that have it, the share it would have been proposed for.</param>
public sealed record LabelScoreRow(long Id, string Name, int With, int Without, double Precision, double Recall, double F1);

/// <summary>The paths of the Api about labels.</summary>
public static class LabelRoutes
{
    /// <summary>GET -> LabelView[] by name. Query: retired (true: those too). POST SaveLabel -> 201 LabelView.</summary>
    public const string Labels = "/mailboxes/{id:long}/labels";
    /// <summary>GET -> LabelName[]: those in use in all mailboxes.</summary>
    public const string Names = "/labels";
    /// <summary>PUT SaveLabel (If-Match) -> LabelView.</summary>
    public const string Label = "/labels/{id:long}";
    /// <summary>POST (If-Match) -> LabelView: no longer offered or proposed.</summary>
    public const string Retire = "/labels/{id:long}/retire";
    /// <summary>POST (If-Match) -> LabelView: offered again, with all that was labelled.</summary>
    public const string Restore = "/labels/{id:long}/restore";
    /// <summary>POST LabelMessages -> LabelledView: at most 200 messages of the label's mailbox at once.</summary>
    public const string LabelMessages = "/labels/{id:long}/messages";
    /// <summary>PUT -> MessageDetail: puts it on. DELETE -> MessageDetail: takes it off, or turns a proposal down.</summary>
    public const string MessageLabel = "/messages/{id:long}/labels/{label:long}";
}
