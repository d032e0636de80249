using EmailOps.Core.Contracts;
using EmailOps.Web.Shown;

namespace EmailOps.Web.Mailboxes;

/// <summary>How a mailbox fares, in the words of its pill.</summary>
/// <param name="Problem">What an operator should know beside it.</param>
internal sealed record ReadingWords(string Tone, string Icon, string Text, string? Problem)
{
    public static ReadingWords Of(MailboxSetup setup, MailboxReading? reading)
    {
        if (!setup.IsEnabled) return new("grey", "pause", "Paused", null);
        if (!setup.Settings.IsRead()) return new("grey", "import", "Import only", "No IMAP server is set: mail comes by import, and nobody looks for new mail.");
        if (reading is null) return new("grey", "clock", "Not known", null);
        if (reading is { SilentTooLong: true, State: LoopState.Watching or LoopState.CatchingUp })
            return new("red", "alert", "Silent too long", reading.Problem ?? "The server should have been heard by now. The worker connects anew by itself.");
        if (reading is { Diverted: { } diverted, State: LoopState.Watching or LoopState.CatchingUp or LoopState.Connecting }) return new("amber", "alert", $"Read by {reading.Provider} meanwhile", diverted);
        return reading.State switch
        {
            LoopState.Watching when reading.Folders.Sum(f => f.Gap) is > 0 and var gap => new("amber", "alert", $"Watching, {Words.Count(gap, "message", "messages")} missing", "They are fetched at the next comparison; \"Check now\" does it at once."),
            LoopState.Watching => new("green", "check", "Watching", reading.Problem),
            LoopState.CatchingUp => new("blue", "again", "Catching up", reading.Problem),
            LoopState.Connecting => new("blue", "again", "Connecting", reading.Problem),
            LoopState.BackingOff => new("red", "alert", "Not reachable", reading.Problem ?? "The last attempt failed."),
            _ => new("amber", "clock", "Waiting for a worker", reading.Problem ?? "No worker reads it just now. One takes it over within a minute when it runs."),
        };
    }
}
