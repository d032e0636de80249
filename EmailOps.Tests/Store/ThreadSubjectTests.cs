using EmailOps.Core.Messages;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Store;

/// <summary>Mail programs that drop References: a reply is found by subject and correspondent, and only when there is no doubt.</summary>
public sealed class ThreadSubjectTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestStore _store = null!;

    public async Task InitializeAsync() => _store = await TestStore.CreateAsync(postgres);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private async Task<int> ThreadsAsync(params string[] mails)
    {
        foreach (var mail in mails) await _store.StoreAsync(mail);
        return (int)await _store.AskAsync<long>("select count(distinct thread_id) from message");
    }

    private static string First(string subject = "Where is my parcel", string date = "Mon, 2 Nov 2026 08:00:00 +0000", string id = "a@c.example") => MailText.Of(id: id, subject: subject, date: date);

    private static string Next(string subject = "Re: Where is my parcel", string from = "ada@customer.example", string date = "Tue, 3 Nov 2026 08:00:00 +0000", string? references = null, string extra = "")
        => MailText.Of(id: "b@c.example", subject: subject, from: from, date: date, references: references, extra: extra, body: "Any news?");

    [Theory]
    [InlineData("Where is my parcel", "Re: Where is my parcel")]
    [InlineData("Where is my parcel", "AW: RE: where  is my PARCEL?")]
    [InlineData("Where is my parcel", "Re[2]: Where is my parcel")]
    [InlineData("Order 123456", "SV: Order 123456")]
    [InlineData("注文番号について教えて", "Re: 注文番号について教えて")]
    public async Task A_reply_with_the_same_subject_joins(string subject, string reply) => Assert.Equal(1, await ThreadsAsync(First(subject), Next(reply)));

    [Fact]
    public async Task A_reply_of_the_same_batch_joins()
    {
        await _store.StoreAsync(First(), Next());

        Assert.Equal(1, await _store.AskAsync<long>("select count(*) from message_thread"));
    }

    [Theory]
    [InlineData("Where is my parcel", "Where is my parcel")] // a new mail, not a reply
    [InlineData("Where is my parcel", "Fwd: Where is my parcel")]
    [InlineData("My order", "Re: My order")] // says too little
    [InlineData("Hello", "Re: Hello")]
    [InlineData("Where is my parcel", "Re: Where is my other parcel")]
    public async Task Other_subjects_do_not(string subject, string next) => Assert.Equal(2, await ThreadsAsync(First(subject), Next(next)));

    [Fact]
    public async Task A_stranger_with_the_same_subject_does_not() => Assert.Equal(2, await ThreadsAsync(First(), Next(from: "mallory@evil.example")));

    [Fact]
    public async Task Somebody_only_copied_does_not()
        => Assert.Equal(2, await ThreadsAsync(MailText.Of(id: "a@c.example", extra: "Cc: ben@customer.example\r\n"), Next(from: "ben@customer.example")));

    [Fact]
    public async Task A_thread_long_over_does_not_take_it() => Assert.Equal(2, await ThreadsAsync(First(date: "Mon, 31 Aug 2026 08:00:00 +0000"), Next()));

    [Fact]
    public async Task Of_two_threads_with_one_subject_neither_takes_it()
        => Assert.Equal(3, await ThreadsAsync(First(), MailText.Of(id: "x@c.example", body: "Another parcel."), Next()));

    [Fact]
    public async Task Automatic_mail_does_not() => Assert.Equal(2, await ThreadsAsync(First(), Next(extra: "Auto-Submitted: auto-replied\r\n")));

    [Fact]
    public async Task A_sender_nobody_vouches_for_does_not()
    {
        var server = await ServerMailbox.CreateAsync(_store, ServerMailbox.Server);
        await server.ReceiveAsync(First());
        await server.ReceiveAsync(Next());

        Assert.Equal(2, await _store.AskAsync<long>("select count(*) from message_thread"));
    }

    [Fact]
    public async Task References_to_mail_we_do_not_have_do_not_stand_in_the_way() => Assert.Equal(1, await ThreadsAsync(First(), Next(references: "<rewritten@provider.example>")));

    [Theory]
    [InlineData("Re: Where is my parcel", "where is my parcel")]
    [InlineData("[Ext] Where is my parcel?!", "ext where is my parcel")]
    [InlineData("Order 1234", "order 1234")]
    [InlineData("Order 12", null)]
    [InlineData("Re: ", null)]
    [InlineData("", null)]
    public void What_subjects_are_compared_by(string subject, string? key) => Assert.Equal(key, ThreadSubject.Key(subject));
}
