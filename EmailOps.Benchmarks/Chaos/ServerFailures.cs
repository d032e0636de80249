using EmailOps.Benchmarks.Proxies;

namespace EmailOps.Benchmarks.Chaos;

/// <summary>What servers do to a worker that stays alive. Each part ends with the same proof.</summary>
internal sealed class ServerFailures(ChaosWorld world, ChaosRun run)
{
    private const int Mails = 25;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task AllAsync(CancellationToken cancel)
    {
        await ImapRestartAsync(cancel);
        await CutMidMailAsync(cancel);
        await UidValidityAsync(cancel);
        await DatabaseRestartAsync(cancel);
        await DiskFullAsync(cancel);
    }

    private async Task ImapRestartAsync(CancellationToken cancel)
    {
        await AtAsync(Moment.FetchHalf, () => world.Servers.KillImapAsync(cancel), cancel);
        await WaitAsync(async () => await world.AskAsync<bool>("select exists (select from mailbox_loop where state = 'BackingOff' and problem is not null)", cancel), "the worker says that the server is gone", cancel);
        await world.Servers.StartImapAsync(cancel);
        await world.DeliverAsync(Mails, cancel);
        await AtAsync(Moment.AppendHalf, () => world.Servers.StopImapAsync(cancel), cancel);
        await world.Servers.StartImapAsync(cancel);
        await run.JudgeAsync("IMAP server killed during a fetch, and stopped during a copy to Sent", "it came back, the worker too");
    }

    private async Task CutMidMailAsync(CancellationToken cancel)
    {
        foreach (var _ in Enumerable.Range(0, 5)) await AtAsync(Moment.FetchHalf, () => Task.CompletedTask, cancel);
        foreach (var moment in (Moment[])[Moment.DataHalf, Moment.BeforeDot, Moment.Accepted, Moment.AppendHalf, Moment.Appended]) await AtAsync(moment, () => Task.CompletedTask, cancel);
        await run.JudgeAsync("Connections cut in the middle", "5 times in a mail's literal, 3 times in a submission, twice in a copy to Sent");
    }

    private async Task UidValidityAsync(CancellationToken cancel)
    {
        var before = await world.AskAsync<long>("select uid_validity from mailbox_folder", cancel);
        await world.DeliverAsync(Mails, cancel);
        await world.Servers.RenewUidValidityAsync(world.User, cancel: cancel);
        await world.DeliverAsync(Mails, cancel);
        await WaitAsync(async () => await world.AskAsync<long>("select uid_validity from mailbox_folder", cancel) != before, "the worker noticed the new UIDVALIDITY", cancel);
        await run.JudgeAsync("UIDVALIDITY of the folder changed, all mails renumbered", $"{world.Delivered} mails read again as copies");
    }

    private async Task DatabaseRestartAsync(CancellationToken cancel)
    {
        foreach (var moment in (Moment[])[Moment.BeforeStored, Moment.AfterSending, Moment.AfterStored, Moment.BeforeSent])
        {
            await AtAsync(moment, world.Cluster.StopAsync, cancel);
            await world.Cluster.RestartAsync();
            world.Source.Clear(); // our own connections
        }
        await run.JudgeAsync("PostgreSQL killed and restarted", "around the commits of stored, sending and sent");
    }

    private async Task DiskFullAsync(CancellationToken cancel)
    {
        await using var disk = await world.Cluster.MountSmallDiskAsync(megabytes: 64 + (int)(await world.AskAsync<long>("select pg_total_relation_size('raw_mail')", cancel) >> 20));
        if (disk is null)
        {
            await RefusedWritesAsync(cancel);
            return;
        }
        await world.ExecuteAsync($"create tablespace small location '{disk.Folder}'", cancel);
        await world.ExecuteAsync("alter table raw_mail set tablespace small", cancel);
        disk.Fill();
        await world.DeliverAsync(Mails, cancel);
        await RefusedAsync(cancel);
        disk.Free();
        await run.JudgeAsync("The disk of the raw mails is full", "the worker said so, and went on when there was space");
        await world.ExecuteAsync("alter table raw_mail set tablespace pg_default", cancel);
        await world.ExecuteAsync("drop tablespace small", cancel);
    }

    // Without a small file system: a server that takes no writes, as one whose disk is full or that became a standby.
    private async Task RefusedWritesAsync(CancellationToken cancel)
    {
        await world.ExecuteAsync("alter database emailops set default_transaction_read_only = on", cancel);
        world.Postgres.CutAll();
        await world.DeliverAsync(Mails, cancel);
        await WaitAsync(() => Task.FromResult(world.Moments.Seen.GetValueOrDefault(Moment.Fetched) > 0), "mails were fetched", cancel);
        await world.ExecuteAsync("set default_transaction_read_only = off; alter database emailops set default_transaction_read_only = off", cancel);
        world.Postgres.CutAll();
        await run.JudgeAsync("PostgreSQL takes no writes", "until it did again (no small file system could be mounted here)");
    }

    private async Task RefusedAsync(CancellationToken cancel)
        => await WaitAsync(() => world.AskAsync<bool>("select exists (select from mailbox_loop where problem is not null) or exists (select from mailbox_folder where problem is not null)", cancel), "the worker says that it cannot store", cancel);

    /// <summary>Delivers mails until the moment comes, and acts in it.</summary>
    private async Task AtAsync(Moment moment, Func<Task> act, CancellationToken cancel)
    {
        var reached = world.Moments.ArmAsync(moment, act);
        await world.DeliverAsync(8, cancel);
        try
        {
            await reached.WaitAsync(Patience, cancel);
        }
        catch (TimeoutException)
        {
            world.Moments.Disarm();
            throw new TimeoutException($"{moment} was not reached in {Patience}.");
        }
    }

    private static async Task WaitAsync(Func<Task<bool>> isTrue, string what, CancellationToken cancel)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isTrue())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience) throw new TimeoutException($"Still not after {Patience}: {what}.");
            await Task.Delay(50, cancel);
        }
    }
}
