using System.Globalization;
using EmailOps.Core.Contracts;

namespace EmailOps.Web.Shown;

/// <summary>How the console says things: one place for every name, so that pages agree. Tones are names in the style sheet.</summary>
internal static class Words
{
    /// <param name="sends">Whether replies leave the house; without a transport they only would.</param>
    public static string Of(DecisionKind kind, bool sends = true) => kind switch
    {
        DecisionKind.SendReply => sends ? "Answered" : "Would send",
        DecisionKind.Suggest => "Suggested",
        DecisionKind.HoldForReview => "Needs review",
        DecisionKind.Escalate => "Escalated",
        DecisionKind.File => "Filed",
        DecisionKind.Quarantine => "Quarantine",
        _ => kind.ToString(),
    };

    /// <summary>What the decision means, for people who are new here.</summary>
    public static string Meaning(DecisionKind kind) => kind switch
    {
        DecisionKind.SendReply => "Sure enough to answer without a person. Without a transport nothing leaves: the outbox shows what would have been sent.",
        DecisionKind.Suggest => "The draft looks ready. Read it and approve it.",
        DecisionKind.HoldForReview => "A person must look before anything is answered.",
        DecisionKind.Escalate => "A person is needed, and soon.",
        DecisionKind.File => "Nothing to answer: kept and searchable.",
        DecisionKind.Quarantine => "Looks hostile. Kept apart and never answered; do not open its links.",
        _ => "",
    };

    public static string Tone(DecisionKind kind) => kind switch
    {
        DecisionKind.SendReply => "green",
        DecisionKind.Suggest => "blue",
        DecisionKind.HoldForReview => "amber",
        DecisionKind.Escalate => "red",
        DecisionKind.Quarantine => "violet",
        _ => "grey",
    };

    public static string Of(DraftState state) => state switch
    {
        DraftState.Proposed => "Waiting for you",
        DraftState.Approved => "Approved",
        DraftState.Rejected => "Rejected",
        DraftState.Superseded => "Superseded",
        _ => state.ToString(),
    };

    public static string Of(OutboundState state) => state switch
    {
        OutboundState.Withheld => "Would have been sent",
        OutboundState.Held => "Waiting",
        OutboundState.Queued => "Queued",
        OutboundState.Sending => "Sending",
        OutboundState.Sent => "Sent",
        OutboundState.Failed => "Failed",
        OutboundState.Unknown => "Unknown",
        OutboundState.Cancelled => "Taken back",
        OutboundState.Bounced => "Did not arrive",
        _ => state.ToString(),
    };

    public static string Tone(OutboundState state) => state switch
    {
        OutboundState.Sent => "green",
        OutboundState.Held or OutboundState.Queued or OutboundState.Sending => "blue",
        OutboundState.Failed or OutboundState.Bounced => "red",
        OutboundState.Unknown => "amber",
        _ => "grey",
    };

    /// <summary>What the state means, for people who are new here.</summary>
    public static string Meaning(OutboundState state) => state switch
    {
        OutboundState.Withheld => "Sending is off until the mailbox has a transport. Nothing left the house.",
        OutboundState.Held => "An automatic answer in its waiting time. It takes itself back when something happens in the thread.",
        OutboundState.Queued => "On its way, or to be tried again after a pause.",
        OutboundState.Sending => "A server is being given it right now.",
        OutboundState.Unknown => "The server's answer was lost, so nobody can tell whether the reply left. It is never sent again by itself: find out, then say which.",
        OutboundState.Failed => "It did not leave, and will not by itself.",
        OutboundState.Bounced => "It left, and a server on the way reported that it did not arrive.",
        OutboundState.Cancelled => "Taken back before it left.",
        _ => "",
    };

    public static string Of(IntakeOutcome outcome) => outcome switch
    {
        IntakeOutcome.Stored => "Stored",
        IntakeOutcome.Duplicate => "Copy",
        IntakeOutcome.Unparsable => "Unparsable",
        IntakeOutcome.Refused => "Refused",
        _ => outcome.ToString(),
    };

    public static string Tone(IntakeOutcome outcome) => outcome switch
    {
        IntakeOutcome.Stored => "green",
        IntakeOutcome.Unparsable => "amber",
        IntakeOutcome.Refused => "red",
        _ => "grey",
    };

    /// <summary>"German" for "de"; the code itself when nobody knows it.</summary>
    public static string Language(string code)
    {
        try
        {
            var culture = CultureInfo.GetCultureInfo(code, predefinedOnly: true);
            return culture.EnglishName;
        }
        catch (CultureNotFoundException)
        {
            return code;
        }
    }

    /// <summary>What a person's decision was, of which a model learns.</summary>
    public static string Lesson(string kind) => kind switch
    {
        "Category" => "Corrected the category",
        "Priority" => "Corrected the priority",
        "Approved" => "Approved the draft",
        "Edited" => "Approved an edited draft",
        "Rejected" => "Rejected the draft",
        "Label" => "Labelled",
        _ => kind,
    };

    public static string Count(long number, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : many)}");

    public static string Size(long bytes) => bytes switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.##} GB"),
    };

    /// <summary>A time span in the unit people would use: µs, ms, s, min, h, d.</summary>
    public static string Span(TimeSpan span) => span.TotalSeconds switch
    {
        < 0.001 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMicroseconds:0} µs"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.#} ms"),
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min"),
        < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0} days"),
    };

    /// <summary>Nothing a model says is quite certain, so 100 % is never shown.</summary>
    public static string Percent(double share) => share >= 0.995 ? "> 99 %" : string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %");

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
