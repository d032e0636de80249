using EmailOps.Core.Data;
using EmailOps.Core.Delivery;
using EmailOps.Core.Work;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Store;

/// <summary>An operator who takes an approval back at the very moment that delivery has it in hand.</summary>
public sealed class DeliveryRaceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestStore _store = null!;
    private long _draft;

    public async Task InitializeAsync()
    {
        _store = await TestStore.CreateAsync(postgres);
        await _store.StoreAsync(MailText.Of());
        _draft = await _store.AskAsync<long>("insert into draft (message_id, body, language, citations, state, version, created_at) select id, 'Hello', 'en', '[]', 'Proposed', 1, now() from message returning id");
        Assert.Equal(WriteOutcome.Done, await _store.Get<DraftStore>().ApproveAsync(_draft, 1, "Olga", null, CancellationToken.None));
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private async Task<(IReadOnlyList<WorkItem> Items, ReplyCase Case)> ClaimAsync()
    {
        var items = await _store.Get<WorkQueue>().ClaimAsync(Stage.Delivery, CancellationToken.None);
        return (items, (await _store.Get<DeliveryStore>().LoadAsync([_draft], CancellationToken.None))[_draft]);
    }

    private async Task SaveAsync(IReadOnlyList<WorkItem> items, ReplyCase c) => await _store.Get<DeliveryStore>().SaveAsync(items,
        [Composer.Compose(await _store.Get<ReplyMarkKey>().MarksAsync(CancellationToken.None), c, TimeProvider.System.GetUtcNow())], CancellationToken.None);

    [Fact]
    public async Task What_was_taken_back_after_it_was_loaded_does_not_leave()
    {
        var (items, found) = await ClaimAsync();

        Assert.Equal(WriteOutcome.Done, await _store.Get<DraftStore>().ReopenAsync(_draft, 2, "Olga", CancellationToken.None));
        await SaveAsync(items, found);

        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from outbound_message"));
        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from work_item where stage = 3"));
    }

    [Fact]
    public async Task Words_that_were_replaced_after_they_were_loaded_do_not_leave_the_new_ones_do()
    {
        var drafts = _store.Get<DraftStore>();
        var (items, found) = await ClaimAsync();
        await drafts.ReopenAsync(_draft, 2, "Olga", CancellationToken.None);
        await drafts.ApproveAsync(_draft, 3, "Olga", "Better words", CancellationToken.None);

        await SaveAsync(items, found);
        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from outbound_message"));
        var (later, fresh) = await ClaimAsync();
        await SaveAsync(later, fresh);

        Assert.Equal("Better words", await _store.AskAsync<string>("select body from outbound_message"));
    }

    [Fact]
    public async Task Taking_back_waits_for_a_delivery_under_way_and_then_sees_it()
    {
        var (items, found) = await ClaimAsync();
        await using var connection = await _store.Source.OpenConnectionAsync();
        await using var delivering = await connection.BeginTransactionAsync();
        await Sql.ExecuteAsync(connection, "select 1 from draft where id = $1 for share", [_draft], CancellationToken.None);

        var reopening = _store.Get<DraftStore>().ReopenAsync(_draft, 2, "Olga", CancellationToken.None);
        await SaveAsync(items, found);
        Assert.False(reopening.IsCompleted);
        await delivering.CommitAsync();

        Assert.Equal(WriteOutcome.Done, await reopening);
        Assert.Equal("Cancelled", await _store.AskAsync<string>("select state from outbound_message"));
    }
}
