using System.Numerics.Tensors;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Work;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using EmailOps.Worker.Stages;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Lessons;

/// <summary>A mailbox whose mail is judged, decided and learned from by hand: nothing happens that a test did not ask for.</summary>
internal sealed class LearningUnderTest : IAsyncDisposable
{
    private int _mails;

    private LearningUnderTest(TestStore store) => Store = store;

    public TestStore Store { get; }
    public long Mailbox => Store.Mailbox;

    public static async Task<LearningUnderTest> CreateAsync(PostgresFixture postgres) => new(await TestStore.OpenAsync(await postgres.CreateDatabaseAsync(), Settings));

    /// <summary>Another process on the same database.</summary>
    public async Task<LearningUnderTest> AnotherAsync() => new(await TestStore.OpenAsync(Store.ConnectionString, Settings));

    private static (string, string)[] Settings => [("CACHE_DIR", Path.Combine(AppContext.BaseDirectory, "test-cache")), ("Triage:RefreshEvery", "00:00:00.0000001")];

    public T Get<T>() where T : notnull => Store.Get<T>();

    /// <summary>A mail, judged and decided.</summary>
    public async Task<long> MailAsync(string subject, string body)
    {
        var number = Interlocked.Increment(ref _mails);
        await Store.StoreAsync(MailText.Of(id: $"{Guid.NewGuid():N}@customer.example", subject: subject, body: body, from: $"ada{number}@customer.example"));
        await RunAsync(Stage.Triage);
        await RunAsync(Stage.Policy);
        return await Store.AskAsync<long>("select max(id) from message");
    }

    public async Task RunAsync(Stage stage)
    {
        var services = Get<IServiceProvider>();
        IStage runner = stage switch
        {
            Stage.Triage => ActivatorUtilities.CreateInstance<TriageStage>(services),
            Stage.Policy => ActivatorUtilities.CreateInstance<PolicyStage>(services),
            _ => ActivatorUtilities.CreateInstance<LearningStage>(services),
        };
        while (await Get<WorkQueue>().ClaimAsync(stage, CancellationToken.None) is { Count: > 0 } items) Assert.Empty(await runner.RunAsync(items, CancellationToken.None));
    }

    /// <summary>Has the waiting decisions learned.</summary>
    public async Task<ModelView> LearnAsync()
    {
        await RunAsync(Stage.Learning);
        return await ModelAsync();
    }

    public async Task<ModelView> ModelAsync() => (await Get<ModelPeople>().FindAsync(Mailbox, CancellationToken.None))!;

    public async Task CorrectAsync(long message, string category, string actor = "Olga")
        => Assert.Equal(WriteOutcome.Done, await Get<CorrectionStore>().CorrectAsync(message, category, actor, CancellationToken.None));

    public async Task<long> LastLessonAsync() => await Store.AskAsync<long>("select max(id) from lesson");

    /// <summary>What a version says of a text, by label.</summary>
    public async Task<float[]> SayAsync(int number, string text)
    {
        var model = await Get<LearnedModels>().GetAsync(Mailbox, number, CancellationToken.None);
        var probabilities = new float[model.Categories.Labels.Count];
        model.Categories.Predict(text, probabilities);
        return probabilities;
    }

    public async Task<string> CategoryAsync(int number, string text)
        => Get<TriageFiles>().Setup.Model.Labels[TensorPrimitives.IndexOfMax<float>(await SayAsync(number, text))];

    public async ValueTask DisposeAsync() => await Store.DisposeAsync();
}
