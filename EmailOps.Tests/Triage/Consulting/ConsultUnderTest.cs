using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Articles;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Core.Work;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using EmailOps.Worker.Stages;
using Microsoft.Extensions.Hosting;

namespace EmailOps.Tests.Triage.Consulting;

/// <summary>A store with the samples' taxonomy and articles, a stand-in model server, and the stages run by hand: nothing happens that a test did not ask for.</summary>
internal sealed class ConsultUnderTest : IAsyncDisposable
{
    public const string Question = "Could somebody of the team look into the thing with the choir rehearsal we spoke about by telephone?";
    private int _mails;

    private ConsultUnderTest(TestStore store, StandInOllama ollama) => (Store, Ollama) = (store, ollama);

    public TestStore Store { get; }
    public StandInOllama Ollama { get; }
    /// <summary>Cancelled, the worker stops.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    public static async Task<ConsultUnderTest> CreateAsync(PostgresFixture postgres, params (string Key, string Value)[] settings)
        => await OpenAsync(await postgres.CreateDatabaseAsync(), settings);

    /// <summary>Another worker, which knows nothing but what is stored.</summary>
    public static async Task<ConsultUnderTest> OpenAsync(string database, params (string Key, string Value)[] settings)
    {
        var ollama = await StandInOllama.StartAsync(Sensible);
        var store = await TestStore.OpenAsync(database,
        [
            .. ollama.Settings, ("CACHE_DIR", Path.Combine(AppContext.BaseDirectory, "test-cache")), ("Cache:Enabled", "false"), ("LanguageModels:Retries", "0"), ("LanguageModels:Breaker:OpenFor", "00:00:00.05"), ("LanguageModels:Breaker:MaxOpenFor", "00:00:00.05"),
            ("Consulting:TimeBudget", "00:00:30"), ("Consulting:UnusablePause", "00:00:00.001"), ("Consulting:MostAttempts", "3"), .. settings,
        ]);
        await store.Get<ArticleImport>().RunAsync(Core.Knowledge.KnowledgeFolder.Read(Path.Combine(TriageUnderTest.Samples, "knowledge")), "test", ImportMode.AtStart, CancellationToken.None);
        await store.Get<ModelRoster>().LookAsync(TimeSpan.Zero, CancellationToken.None);
        // Whatever the built-in model of the day is sure of: what a person writes is asked about.
        await store.ExecuteAsync($"update mailbox set settings = '{Sql.Json(new MailboxSettings { Model = new ModelPolicy { Use = ModelUse.Always } })}' where settings is null");
        return new ConsultUnderTest(store, ollama);
    }

    /// <summary>Answers each question as it was asked.</summary>
    public static ModelSays Sensible(AskedModel asked) => asked.Schema!.Value.GetProperty("properties").EnumerateObject().First().Name switch
    {
        "category" => ModelSays.Json(new { category = "shipping", priority = 6, reason = "It is about a parcel." }),
        "summary" => ModelSays.Json(new { summary = "The writer asks again." }),
        _ => ModelSays.Json(new { paragraphs = Array.Empty<object>() }),
    };

    /// <returns>The message's id; triage is queued.</returns>
    public async Task<long> StoreAsync(string body = Question, string subject = "A question", string extra = "", string? references = null)
        => (await Store.StoreAsync(MailText.Of(id: $"c{++_mails}@customer.example", subject: subject, body: body, extra: extra, references: references, from: references is null ? $"Ada <ada{_mails}@customer.example>" : "Ada <ada1@customer.example>")))[0].MessageId!.Value;

    public Task PolicyAsync(ModelPolicy policy) => Store.ExecuteAsync($"update mailbox set settings = '{Sql.Json(new MailboxSettings { Model = policy })}'");

    /// <summary>Runs stages until nothing is ready in any of them.</summary>
    public async Task RunAsync(params Stage[] stages)
    {
        if (stages.Length == 0) stages = [Stage.Triage, Stage.Consult, Stage.Policy];
        for (var busy = true; busy;)
        {
            busy = false;
            foreach (var stage in stages)
                while (await StepAsync(stage)) busy = true;
        }
    }

    /// <summary>One claim, as the loops make it.</summary>
    public async Task<bool> StepAsync(Stage stage)
    {
        var queue = Store.Queue(new WorkOptions { BatchSize = stage == Stage.Consult ? 1 : 200 });
        if (await queue.ClaimAsync(stage, CancellationToken.None) is not { Count: > 0 } items) return false;
        await queue.FailAsync(await StageOf(stage).RunAsync(items, CancellationToken.None), CancellationToken.None);
        return true;
    }

    public IStage StageOf(Stage stage) => stage switch
    {
        Stage.Triage => new TriageStage(Store.Get<TriageStore>(), Store.Get<TriageSource>(), Store.Get<ConsultDesk>(), TimeProvider.System),
        Stage.Consult => new ConsultStage(Store.Get<ConsultStore>(), Store.Get<ConsultDesk>(), Store.Get<TriageStore>(), Store.Get<TriageSource>(), Store.Get<ConsultOptions>(), Store.Get<WorkQueue>(), new Life(Stopping.Token), TimeProvider.System),
        _ => new PolicyStage(Store.Get<PolicyStore>(), Store.Get<TriageSource>(), TimeProvider.System),
    };

    /// <summary>Looks for messages to judge again, as the watch does, and judges them.</summary>
    public async Task<int> JudgeAgainAsync()
    {
        // The breaker lets somebody try when its time is up; where nobody is there, it never does.
        for (var i = 0; i < 50 && Store.Get<ConsultDesk>().Obstacle is not null && Store.Get<ModelRoster>().Providers.Any(p => p.ChatModel is not null); i++) await Task.Delay(20);
        await Store.Get<ModelRoster>().LookAsync(TimeSpan.Zero, CancellationToken.None);
        var queued = Store.Get<ConsultDesk>() is { HasModel: true, Obstacle: null } ? await Store.Get<ConsultSweep>().RunAsync(CancellationToken.None) : 0;
        await RunAsync();
        return queued;
    }

    public async Task<ConsultationView> ConsultationAsync(long message) => await Store.Get<ConsultViews>().FindAsync(message, CancellationToken.None) ?? throw new InvalidOperationException("There was no consultation.");

    public Task<bool> IsDegradedAsync(long message) => Store.AskAsync<bool>($"select degraded from triage_result where message_id = {message}");

    public Task<string> CategoryAsync(long message) => Store.AskAsync<string>($"select category from triage_result where message_id = {message}");

    public Task<string> DecisionAsync(long message) => Store.AskAsync<string>($"select coalesce((select kind from decision where message_id = {message}), 'none')");

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Ollama.DisposeAsync();
        Stopping.Dispose();
    }

    private sealed class Life(CancellationToken stopping) : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;
        public CancellationToken ApplicationStopping => stopping;
        public CancellationToken ApplicationStopped => CancellationToken.None;
        public void StopApplication() => throw new NotSupportedException();
    }
}
