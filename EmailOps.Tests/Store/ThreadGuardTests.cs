using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Store;

/// <summary>Who may join a thread, by what, and what becomes of those who may not.</summary>
public sealed class ThreadGuardTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Pass = "dmarc=pass header.from=customer.example";
    private TestStore _store = null!;
    private ServerMailbox _server = null!;
    private string _reply = "";

    public async Task InitializeAsync()
    {
        _store = await TestStore.CreateAsync(postgres);
        _server = await ServerMailbox.CreateAsync(_store, ServerMailbox.Server);
        var first = await _server.ReceiveAsync(ServerMailbox.Checked(Pass) + MailText.Of(id: "a@c.example"));
        _reply = await _server.SentAsync(first[0].MessageId!.Value);
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private static string Mail(string results, string from, string? references = null, string id = "b@c.example", string subject = "Something else entirely now", string to = TestStore.Address, string extra = "")
        => ServerMailbox.Checked(results) + MailText.Of(id: id, from: from, references: references, subject: subject, body: $"Words of {id}", to: to, extra: extra);

    private async Task<bool> JoinsAsync(string mail)
    {
        var stored = Assert.Single(await _server.ReceiveAsync(mail));
        var (thread, related) = (await _store.AskAsync<long>($"select thread_id from message where id = {stored.MessageId}"), await _store.AskAsync<long>($"select coalesce(related_thread_id, 0) from message where id = {stored.MessageId}"));
        var first = await _store.AskAsync<long>("select thread_id from message order by id limit 1");
        if (thread == first) Assert.Equal(0, related);
        else Assert.Equal(first, related);
        return thread == first;
    }

    [Fact]
    public async Task The_recipient_joins_by_our_message_id_even_in_another_case() => Assert.True(await JoinsAsync(Mail(Pass, "ada@customer.example", $"<{_reply.ToUpperInvariant()}>")));

    [Fact]
    public async Task The_recipient_joins_by_our_message_id_with_white_space_in_it() => Assert.True(await JoinsAsync(Mail(Pass, "ADA@Customer.Example", $"<{_reply[..20]}\r\n {_reply[20..]}>")));

    [Fact]
    public async Task Whom_we_answered_elsewhere_joins_by_our_message_id()
    {
        var first = await _store.AskAsync<long>("select min(id) from message");
        var reply = await _server.SentAsync(first, "ada.private@other.example"); // by her Reply-To

        Assert.True(await JoinsAsync(Mail("dmarc=none; spf=none", "ada.private@other.example", $"<{reply}>")));
    }

    [Fact]
    public async Task A_colleague_proved_to_be_one_joins_by_our_message_id() => Assert.True(await JoinsAsync(Mail("dkim=pass header.d=customer.example", "ben@mail.customer.example", $"<{_reply}>")));

    [Theory]
    [InlineData("dmarc=none; spf=none", "ben@customer.example")] // not proved
    [InlineData("dmarc=fail header.from=customer.example", "ada@customer.example")] // forged
    [InlineData("dmarc=pass header.from=evil.example", "mallory@evil.example")] // a stranger, proved to be one
    [InlineData("dmarc=pass header.from=evil.example", "ada@customer.example.evil.example")]
    [InlineData("dmarc=none", "support+anything@shop.example")]
    [InlineData("dmarc=none", "support@shop.example")] // takes part in every thread, and this is not proved to be it
    public async Task Others_who_know_our_message_id_do_not_join(string results, string from) => Assert.False(await JoinsAsync(Mail(results, from, $"<{_reply}>")));

    [Fact]
    public async Task People_of_one_free_mail_provider_are_no_colleagues()
    {
        var first = await _server.ReceiveAsync(ServerMailbox.Checked("dmarc=pass header.from=gmail.com") + MailText.Of(id: "g@gmail.com", from: "gina@gmail.com", subject: "Another matter"));
        var reply = await _server.SentAsync(first[0].MessageId!.Value, "gina@gmail.com");

        await _server.ReceiveAsync(Mail("dmarc=pass header.from=gmail.com", "gustav@gmail.com", $"<{reply}>"));

        Assert.Equal(3, await _store.AskAsync<long>("select count(*) from message_thread"));
    }

    [Fact]
    public async Task A_stolen_reference_does_not_let_a_stranger_in() => Assert.False(await JoinsAsync(Mail("dmarc=pass header.from=evil.example", "mallory@evil.example", "<a@c.example>")));

    [Fact]
    public async Task A_participant_whose_check_failed_does_not_join_by_reference() => Assert.False(await JoinsAsync(Mail("dmarc=fail", "ada@customer.example", "<a@c.example>")));

    [Theory]
    [InlineData("To")]
    [InlineData("Cc")]
    [InlineData("Delivered-To")]
    [InlineData("X-Original-To")]
    public async Task The_token_of_our_address_finds_the_thread(string field)
    {
        var thread = await _store.AskAsync<long>("select thread_id from message limit 1");
        var address = _server.Marks.PlusAddress(thread, TestStore.Address)!;

        Assert.True(await JoinsAsync(field == "To" ? Mail(Pass, "ada@customer.example", to: $"Shop <{address.ToUpperInvariant()}>") : Mail(Pass, "ada@customer.example", extra: $"{field}: {address}\r\n")));
    }

    [Fact]
    public async Task A_stranger_with_the_token_gets_a_thread_of_his_own()
    {
        var address = _server.Marks.PlusAddress(await _store.AskAsync<long>("select thread_id from message limit 1"), TestStore.Address)!;

        Assert.False(await JoinsAsync(Mail("dmarc=pass header.from=evil.example", "mallory@evil.example", to: address)));
    }

    [Fact]
    public async Task A_forged_token_or_message_id_says_nothing()
    {
        var thread = await _store.AskAsync<long>("select thread_id from message limit 1");
        var token = _server.Marks.PlusAddress(thread, TestStore.Address)!;
        await _server.ReceiveAsync(Mail(Pass, "ada@customer.example", to: token.Replace("+t", "+t0", StringComparison.Ordinal), id: "x@c.example"));
        await _server.ReceiveAsync(Mail(Pass, "ada@customer.example", references: $"<{_reply.Replace("emailops.", "emailops.0", StringComparison.Ordinal)}>", id: "y@c.example"));

        Assert.Equal(3, await _store.AskAsync<long>("select count(*) from message_thread"));
        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from message where related_thread_id is not null"));
    }

    [Fact]
    public async Task The_token_of_another_mailbox_finds_nothing()
    {
        var other = await _store.MailboxAsync("sales@shop.example");
        await _store.ExecuteAsync($"update message_thread set mailbox_id = {other}");
        var address = _server.Marks.PlusAddress(await _store.AskAsync<long>("select thread_id from message limit 1"), TestStore.Address)!;
        await _server.ReceiveAsync(Mail(Pass, "ada@customer.example", to: address));

        Assert.Equal(2, await _store.AskAsync<long>("select count(*) from message_thread"));
    }

    [Fact]
    public async Task Whom_a_mail_of_doubtful_origin_copies_does_not_belong_to_the_thread_by_that()
    {
        Assert.True(await JoinsAsync(Mail("dmarc=none", "ada@customer.example", "<a@c.example>", extra: "Cc: mallory@evil.example\r\n")));

        Assert.False(await JoinsAsync(Mail("dmarc=pass header.from=evil.example", "mallory@evil.example", "<a@c.example>", id: "c@c.example")));
    }

    [Fact]
    public async Task A_server_name_that_no_text_column_can_hold_stops_nothing()
    {
        await _store.ExecuteAsync("update mailbox set settings = jsonb_set(settings, '{trustedAuthServers}', '[\"shop.example\"]')");

        await _server.ReceiveAsync($"Authentication-Results: a\0b.shop.example; dmarc=fail\r\n" + MailText.Of(id: "n@c.example", from: "eve@evil.example", subject: "Hello you there"));

        Assert.Equal("Failed", await _store.AskAsync<string>("select trust from message order by id desc limit 1"));
    }

    [Fact]
    public async Task Two_mails_of_one_batch_keep_a_thread_they_both_joined()
    {
        await _server.ReceiveAsync(Mail(Pass, "ada@customer.example", $"<{_reply}>", id: "b@c.example"), Mail(Pass, "ada@customer.example", "<b@c.example>", id: "c@c.example"));

        Assert.Equal([3], await _store.ColumnAsync<int>("select message_count from message_thread"));
    }
}
