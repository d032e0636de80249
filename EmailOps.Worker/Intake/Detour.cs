using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Mail.Net;

namespace EmailOps.Worker.Intake;

/// <summary>
/// By which way a mailbox is read: its own, or its fallback while its own does not work. After some failures the fallback is taken for a while; then the first
/// way is tried again, and when that fails the fallback is taken for twice as long. Both ways write the same ledger, where copies are told by content.
/// </summary>
internal sealed class Detour(RemoteOptions options, TimeProvider clock)
{
    private int _failures;
    private int _detours;
    private long? _until;
    private string? _reason;

    /// <summary>Null: the first way.</summary>
    public string? Reason => IsTaken ? _reason : null;

    /// <summary>How long the fallback is to be read from now on.</summary>
    public TimeSpan Left => IsTaken ? clock.GetElapsedTime(clock.GetTimestamp(), _until!.Value) : TimeSpan.Zero;

    private bool IsTaken => _until is { } until && clock.GetTimestamp() < until;

    public MailboxProvider Choose(MailboxSettings settings) => options.ReadsBy(settings) is { } fallback && IsTaken ? fallback : settings.Provider;

    /// <summary>All was read by the first way.</summary>
    public void Works() => (_failures, _detours, _until, _reason) = (0, 0, null, null);

    /// <returns>True when the other way is to be taken at once.</returns>
    public bool Failed(MailboxSettings settings, MailboxProvider by, Exception failure, string problem)
    {
        if (options.ReadsBy(settings) is null || !IsTheWay(failure)) return false;
        if (by != settings.Provider)
        {
            // The fallback fails too: back to the first way, which may have been mended meanwhile.
            _until = null;
            return false;
        }
        _failures++;
        // Who came back from a detour to try, and a breaker that is open, need no further proof.
        if (_failures < options.FallbackAfter && _detours == 0 && failure is not RemoteException { Failure: RemoteFailure.BreakerOpen }) return false;
        var pause = options.TryFirstAgainAfter * Math.Pow(2, Math.Min(_detours++, 20));
        if (pause > options.LongestDetour) pause = options.LongestDetour;
        _until = clock.GetTimestamp() + (long)(pause.TotalSeconds * clock.TimestampFrequency);
        _reason = $"{settings.Provider} does not work: {problem}";
        return true;
    }

    /// <summary>What the other way may do better; not what is ours or the database's.</summary>
    private static bool IsTheWay(Exception failure) => failure is RemoteException or MailConnectionException or IntakeException or Mail.Imap.ImapCommandException;
}
