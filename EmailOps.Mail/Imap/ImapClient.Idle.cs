using EmailOps.Mail.Net;

namespace EmailOps.Mail.Imap;

public sealed partial class ImapClient
{
    /// <summary>
    /// Waits until the open folder changes (RFC 2177), for a time at most, or until stopped; IDLE is renewed underneath. What came since
    /// <see cref="TakeChanges"/> ends it at once. Stopping is orderly: the connection stays usable and nothing is thrown. A server without IDLE is asked
    /// at intervals.
    /// </summary>
    /// <returns>What changed (taken, as by <see cref="TakeChanges"/>); none where time ran out or it was stopped.</returns>
    public async Task<ImapChanges> IdleAsync(TimeSpan atMost, ImapChanges wakeOn = ImapChanges.NewMessages | ImapChanges.Expunged | ImapChanges.Flags, CancellationToken stop = default)
    {
        using var turn = _session.Enter();
        var started = _time.GetTimestamp();
        while (!stop.IsCancellationRequested && (_session.State.Changes & wakeOn) == 0)
        {
            var left = atMost == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : atMost - _time.GetElapsedTime(started);
            if (left <= TimerGrain)
                break;
            if (!_refusesIdle && Capabilities.Idle)
                await IdleOnceAsync(left < _limits.IdleRenewal ? left : _limits.IdleRenewal, wakeOn, stop);
            else
                await PollOnceAsync(left < _limits.PollInterval ? left : _limits.PollInterval, stop);
        }
        return TakeChanges();
    }

    // Timers go by the system's coarse clock and may be early by one of its ticks (4 to 10 ms on Linux): the server is not asked again for such a rest.
    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(10);

    private bool _refusesIdle;

    private async Task IdleOnceAsync(TimeSpan atMost, ImapChanges wakeOn, CancellationToken stop)
    {
        var tag = await _session.SendAsync(new ImapCommand("IDLE"), CancellationToken.None);
        // DONE may be said only after the server's plus sign.
        while (await _session.ReadAsync(null, CancellationToken.None) is var first && !first.IsContinuation)
        {
            if (first.Tag != tag)
                continue;
            _refusesIdle = _session.Finish(first).Status != ImapStatus.Ok;
            return;
        }
        await using var done = new IdleEnd(Connection, _time);
        await using var timer = _time.CreateTimer(static end => ((IdleEnd)end!).Say(), done, atMost, Timeout.InfiniteTimeSpan);
        await using var stopping = stop.UnsafeRegister(static end => ((IdleEnd)end!).Say(), done);
        while (true)
        {
            if ((_session.State.Changes & wakeOn) != 0)
                done.Say();
            var response = await _session.ReadAsync(Timeout.InfiniteTimeSpan, CancellationToken.None);
            if (response.Tag != tag)
                continue;
            _session.Finish(response);
            return;
        }
    }

    private async Task PollOnceAsync(TimeSpan wait, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.Delay(wait, _time, enough.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stop.IsCancellationRequested)
            await _session.RunAsync(new ImapCommand("NOOP"), null, CancellationToken.None);
    }

    /// <summary>Says DONE once, from whichever side comes first, and cuts the connection where the server does not take note of it.</summary>
    private sealed class IdleEnd(MailConnection connection, TimeProvider time) : IAsyncDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        private readonly TaskCompletionSource _said = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private ITimer? _limit;
        private int _isSaid;

        public void Say()
        {
            if (Interlocked.Exchange(ref _isSaid, 1) == 0)
                _ = SayAsync();
        }

        private async Task SayAsync()
        {
            try
            {
                _limit = time.CreateTimer(static cut => ((MailConnection)cut!).Abort(), connection, Patience, Timeout.InfiniteTimeSpan);
                connection.WriteLine("DONE"u8);
                await connection.FlushAsync();
            }
            catch (MailConnectionException)
            {
                // The reader, which waits on the same connection, tells about it.
                connection.Abort();
            }
            finally
            {
                _said.TrySetResult();
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _isSaid, 1) == 1)
                await _said.Task;
            if (_limit is not null)
                await _limit.DisposeAsync();
        }
    }
}
