using EmailOps.Core.Data;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Store;

public sealed class RepeatContactTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly string First = MailText.Of(id: "1@c.example", body: "Where is it?", date: "Mon, 2 Nov 2026 08:00:00 +0000");
    private static readonly string Again = MailText.Of(id: "2@c.example", body: "Hello?", date: "Wed, 4 Nov 2026 08:00:00 +0000", references: "<1@c.example>");
    private static readonly string Elsewhere = MailText.Of(id: "3@c.example", body: "A new thread, same person.", date: "Thu, 5 Nov 2026 08:00:00 +0000");

    [Fact]
    public async Task A_sender_who_writes_again_without_an_answer_is_counted_and_waits_since_the_first_message()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await store.StoreAsync(First, Again, Elsewhere, MailText.Of(id: "4@o.example", from: "other@customer.example", date: "Wed, 4 Nov 2026 09:00:00 +0000"));

        var messages = await store.Get<TriageStore>().LoadAsync(await store.ColumnAsync<long>("select id from message"), CancellationToken.None);

        var (first, again, elsewhere, other) = (messages[1], messages[2], messages[3], messages[4]);
        Assert.Equal((0, null), (first.UnansweredBefore, first.WaitingSince));
        Assert.Equal((1, first.ReceivedAt), (again.UnansweredBefore, again.WaitingSince));
        Assert.Equal((2, null), (elsewhere.UnansweredBefore, elsewhere.WaitingSince));
        Assert.Equal((0, null), (other.UnansweredBefore, other.WaitingSince));
    }

    [Fact]
    public async Task An_answer_that_was_sent_ends_the_waiting()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await store.StoreAsync(First, Again);
        await store.ExecuteAsync("""
            insert into draft (id, message_id, body, language, citations, state, version, created_at) values (1, 1, 'x', 'en', '[]', 'Approved', 1, now());
            insert into outbound_message (message_id, draft_id, mailbox_id, internet_message_id, recipient, subject, body, state, created_at, sent_at)
            values (1, 1, 1, 'a', 'b', 'c', 'd', 'Sent', now(), '2026-11-03')
            """);

        var again = (await store.Get<TriageStore>().LoadAsync([2], CancellationToken.None))[2];

        Assert.Equal((0, null), (again.UnansweredBefore, again.WaitingSince));
    }
}
