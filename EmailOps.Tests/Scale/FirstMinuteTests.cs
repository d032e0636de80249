using EmailOps.Core.Data;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Scale;

/// <summary>In the first minute of a new installation no table has statistics, and the planner takes whatever index fits.</summary>
public sealed class FirstMinuteTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Messages = 600;

    [Fact]
    public async Task What_a_sender_wrote_before_is_looked_for_among_the_senders_mails_alone()
    {
        // Connections that are not pooled hand in their counters when they close.
        await using var store = await TestStore.OpenAsync(await postgres.CreateDatabaseAsync() + ";Pooling=false");
        await store.ExecuteAsync("alter table message set (autovacuum_enabled = off)");
        await store.StoreAsync(Enumerable.Range(0, Messages).Select(i => MailText.Of(id: $"{i}@x.example", from: $"person{i % 200}@sender.example", subject: $"Question {i}", body: $"Where is order {i}?")).ToArray());
        var ids = await store.ColumnAsync<long>("select id from message");

        await store.Get<TriageStore>().LoadAsync(ids, CancellationToken.None);
        await store.StoreAsync(Enumerable.Range(0, 200).Select(i => MailText.Of(id: $"again{i}@x.example", from: $"person{i}@sender.example", subject: $"Re: Question {i}", body: "Any news?")).ToArray());

        await Wait.UntilAsync(async () => await Reads(store, "message_sender") > 0, "the counters are in");
        Assert.Equal(0, await Reads(store, "message_of_mailbox"));
        Assert.InRange(await Reads(store, "message_sender"), 1, 20 * Messages);
    }

    private static Task<long> Reads(TestStore store, string index) => store.AskAsync<long>($"select idx_tup_read from pg_stat_user_indexes where indexrelname = '{index}'");
}
