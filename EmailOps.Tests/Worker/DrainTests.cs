using EmailOps.Benchmarks.Chaos;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Npgsql;

namespace EmailOps.Tests.Worker;

/// <summary>How a real worker process ends.</summary>
public sealed class DrainTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("emailops-drain-").FullName;
    private TestStore _store = null!;

    public async Task InitializeAsync() => _store = await TestStore.CreateAsync(postgres);

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private WorkerProcess Worker(string drainTime) => new(Path.Combine(_folder, "worker.log"),
    [
        ("ConnectionStrings__emailops", _store.ConnectionString), ("EMAILOPS_ENV_FILE", "none"), ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("DOTNET_TieredPGO", "0"), ("SECRETS_KEY", TestStore.SecretsKey),
        ("STATE_DIR", Path.Combine(_folder, "state")), ("CACHE_DIR", Path.Combine(Path.GetTempPath(), "emailops-chaos-cache")), ("LOG_FILE_ENABLED", "false"), ("LOAD_SAMPLES", "false"),
        ("LanguageModels__FindLocal", "false"), ("Work__DrainTime", drainTime), ("Work__WorkerLease", "00:00:04"),
    ]);

    private async Task<IReadOnlyList<WorkerView>> WorkersAsync() => (await _store.Get<ProcessFigures>().StatusAsync(CancellationToken.None)).Workers;

    /// <summary>Starts a worker that has three messages in hand and cannot store what it finds until the lock is let go.</summary>
    private async Task<NpgsqlConnection> HoldUpAsync(WorkerProcess worker)
    {
        var connection = await _store.Source.OpenConnectionAsync();
        await using (var take = new NpgsqlCommand("begin; lock table triage_result in access exclusive mode", connection)) await take.ExecuteNonQueryAsync();
        await _store.StoreAsync(Mail(1), Mail(2), Mail(3));
        worker.Start();
        await Wait.UntilAsync(async () => (await WorkersAsync()) is [{ Stages: var stages }] && stages.Any(s => s is { Stage: "Triage", InHand: 3 }), "the worker says that it has three items in hand", 60, () => Task.FromResult(worker.LastLines(5)));
        return connection;
    }

    private static string Mail(int number) => $"From: ada{number}@customer.example\r\nTo: {TestStore.Address}\r\nSubject: Question {number}\r\nMessage-ID: <{number}@customer.example>\r\n\r\nWhere is my order {number}?\r\n";

    private static async Task EndLockAsync(NpgsqlConnection connection)
    {
        await using var rollback = new NpgsqlCommand("rollback", connection);
        await rollback.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task At_a_signal_what_is_in_hand_is_finished_nothing_more_is_claimed_and_the_process_ends_well()
    {
        await using var worker = Worker("00:10:00");
        await using var blocked = await HoldUpAsync(worker);

        await worker.TerminateAsync();
        await Wait.UntilAsync(async () => await WorkersAsync() is [{ IsDraining: true }], "others see that it stops");
        await _store.StoreAsync(Mail(4));
        await EndLockAsync(blocked);

        Assert.Equal(0, await worker.EndedAsync().WaitAsync(Patience));
        Assert.Equal(3, await _store.AskAsync<long>("select count(*) from triage_result"));
        Assert.Equal(1, await _store.AskAsync<long>("select count(*) from work_item where stage = 1 and lease is null"));
        Assert.Empty(await WorkersAsync());
        Assert.Contains("Stopping: nothing is claimed any more; 3 items in hand", worker.LastLines(100), StringComparison.Ordinal);
        Assert.Contains("0 given back, 0 left behind", worker.LastLines(100), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00:00:01", false, "its time is over")]
    [InlineData("00:10:00", true, "a second signal came")]
    public async Task What_cannot_be_finished_is_given_back_when_the_time_is_over_or_a_second_signal_comes(string drainTime, bool again, string why)
    {
        await using var worker = Worker(drainTime);
        await using var blocked = await HoldUpAsync(worker);

        await worker.TerminateAsync();
        await Wait.UntilAsync(() => Task.FromResult(worker.LastLines(100).Contains("Stopping: nothing is claimed", StringComparison.Ordinal)), "it has heard");
        if (again) await worker.TerminateAsync();

        Assert.Equal(0, await worker.EndedAsync().WaitAsync(Patience));
        await EndLockAsync(blocked);
        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from triage_result"));
        Assert.Equal(3, await _store.AskAsync<long>("select count(*) from work_item where stage = 1 and lease is null and attempts = 0 and available_at <= now()"));
        Assert.Empty(await WorkersAsync());
        Assert.Contains(why, worker.LastLines(100), StringComparison.Ordinal);
        Assert.Contains("3 given back, 0 left behind", worker.LastLines(100), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_kill_9_another_worker_takes_over_within_the_lease_of_the_dead()
    {
        await using var killed = Worker("00:00:15");
        await using var blocked = await HoldUpAsync(killed);
        await killed.KillAsync();
        await EndLockAsync(blocked);

        await using var second = Worker("00:00:15");
        second.Start();

        // The items' own lease is two minutes.
        await Wait.UntilAsync(() => _store.AskAsync<bool>("select count(*) = 3 from decision"), "all are judged and decided", 60, () => Task.FromResult(second.LastLines(5)));
        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from work_item"));
        Assert.Contains("went silent; 3 items it held are free", second.LastLines(100), StringComparison.Ordinal);
    }
}
