using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Store;

public sealed class IntakeTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestStore _store = null!;

    public async Task InitializeAsync() => _store = await TestStore.CreateAsync(postgres);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private Task<long> CountAsync(string table) => _store.AskAsync<long>($"select count(*) from {table}");

    [Fact]
    public async Task An_exact_copy_is_recognised_and_its_bytes_are_kept_once()
    {
        Assert.Equal([IntakeOutcome.Stored], await _store.OutcomesAsync(MailText.Of()));
        Assert.Equal([IntakeOutcome.Duplicate], await _store.OutcomesAsync(MailText.Of()));

        Assert.Equal((1, 1, 2), (await CountAsync("message"), await CountAsync("raw_mail"), await CountAsync("intake_entry")));
        Assert.Equal(await _store.AskAsync<long>("select id from message"), await _store.AskAsync<long>("select message_id from intake_entry where outcome = 'Duplicate'"));
    }

    [Fact]
    public async Task A_copy_that_came_another_way_is_a_copy_and_its_bytes_are_kept_too()
    {
        var outcomes = await _store.OutcomesAsync(
            MailText.Of(received: "from a.example by mx.shop.example; Mon, 2 Nov 2026 08:12:00 +0000"),
            MailText.Of(received: "from b.example by mx2.shop.example; Mon, 2 Nov 2026 08:15:00 +0000", extra: "X-Spam-Score: 0\r\nDKIM-Signature: v=1; d=x\r\n"));

        Assert.Equal([IntakeOutcome.Stored, IntakeOutcome.Duplicate], outcomes);
        Assert.Equal((1, 2), (await CountAsync("message"), await CountAsync("raw_mail")));
    }

    [Theory]
    [InlineData("body")]
    [InlineData("subject")]
    [InlineData("date")]
    [InlineData("sender")]
    public async Task A_reused_message_id_with_other_content_is_another_message(string what)
    {
        var other = what switch
        {
            "body" => MailText.Of(body: "It has come!"),
            "subject" => MailText.Of(subject: "Another matter"),
            "date" => MailText.Of(date: "Tue, 3 Nov 2026 08:11:53 +0000"),
            _ => MailText.Of(from: "ben@customer.example"),
        };

        Assert.Equal([IntakeOutcome.Stored, IntakeOutcome.Stored], await _store.OutcomesAsync(MailText.Of(), other));
    }

    [Fact]
    public async Task Fields_do_not_run_into_each_other_when_one_mail_hides_a_separator()
        => Assert.Equal([IntakeOutcome.Stored, IntakeOutcome.Stored], await _store.OutcomesAsync(
            MailText.Of(subject: "=?utf-8?B?" + Convert.ToBase64String("ab\0\0c"u8) + "?=", body: "d"), MailText.Of(subject: "ab", body: "c\0\0d")));

    [Fact]
    public async Task Without_a_message_id_the_content_tells_copies_apart()
    {
        var outcomes = await _store.OutcomesAsync(MailText.Of(id: null), MailText.Of(id: null), MailText.Of(id: null, body: "Something else."));

        Assert.Equal([IntakeOutcome.Stored, IntakeOutcome.Duplicate, IntakeOutcome.Stored], outcomes);
        Assert.Contains("no Message-ID", await _store.AskAsync<string>("select reason from intake_entry where outcome = 'Duplicate'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_mail_in_two_mailboxes_is_a_message_in_each()
    {
        var other = await _store.MailboxAsync("sales@shop.example");
        var parsed = _store.Get<MailReader>().Read(new OfferedMail("a.eml", Encoding.UTF8.GetBytes(MailText.Of()), 1));

        foreach (var mailbox in new[] { _store.Mailbox, other })
            Assert.Equal(IntakeOutcome.Stored, (await _store.Get<Core.Data.IntakeStore>().StoreAsync(mailbox, null, [parsed], CancellationToken.None))[0].Outcome);

        Assert.Equal((2, 1), (await CountAsync("message"), await CountAsync("raw_mail")));
    }

    [Fact]
    public async Task Concurrent_imports_of_the_same_mails_store_each_once_in_each_mailbox()
    {
        var other = await _store.MailboxAsync("sales@shop.example");
        var mails = Enumerable.Range(0, 200).Select(i => _store.Get<MailReader>().Read(new OfferedMail($"{i}.eml", Encoding.UTF8.GetBytes(MailText.Of(id: $"m{i}@x.example", body: $"Mail {i}")), 1))).ToArray();
        var intake = _store.Get<Core.Data.IntakeStore>();

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            var stored = 0;
            foreach (var batch in mails.OrderBy(m => (m.Sha256[0] * 31 + m.Sha256[1] * (n + 1)) % 251).Chunk(40))
                stored += (await intake.StoreAsync(n % 2 == 0 ? _store.Mailbox : other, null, batch, CancellationToken.None)).Count(r => r.Outcome == IntakeOutcome.Stored);
            return stored;
        })));

        Assert.Equal(400, results.Sum());
        Assert.Equal((400, 200, 1600), (await CountAsync("message"), await CountAsync("raw_mail"), await CountAsync("intake_entry")));
        Assert.Equal(400, await _store.AskAsync<long>("select count(*) from work_item where stage = 1"));
    }

    [Fact]
    public async Task It_arrived_when_the_last_server_says_and_never_in_the_future()
    {
        await _store.StoreAsync(
            MailText.Of(id: "1", received: "from a by b; Mon, 2 Nov 2020 10:00:00 +0100"), MailText.Of(id: "2", received: "from a by b; Mon, 2 Nov 2099 10:00:00 +0000"),
            MailText.Of(id: "3", date: "Mon, 2 Nov 2020 12:00:00 +0000"), MailText.Of(id: "4", date: "Fri, 31 Dec 9999 23:59:59 -1200"), MailText.Of(id: "5", date: "Mon, 1 Jan 0001 00:00:00 +1400"));

        var at = await _store.ColumnAsync<DateTimeOffset>("select received_at from message order by id");

        Assert.Equal(new DateTimeOffset(2020, 11, 2, 9, 0, 0, TimeSpan.Zero), at[0]);
        Assert.Equal(new DateTimeOffset(2020, 11, 2, 12, 0, 0, TimeSpan.Zero), at[2]);
        Assert.All(at.Where((_, i) => i is 1 or 3 or 4), t => Assert.InRange(t, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(1)));
    }

    [Fact]
    public async Task Every_offered_mail_has_a_line_in_the_ledger_with_its_reason()
    {
        OfferedMail[] offered =
        [
            new("good.eml", Encoding.UTF8.GetBytes(MailText.Of()), 1), new("copy.eml", Encoding.UTF8.GetBytes(MailText.Of()), 1),
            new("photo.eml", new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3 }, 7), new("gone.eml", default, 0, "It could not be read: Permission denied"),
        ];

        var results = await _store.StoreAsync(offered);

        Assert.Equal([IntakeOutcome.Stored, IntakeOutcome.Duplicate, IntakeOutcome.Unparsable, IntakeOutcome.Refused], results.Select(r => r.Outcome));
        Assert.All(await _store.ColumnAsync<string>("select reason from intake_entry"), Assert.NotEmpty);
        Assert.Equal(3, await _store.AskAsync<long>("select count(raw_id) from intake_entry"));
        Assert.Equal("It could not be read: Permission denied", await _store.AskAsync<string>("select reason from intake_entry where outcome = 'Refused'"));
        // What cannot be read as mail goes to a person without triage.
        Assert.Equal([1, 2], await _store.ColumnAsync<short>("select stage from work_item order by id"));
    }
}
