using EmailOps.Core.Contracts;
using EmailOps.Core.Data;

namespace EmailOps.Worker.Intake;

/// <summary>Where a mailbox's loop stands, kept in memory; the supervisor writes it down with the lease.</summary>
/// <param name="changed">Told when people should know soon.</param>
internal sealed class LoopStatus(long mailboxId, string address, TimeProvider clock, Action changed)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _gaps = new(StringComparer.Ordinal);
    private LoopState _state = LoopState.Connecting;
    private long? _connected;
    private long? _heard;
    private long? _nextTry;
    private int _failures;
    private string? _problem;
    private Func<long>? _bytes;
    private long _bytesBefore;
    private MailboxProvider? _provider;
    private string? _diverted;

    public long MailboxId => mailboxId;
    public string Address => address;

    /// <param name="diverted">Why by the fallback; null when not.</param>
    public void By(MailboxProvider provider, string? diverted)
    {
        lock (_lock) (_provider, _diverted) = (provider, diverted);
    }

    public MailboxProvider? Provider
    {
        get
        {
            lock (_lock) return _provider;
        }
    }

    public void Connecting() => Set(() => (_state, _nextTry) = (LoopState.Connecting, null));

    /// <param name="bytes">Bytes that the server sent on this connection; whenever they are more than before, it was heard.</param>
    public void Connected(Func<long> bytes) => Set(() => (_connected, _heard, _bytes, _bytesBefore) = (clock.GetTimestamp(), clock.GetTimestamp(), bytes, bytes()));

    /// <summary>A visit by requests began: nothing was heard yet.</summary>
    /// <param name="bytes">Bytes that the server sent during this visit.</param>
    public void Visiting(Func<long> bytes) => Set(() => (_connected, _bytes, _bytesBefore) = (clock.GetTimestamp(), bytes, bytes()));

    public void Disconnected() => Set(() =>
    {
        Listen();
        (_bytes, _connected) = (null, null);
    });

    public void CatchingUp() => Set(() => _state = LoopState.CatchingUp);

    /// <summary>All is read that was there: what was wrong before is over.</summary>
    public void Watching() => Set(() => (_state, _failures, _problem) = (LoopState.Watching, 0, null));

    public void BackingOff(string problem, int failures, TimeSpan pause)
        => Set(() => (_state, _connected, _problem, _failures, _nextTry) = (LoopState.BackingOff, null, problem, failures, clock.GetTimestamp() + (long)(pause.TotalSeconds * clock.TimestampFrequency)));

    public void Gap(string folder, long gap)
    {
        lock (_lock) _gaps[folder] = gap;
    }

    /// <summary>Since the server was last heard; null when it never was.</summary>
    public TimeSpan? HeardBefore
    {
        get
        {
            lock (_lock)
            {
                Listen();
                return Ago(_heard);
            }
        }
    }

    public IReadOnlyList<KeyValuePair<string, long>> Gaps
    {
        get
        {
            lock (_lock) return [.. _gaps];
        }
    }

    public int Failures
    {
        get
        {
            lock (_lock) return _failures;
        }
    }

    public LoopBeat Beat()
    {
        lock (_lock)
        {
            Listen();
            var next = _nextTry is { } at ? clock.GetElapsedTime(clock.GetTimestamp(), at) : (TimeSpan?)null;
            return new LoopBeat(mailboxId, _state, Ago(_connected), Ago(_heard), _failures, _problem, next < TimeSpan.Zero ? TimeSpan.Zero : next, _provider, _diverted);
        }
    }

    private void Listen()
    {
        if (_bytes?.Invoke() is not { } bytes || bytes == _bytesBefore) return;
        (_heard, _bytesBefore) = (clock.GetTimestamp(), bytes);
    }

    private TimeSpan? Ago(long? timestamp) => timestamp is { } at ? clock.GetElapsedTime(at) : null;

    private void Set(Action change)
    {
        LoopState before, after;
        lock (_lock)
        {
            before = _state;
            change();
            after = _state;
        }
        if (before != after) changed();
    }
}
