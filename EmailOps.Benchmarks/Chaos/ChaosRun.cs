using EmailOps.Benchmarks.Proxies;

namespace EmailOps.Benchmarks.Chaos;

/// <summary>Kills the worker at every moment again and again while mail keeps coming, lets its servers fail, and asks for the proof after each part.</summary>
internal sealed class ChaosRun(ChaosWorld world, ChaosOptions options, CancellationToken cancel)
{
    private const int Warmth = 12;
    private static readonly TimeSpan MomentPatience = TimeSpan.FromSeconds(25), LifePatience = TimeSpan.FromMinutes(3), RestPatience = TimeSpan.FromMinutes(3), NextMail = TimeSpan.FromSeconds(1.5);

    private readonly Random _random = new(options.Seed);
    private readonly List<Kill> _kills = [];
    private readonly List<ChaosPart> _parts = [];

    public static async Task<ChaosResult> RunAsync(ChaosOptions options, CancellationToken cancel)
    {
        var began = TimeProvider.System.GetTimestamp();
        await using var world = await ChaosWorld.StartAsync(options, cancel);
        var run = new ChaosRun(world, options, cancel);
        if (options.Workers > 1) await new ManyWorkers(world, run, options).RunAsync(cancel);
        else await run.KillAsync();
        if (options.Scenarios) await new ServerFailures(world, run).AllAsync(cancel);
        return new ChaosResult(options, run._kills, run._parts, world.Delivered, world.Distinct, TimeProvider.System.GetElapsedTime(began).TotalSeconds);
    }

    public void Add(Kill kill) => _kills.Add(kill);

    /// <summary>Waits for rest and judges.</summary>
    /// <param name="more">What is to be true beside the proof that every part ends with.</param>
    public async Task JudgeAsync(string name, string told, Func<Task<IReadOnlyList<ProofLine>>>? more = null)
    {
        var left = await Proof.RestAsync(world, RestPatience, cancel);
        var part = new ChaosPart(name, told, left, [.. await Proof.CheckAsync(world, cancel), .. more is null ? [] : await more()]);
        _parts.Add(part);
        options.Say($"{name}: {(part.Holds ? "the proof holds" : "THE PROOF FAILS")} ({told})");
        foreach (var line in left) options.Say($"  not at rest: {line}");
        foreach (var line in part.Proof.Where(line => !line.Holds)) options.Say($"  {line.Claim} {line.Counted}: {string.Join("; ", line.Offenders)}");
        if (!part.Holds) foreach (var worker in world.Workers) options.Say(worker.LastLines(10));
    }

    private async Task KillAsync()
    {
        var perKill = Math.Max(1, options.Messages / Math.Max(1, options.Kills));
        var moments = Shuffled();
        for (var number = 0; number < options.Kills; number++)
        {
            world.Worker.Start();
            var began = TimeProvider.System.GetTimestamp();
            // The first kills need something under way in every stage, the last ones must leave nothing undelivered.
            var share = number == 0 ? Math.Min(Warmth, options.Messages) : number == options.Kills - 1 ? options.Messages - world.Distinct : Math.Min(perKill, options.Messages - world.Distinct);
            var arriving = world.DeliverAsync(Math.Max(0, share), cancel);
            var moment = number % 7 == 6 ? (Moment?)null : moments[(number - number / 7) % moments.Count];
            var reached = moment is { } at ? await KillAtAsync(at, arriving) : await KillSometimeAsync();
            await arriving;
            _kills.Add(new Kill(moment?.ToString() ?? "random time", reached, TimeProvider.System.GetElapsedTime(began).TotalSeconds));
            options.Say($"kill {number + 1}: {_kills[^1].Where}{(reached ? "" : " was not reached in time, killed all the same")}, {_kills[^1].AfterSeconds:0.0} s; {world.Delivered} mails delivered");
        }
        world.Worker.Start();
        if (options.Kills > 0) await JudgeAsync($"{options.Kills} kills of the worker", $"{_kills.Count(k => k.Reached)} at their moment");
    }

    private async Task<bool> KillAtAsync(Moment moment, Task arriving)
    {
        var killed = world.Moments.ArmAsync(moment, world.Worker.KillAsync, skip: _random.Next(3));
        await arriving;
        await AliveAsync(killed);
        var patience = Task.Delay(MomentPatience, cancel);
        // A quick worker may do all there is in one transaction, or before we watch: more mail, until the moment comes.
        while (await Task.WhenAny(killed, patience, Task.Delay(NextMail, cancel)) is var ended && ended != killed)
        {
            if (ended != patience)
            {
                await world.DeliverAsync(1, cancel);
                continue;
            }
            if (!world.Moments.Disarm()) break;
            await world.Worker.KillAsync();
            return false;
        }
        await killed;
        return true;
    }

    /// <summary>On a busy machine a worker needs longer to come to life than any moment takes to come: time counts from its first commit or fetch.</summary>
    private async Task AliveAsync(Task killed)
    {
        var (began, before) = (TimeProvider.System.GetTimestamp(), world.Moments.Seen.Values.Sum());
        while (!killed.IsCompleted && world.Moments.Seen.Values.Sum() == before && TimeProvider.System.GetElapsedTime(began) < LifePatience)
        {
            await Task.WhenAny(killed, Task.Delay(NextMail, cancel));
            if (!killed.IsCompleted) await world.DeliverAsync(1, cancel);
        }
    }

    private async Task<bool> KillSometimeAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(300 + _random.Next(4000)), cancel);
        await world.Worker.KillAsync();
        return true;
    }

    private List<Moment> Shuffled()
    {
        var moments = Enum.GetValues<Moment>();
        _random.Shuffle(moments);
        return [.. moments];
    }
}
