using EmailOps.Tests.Hosts;

namespace EmailOps.Tests.Redis;

/// <summary>
/// The client of the embedded topology reads and completes on the thread pool. In a process of its own all threads of the pool are held, and others wait for Redis
/// on their threads: nobody may wait for ever, and when the threads are free again Redis serves again.
/// </summary>
public sealed class StarvedTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task A_process_whose_threads_are_all_busy_gets_an_answer_or_none_and_recovers()
    {
        if (!redis.TryGet(out var server)) return;

        var done = await OwnProcess.RunAsync("EmailOps.Benchmarks", ["redis-starved", server.Address]);

        Assert.True(done.Code == 0, done.Output + done.Error);
        Assert.Contains("asked 25, all came back; up again", done.Output, StringComparison.Ordinal);
    }
}
