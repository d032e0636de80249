namespace EmailOps.Mail.Net;

/// <summary>One reusable cancellation for the waits of one direction of a connection: fires when the caller cancels or the wait takes too long.</summary>
internal sealed class PatienceTimer(TimeProvider time) : IDisposable
{
    private CancellationTokenSource _source = new(Timeout.InfiniteTimeSpan, time);

    /// <summary>The token of the next wait.</summary>
    public CancellationToken Token
    {
        get
        {
            if (_source.IsCancellationRequested)
            {
                _source.Dispose();
                _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            }
            return _source.Token;
        }
    }

    /// <summary>Starts the clock; only waits that really wait pay for it.</summary>
    public CancellationTokenRegistration Start(TimeSpan atMost, CancellationToken cancel)
    {
        _source.CancelAfter(atMost < TimeSpan.Zero && atMost != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : atMost);
        return cancel.UnsafeRegister(static source => Cancel((CancellationTokenSource)source!), _source);
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection was cut in the same moment: the wait is over either way, and this must not reach who cancelled.
            return;
        }
    }

    public void Stop() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose() => _source.Dispose();
}
