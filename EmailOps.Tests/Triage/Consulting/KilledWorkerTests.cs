using EmailOps.Benchmarks.Chaos;
using EmailOps.Core.Contracts;
using EmailOps.Core.Work;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Triage.Consulting;

/// <summary>The real worker as a process of its own: killed while it asks, and judging again by itself.</summary>
public sealed class KilledWorkerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_worker_killed_while_it_asks_loses_nothing_and_doubles_nothing_and_the_next_one_judges_again_what_was_missed()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        var folder = Directory.CreateTempSubdirectory("emailops-killed-");
        await using var worker = new WorkerProcess(Path.Combine(folder.FullName, "worker.log"),
        [
            ("ConnectionStrings__emailops", consult.Store.ConnectionString), ("EMAILOPS_ENV_FILE", "none"), ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("WORKER_PORT", "0"), ("SECRETS_KEY", TestStore.SecretsKey), ("LOG_FILE_ENABLED", "false"), ("LOG_LEVEL", "WARNING"),
            ("CACHE_DIR", Path.Combine(AppContext.BaseDirectory, "test-cache")), ("Consulting__LookEvery", "00:00:00.2"), ("Consulting__JudgeAgainFor", "3.00:00:00"), ("LanguageModels__Retries", "0"), ("LanguageModels__Breaker__OpenFor", "00:00:00.1"), ("LanguageModels__Breaker__MaxOpenFor", "00:00:00.1"), ("LanguageModels__ProbeEvery", "00:00:01"),
            .. consult.Ollama.Settings.Select(s => (s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value)),
        ]);
        Task UntilAsync(Func<Task<bool>> isTrue, string what) => Wait.UntilAsync(isTrue, what, seconds: 90, () => Task.FromResult(worker.LastLines(20)));

        // The model says nothing: the worker is killed while it waits.
        consult.Ollama.Answer = _ => ModelSays.Nothing;
        var message = await consult.StoreAsync();
        worker.Start();
        await UntilAsync(() => Task.FromResult(!consult.Ollama.Asked.IsEmpty), "the model is asked");
        await worker.KillAsync();
        Assert.Equal([(short)Stage.Consult], await consult.Store.ColumnAsync<short>("select stage from work_item where subject_id > 0"));
        Assert.Equal("none", await consult.DecisionAsync(message));
        Assert.Equal(1L, await consult.Store.AskAsync<long>("select count(*) from triage_result"));
        Assert.Equal(0L, await consult.Store.AskAsync<long>("select count(*) from consultation"));

        // Its lease runs out, and another worker takes over.
        await consult.Store.ExecuteAsync("update work_item set available_at = now()");
        consult.Ollama.Answer = ConsultUnderTest.Sensible;
        worker.Start();
        await UntilAsync(async () => await consult.DecisionAsync(message) != "none", "it is decided");
        Assert.Equal(ConsultationOutcome.Answered, (await consult.ConsultationAsync(message)).Outcome);
        Assert.Equal(1L, await consult.Store.AskAsync<long>($"select count(*) from decision where message_id = {message}"));
        Assert.True(await consult.Store.AskAsync<long>($"select count(*) from draft where message_id = {message} and state = 'Proposed'") <= 1);

        // The model breaks and comes back: nobody has to do anything.
        consult.Ollama.Answer = _ => ModelSays.Status(500);
        var missed = await consult.StoreAsync("And how long does delivery to Iceland take?", "Iceland");
        await UntilAsync(async () => await consult.DecisionAsync(missed) != "none", "it is decided without the model");
        Assert.True(await consult.IsDegradedAsync(missed));
        consult.Ollama.Answer = ConsultUnderTest.Sensible;
        await UntilAsync(async () => !await consult.IsDegradedAsync(missed), "it is judged again");
        await UntilAsync(() => consult.Store.AskAsync<bool>("select not exists (select from work_item where died_at is null and stage in (1, 2, 7))"), "all work is done");
        Assert.Equal(0L, await consult.Store.AskAsync<long>("select count(*) from work_item where died_at is not null"));
        await worker.KillAsync();
        folder.Delete(recursive: true);
    }
}
