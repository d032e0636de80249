using System.Runtime.InteropServices;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Registry;

/// <summary>
/// How this process comes to an end. At the first signal nothing is claimed any more, and what is in hand gets <c>Work:DrainTime</c> to be finished; when that
/// is over, or at a second signal, it is given back unfinished. Replies that are on their way to a server are waited for a little either way.
/// </summary>
internal sealed class Drain : IDisposable
{
    private readonly CancellationTokenSource _hands = new(); // not disposed: a late signal may still ask for it, and it holds nothing
    private readonly PosixSignalRegistration[] _signals;
    private readonly CancellationTokenRegistration _stopping;
    private readonly WorkOptions _options;
    private readonly TimeProvider _clock;
    private readonly StageActivity _activity;
    private readonly ILogger<Drain> _log;
    private ITimer? _timer;
    private int _signalled;
    private bool _disposed;

    public Drain(IHostApplicationLifetime life, WorkOptions options, StageActivity activity, TimeProvider clock, ILogger<Drain> log)
    {
        (_options, _activity, _clock, _log) = (options, activity, clock, log);
        NoMoreClaims = life.ApplicationStopping;
        _stopping = life.ApplicationStopping.Register(Begin);
        // The host takes the first one and goes on waiting at the second.
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Signalled), PosixSignalRegistration.Create(PosixSignal.SIGINT, Signalled)];
    }

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken NoMoreClaims { get; }

    /// <summary>Cancelled when what is in hand is to be given back.</summary>
    public CancellationToken LetGo => _hands.Token;

    /// <summary>When the stop began, as a timestamp of the clock; null before.</summary>
    public long? Began { get; private set; }

    public void Dispose()
    {
        // Once the process was told to end, a further signal must not kill it on its last steps: that would not be exit code 0.
        if (Volatile.Read(ref _signalled) == 0)
            foreach (var signal in _signals) signal.Dispose();
        lock (_hands) _disposed = true;
        _stopping.Dispose();
        _timer?.Dispose();
    }

    private void Begin()
    {
        Began = _clock.GetTimestamp();
        var inHand = _activity.View().Sum(s => s.InHand);
        RegistryLog.DrainBegan(_log, inHand, _options.DrainTime.TotalSeconds);
        _timer = _clock.CreateTimer(_ => End("its time is over"), null, _options.DrainTime, Timeout.InfiniteTimeSpan);
    }

    private void Signalled(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signalled) > 1) End("a second signal came");
    }

    private void End(string why)
    {
        lock (_hands)
        {
            if (_disposed || _hands.IsCancellationRequested) return;
            if (_activity.Loops > 0) RegistryLog.DrainCut(_log, why);
            _hands.Cancel();
        }
    }
}
