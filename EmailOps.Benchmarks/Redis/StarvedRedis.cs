using System.CommandLine;
using EmailOps.Core.Data.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmailOps.Benchmarks.Redis;

/// <summary><c>redis-starved</c>: the link to Redis in a process whose thread pool is full of work that blocks; a test runs it.</summary>
internal static class StarvedRedis
{
    private const int Blockers = 16, Callers = 5, Questions = 5;
    private static readonly TimeSpan s_blocked = TimeSpan.FromSeconds(2), s_patience = TimeSpan.FromSeconds(40);

    public static Command Create()
    {
        var address = new Argument<string>("ADDRESS") { Description = "host:port of a Redis." };
        var command = new Command("redis-starved", "Whether the link to Redis gets along without threads.") { address };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(address)!));
        return command;
    }

    private static async Task<int> RunAsync(string address)
    {
        var options = new RedisOptions { Prefix = "starved", BeatEvery = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromMilliseconds(200) };
        await using var link = new RedisLink(RedisAddress.Read(address, options), options, TimeProvider.System, NullLogger<RedisLink>.Instance);
        if (!await link.IsUpWithinAsync(TimeSpan.FromSeconds(30), CancellationToken.None)) return Say("never up: " + link.State.Health().Detail);

        using var free = new ManualResetEventSlim();
        for (var i = 0; i < Blockers; i++) ThreadPool.UnsafeQueueUserWorkItem(_ => free.Wait(s_blocked), null);
        var answered = 0;
        // On threads of their own and waiting there, as code does that knows no better.
        var callers = Enumerable.Range(0, Callers).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Questions; i++)
                if (link.AskAsync("PING").GetAwaiter().GetResult() is not null) Interlocked.Increment(ref answered);
        }) { IsBackground = true }).ToList();
        callers.ForEach(c => c.Start());
        if (callers.Exists(c => !c.Join(s_patience))) return Say("a caller waits still");
        free.Set();
        var began = TimeProvider.System.GetTimestamp();
        while (!link.IsUp || await link.AskAsync("PING") is null)
        {
            if (TimeProvider.System.GetElapsedTime(began) > s_patience) return Say("not up again: " + link.State.Health().Detail);
            await Task.Delay(20);
        }
        Console.WriteLine($"asked {Callers * Questions}, all came back; up again ({answered} answered by Redis)");
        return 0;
    }

    private static int Say(string problem)
    {
        Console.WriteLine(problem);
        return 1;
    }
}
