using System.Reflection;
using EmailOps.Core.Data;
using EmailOps.Core.Messages;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Registry;

/// <summary>Tells the others that this process lives and what it does, takes over from those that went silent, and leaves in order when its loops have ended.</summary>
internal sealed class WorkerBeat(WorkerStore store, WorkerIdentity identity, StageActivity activity, Drain drain, WorkOptions options, IntakeOptions intake, IHostApplicationLifetime life, TimeProvider clock, ILogger<WorkerBeat> log) : BackgroundService
{
    /// <summary>Loops that do not heed the end of their time (a training, a server that hangs) are left behind after this.</summary>
    private static readonly TimeSpan s_afterLetGo = TimeSpan.FromSeconds(3), s_look = TimeSpan.FromMilliseconds(50), s_goodbye = TimeSpan.FromSeconds(3);
    private static readonly string s_version = typeof(WorkerBeat).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await BeatAsync(stoppingToken);
            await Task.Delay(options.WorkerLease / 4, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await DrainAsync();
        await LeaveAsync();
    }

    private async Task BeatAsync(CancellationToken cancel)
    {
        try
        {
            var row = new WorkerBeatRow(identity.Id, Environment.MachineName, Environment.ProcessId, s_version, drain.NoMoreClaims.IsCancellationRequested, activity.Mailboxes, intake.MaxMailboxes, activity.View());
            foreach (var lost in await store.BeatAsync(row, cancel)) RegistryLog.TookOver(log, lost.Host, lost.ProcessId, lost.Items);
        }
        catch (Exception failure) when (StoreFailures.IsUnreachable(failure))
        {
            RegistryLog.NotHeard(log, failure.Message);
        }
        catch (ObjectDisposedException) when (life.ApplicationStopped.IsCancellationRequested || !life.ApplicationStarted.IsCancellationRequested)
        {
            // The host could not start, or has ended without waiting for us: there is nothing left to say it with.
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            // Whatever it is, the process works on: without a heartbeat others may take over what it holds, and then its results are dropped.
            RegistryLog.BeatBroke(log, failure);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the goodbye follows.
        }
    }

    private async Task DrainAsync()
    {
        await BeatAsync(CancellationToken.None); // says so
        var told = clock.GetTimestamp();
        long? letGo = null;
        while (activity.Loops > 0 && (letGo is not { } since || clock.GetElapsedTime(since) < s_afterLetGo))
        {
            await Task.Delay(s_look, clock);
            if (drain.LetGo.IsCancellationRequested) letGo ??= clock.GetTimestamp();
            if (clock.GetElapsedTime(told) < options.WorkerLease / 4) continue;
            await BeatAsync(CancellationToken.None);
            told = clock.GetTimestamp();
        }
    }

    private async Task LeaveAsync()
    {
        var left = activity.View().Sum(s => s.InHand);
        var seconds = drain.Began is { } began ? clock.GetElapsedTime(began).TotalSeconds : 0;
        try
        {
            using var enough = new CancellationTokenSource(s_goodbye, clock);
            if (left > 0) await store.FreeAsync(identity.Id, enough.Token);
            await store.LeaveAsync(identity.Id, enough.Token);
        }
        catch (Exception failure) when (StoreFailures.IsUnreachable(failure) || failure is OperationCanceledException)
        {
            RegistryLog.NotHeard(log, failure.Message); // the others find out by its silence
        }
        var (done, givenBack) = activity.Totals;
        RegistryLog.Drained(log, done, givenBack, left, seconds);
    }
}
