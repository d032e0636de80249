namespace EmailOps.Benchmarks.Chaos;

/// <summary>
/// Several workers with clocks that disagree, on three mailboxes. At any time one or more are killed or told to stop, and PostgreSQL is stopped at once or in
/// order, while mail keeps coming. In the end all must be as if one worker had done it in peace.
/// </summary>
internal sealed class ManyWorkers(ChaosWorld world, ChaosRun run, ChaosOptions options)
{
    public const string Killed = "killed (-9)", Stopped = "told to stop (SIGTERM)", StoppedTwice = "told to stop twice", DatabaseKilled = "PostgreSQL stopped at once (immediate)", DatabaseRestarted = "PostgreSQL restarted in order (fast)";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Random _random = new(options.Seed);
    private readonly List<(int Code, double Seconds)> _stops = [];
    private int _foundNoDatabase;

    public async Task RunAsync(CancellationToken cancel)
    {
        foreach (var worker in world.Workers) worker.Start();
        await world.DeliverAsync(Math.Min(options.Workers * 3, options.Messages), cancel);
        await WaitAsync(() => world.AskAsync<bool>($"select count(*) = {options.Workers} from worker where alive_until > now()", cancel), "all workers say that they live", cancel);
        for (var number = 0; number < options.Kills; number++)
        {
            var share = number == options.Kills - 1 ? options.Messages - world.Distinct : Math.Min(options.Messages / options.Kills, options.Messages - world.Distinct);
            var arriving = DeliverAsync(Math.Max(0, share), cancel);
            await Task.Delay(TimeSpan.FromMilliseconds(200 + _random.Next(2500)), cancel);
            var (began, what) = (TimeProvider.System.GetTimestamp(), What(number));
            Supervise();
            await ActAsync(what, cancel);
            await arriving;
            run.Add(new Kill(what, true, TimeProvider.System.GetElapsedTime(began).TotalSeconds));
            options.Say($"{number + 1}: {what}; {world.Delivered} mails delivered");
        }
        await WaitAsync(() =>
        {
            Supervise();
            return world.AskAsync<bool>($"select count(*) = {options.Workers} from worker where alive_until > now()", cancel);
        }, "all workers live in the end", cancel);
        await run.JudgeAsync($"{options.Workers} workers, clocks apart by up to {2 * options.SkewSeconds:0} s, {options.Kills} blows", $"{_stops.Count} orderly stops; {_foundNoDatabase} times a worker found no database while it started, said so, and was started again", ClaimsAsync);
    }

    // Each kind comes in the first rounds of even a short run.
    private string What(int number) => number switch
    {
        0 => Killed,
        1 => Stopped,
        2 => DatabaseKilled,
        3 => StoppedTwice,
        4 => DatabaseRestarted,
        _ => _random.Next(20) switch { < 10 => Killed, < 15 => Stopped, < 16 => StoppedTwice, < 18 => DatabaseKilled, _ => DatabaseRestarted },
    };

    private async Task ActAsync(string what, CancellationToken cancel)
    {
        // Mostly one, sometimes several, now and then all.
        var victims = world.Workers.OrderBy(_ => _random.Next()).Take(_random.Next(8) switch { 0 => options.Workers, 1 or 2 => 2, _ => 1 }).ToList();
        switch (what)
        {
            case Killed:
                await Task.WhenAll(victims.Select(v => v.KillAsync()));
                foreach (var victim in victims) victim.Start();
                break;
            case Stopped or StoppedTwice:
                await Task.WhenAll(victims.Select(v => StopAsync(v, what == StoppedTwice, cancel)));
                foreach (var victim in victims) victim.Start();
                break;
            case DatabaseKilled:
                await world.Cluster.StopAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(1500)), cancel);
                await world.Cluster.RestartAsync();
                world.Source.Clear(); // our own connections
                break;
            default:
                await world.Cluster.RestartAsync();
                world.Source.Clear();
                break;
        }
    }

    private async Task StopAsync(WorkerProcess worker, bool twice, CancellationToken cancel)
    {
        // One that has only just been started hears no signal yet, and has nothing to give back; the other blows hit those too.
        await WaitAsync(() =>
        {
            Supervise();
            return world.AskAsync<bool>($"select exists (select from worker where process_id = {worker.Id} and alive_until > now())", cancel);
        }, "the worker lives", cancel);
        var began = TimeProvider.System.GetTimestamp();
        await worker.TerminateAsync();
        if (twice) await worker.TerminateAsync();
        var code = await worker.EndedAsync(cancel).WaitAsync(Patience, cancel);
        lock (_stops) _stops.Add((code, TimeProvider.System.GetElapsedTime(began).TotalSeconds));
    }

    /// <summary>As a supervisor does: a worker that found no database while it started says so and ends with exit code 1, and is started again. One that ends in any other way stays dead, and the proof fails.</summary>
    private void Supervise()
    {
        lock (_stops) // several are stopped side by side
        {
            foreach (var worker in world.Workers.Where(w => w is { HasDied: true, ExitCode: 1 } && w.LastLines(6).Contains("database", StringComparison.OrdinalIgnoreCase)))
            {
                _foundNoDatabase++;
                worker.Start();
            }
        }
    }

    private async Task DeliverAsync(int count, CancellationToken cancel)
    {
        for (var left = count; left > 0; left -= 5) await world.DeliverAsync(Math.Min(left, 5), cancel);
    }

    private async Task<IReadOnlyList<ProofLine>> ClaimsAsync()
    {
        var wrong = _stops.Where(s => s.Code != 0).Select(s => $"exit code {s.Code}").ToList();
        var longest = _stops.Count == 0 ? 0 : _stops.Max(s => s.Seconds);
        await WaitAsync(async () => await world.AskAsync<long>("select count(*) from worker") == options.Workers, "the dead have gone from the registry", CancellationToken.None);
        var share = (options.Mailboxes + options.Workers - 1) / options.Workers;
        await WaitAsync(() => world.AskAsync<bool>($"select coalesce(max(n), 0) <= {share} from (select count(*) n from mailbox_loop where owner_until > now() group by owner) x"), "no worker reads more than its share", CancellationToken.None);
        return
        [
            new ProofLine("Every worker that was told to stop, once or twice, ended with exit code 0.", wrong.Count == 0, $"{_stops.Count} stops, the longest {longest:0.0} s", wrong),
            new ProofLine("The registry shows the workers that live, and no other.", true, $"{options.Workers} workers", []),
            new ProofLine("No worker reads more mailboxes than its share.", true, $"{options.Mailboxes} mailboxes", []),
        ];
    }

    private async Task WaitAsync(Func<Task<bool>> isTrue, string what, CancellationToken cancel)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isTrue())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience) throw new TimeoutException($"Still not after {Patience}: {what}.{string.Concat(world.Workers.Select(w => $"\n{(w.HasDied ? $"dead, exit code {w.ExitCode}" : "alive")}: {w.LastLines(3)}"))}");
            await Task.Delay(100, cancel);
        }
    }
}
