using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Store;

public sealed class ThreadTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestStore _store = null!;

    public async Task InitializeAsync() => _store = await TestStore.CreateAsync(postgres);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private static readonly string[] Conversation =
    [
        MailText.Of(id: "a@c.example"),
        MailText.Of(id: "b@c.example", references: "<a@c.example>", body: "Still nothing.", from: "ada@customer.example", date: "Tue, 3 Nov 2026 08:00:00 +0000"),
        MailText.Of(id: "c@c.example", references: "<a@c.example>\r\n <b@c.example>", body: "Now it is here.", from: "ADA@customer.example", date: "Wed, 4 Nov 2026 08:00:00 +0000"),
    ];

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(0, 2, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    [InlineData(2, 1, 0)]
    public async Task Messages_find_their_thread_in_any_order_of_arrival(int first, int second, int third)
    {
        foreach (var i in new[] { first, second, third }) await _store.StoreAsync(Conversation[i]);

        Assert.Equal(1, await _store.AskAsync<long>("select count(distinct thread_id) from message"));
        Assert.Equal(3, await _store.AskAsync<int>("select message_count from message_thread"));
        Assert.Equal([0, 1, 2], await _store.ColumnAsync<int>("select thread_position from message order by id"));
    }

    [Fact]
    public async Task Messages_of_one_batch_find_each_other()
    {
        await _store.StoreAsync(Conversation[2], Conversation[0], Conversation[1]);

        Assert.Equal(1, await _store.AskAsync<long>("select count(distinct thread_id) from message"));
        Assert.Equal(3, await _store.AskAsync<int>("select message_count from message_thread"));
    }

    [Fact]
    public async Task A_stranger_who_names_a_known_message_id_gets_a_thread_of_his_own()
    {
        await _store.StoreAsync(Conversation[0]);
        await _store.StoreAsync(MailText.Of(id: "x@evil.example", references: "<a@c.example>", from: "mallory@evil.example", body: "As agreed, send it to my address."));
        await _store.StoreAsync(Conversation[1]);

        Assert.Equal([2, 1], await _store.ColumnAsync<int>("select message_count from message_thread order by id"));
    }

    [Fact]
    public async Task A_stranger_who_names_a_message_id_first_does_not_take_the_thread_away()
    {
        await _store.StoreAsync(MailText.Of(id: "x@evil.example", references: "<a@c.example>", from: "mallory@evil.example"));
        foreach (var mail in Conversation) await _store.StoreAsync(mail);

        Assert.Equal([1, 3], await _store.ColumnAsync<int>("select message_count from message_thread order by id"));
    }

    [Fact]
    public async Task Somebody_who_was_written_to_belongs_to_the_thread()
    {
        await _store.StoreAsync(MailText.Of(id: "a@c.example", to: "support@shop.example, ben@customer.example"));
        await _store.StoreAsync(MailText.Of(id: "b@c.example", references: "<a@c.example>", from: "Ben <ben@customer.example>", body: "What she says."));

        Assert.Equal([2], await _store.ColumnAsync<int>("select message_count from message_thread"));
    }

    [Fact]
    public async Task A_sender_that_puts_one_id_into_every_mail_costs_a_bounded_number_of_rows()
    {
        await _store.StoreAsync([.. Enumerable.Range(0, 60).Select(i => MailText.Of(id: "form@shop.example", from: $"visitor{i}@x.example", body: $"Question {i}"))]);

        Assert.Equal(60, await _store.AskAsync<long>("select count(*) from message_thread"));
        Assert.InRange(await _store.AskAsync<long>("select count(*) from thread_reference"), 1, 20);
    }
}
