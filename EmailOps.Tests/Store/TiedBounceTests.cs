using EmailOps.Core.Data;
using EmailOps.Core.Messages;
using EmailOps.Core.Work;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Store;

/// <summary>Reports are tied to the reply they are about, by our signature and the recipient, in the transaction that stores them.</summary>
public sealed class TiedBounceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestStore _store = null!;
    private ServerMailbox _server = null!;
    private string _reply = "";

    public async Task InitializeAsync()
    {
        _store = await TestStore.CreateAsync(postgres);
        _server = await ServerMailbox.CreateAsync(_store, ServerMailbox.Server);
        var first = await _server.ReceiveAsync(ServerMailbox.Checked("dmarc=pass") + MailText.Of(id: "a@c.example"));
        _reply = await _server.SentAsync(first[0].MessageId!.Value);
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private string Report(string? recipient = "ada@customer.example", string action = "failed", string status = "5.1.1", string? id = null, string results = "none") => $"""
        {ServerMailbox.Checked(results)}Return-Path: <>
        From: Mail Delivery System <MAILER-DAEMON@mx.customer.example>
        To: {TestStore.Address}
        Subject: Undelivered Mail Returned to Sender
        Message-ID: <dsn-{Guid.NewGuid():N}@mx.customer.example>
        Date: Tue, 3 Nov 2026 09:00:00 +0000
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="b"

        --b
        Content-Type: text/plain

        I'm sorry to have to inform you that your message could not be delivered.
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.customer.example

        {(recipient is null ? "" : $"Final-Recipient: rfc822; {recipient}\n        ")}Action: {action}
        Status: {status}
        Diagnostic-Code: smtp; 550 {status} No such user

        --b
        Content-Type: text/rfc822-headers

        From: {TestStore.Address}
        To: ada@customer.example
        Subject: Re: Where is my parcel
        Message-ID: <{id ?? _reply}>

        --b--
        """.ReplaceLineEndings("\r\n");

    private async Task<BounceReport?> StoreAsync(string mail)
    {
        var stored = Assert.Single(await _server.ReceiveAsync(mail));
        var reports = await _store.Get<BounceStore>().LoadAsync([stored.MessageId!.Value], CancellationToken.None);
        Assert.Equal(reports.Count, await _store.AskAsync<long>($"select count(*) from work_item where stage = {(int)Stage.Bounce} and subject_id = {stored.MessageId}"));
        Assert.Equal(1, await _store.AskAsync<long>($"select count(*) from work_item where stage = {(int)Stage.Triage} and subject_id = {stored.MessageId}"));
        return reports.Values.SingleOrDefault();
    }

    private Task<long> ThreadsAsync() => _store.AskAsync<long>("select count(*) from message_thread");

    [Fact]
    public async Task A_bounce_stands_in_the_thread_of_the_reply_and_says_what_happened()
    {
        var report = await StoreAsync(Report("ADA@customer.example"));

        Assert.Equal(await _store.AskAsync<long>("select id from outbound_message"), report!.OutboundId);
        Assert.Equal((BounceKind.Failed, true, "5.1.1", "ada@customer.example"), (report.Kind, report.IsHard, report.Status, report.Recipient));
        Assert.Contains("No such user", report.Diagnostic, StringComparison.Ordinal);
        Assert.Equal(1, await ThreadsAsync());
        Assert.DoesNotContain("mailer-daemon@mx.customer.example", await _store.AskAsync<string[]>("select participants from message_thread"));
    }

    [Fact]
    public async Task A_warning_of_delay_is_no_failure() => Assert.Equal(BounceKind.Delayed, (await StoreAsync(Report(action: "delayed", status: "4.4.1")))!.Kind);

    [Fact]
    public async Task A_mailbox_that_is_full_is_a_soft_failure() => Assert.Equal((BounceKind.Failed, (bool?)false), await StoreAsync(Report(status: "5.2.2")) is { } r ? (r.Kind, r.IsHard) : default);

    [Fact]
    public async Task A_report_that_names_another_recipient_touches_nothing()
    {
        Assert.Null(await StoreAsync(Report("somebody@else.example")));
        Assert.Equal(2, await ThreadsAsync());
    }

    [Fact]
    public async Task A_report_with_a_made_up_id_touches_nothing()
    {
        Assert.Null(await StoreAsync(Report(id: _reply.Replace("emailops.", "emailops.0", StringComparison.Ordinal))));
        Assert.Null(await StoreAsync(Report(id: "a@c.example"))); // of the customer's mail, which we never sent
        Assert.Null(await StoreAsync(Report(results: "dmarc=fail")));
        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from bounce_report"));
    }

    [Fact]
    public async Task A_person_who_writes_about_a_bounce_is_no_report()
    {
        Assert.Null(await StoreAsync(ServerMailbox.Checked("dmarc=pass") + MailText.Of(id: "q@c.example", subject: "Delivery failed?", references: $"<{_reply}>", body: $"Your mail said 550 5.1.1 user unknown for ada@customer.example, is that right?")));
        Assert.Equal(1, await ThreadsAsync()); // hers
    }

    [Fact]
    public async Task A_bounce_in_plain_words_is_tied_by_the_id_in_its_text()
    {
        var report = await StoreAsync(ServerMailbox.Checked("none") + $"""
            Return-Path: <>
            From: MAILER-DAEMON@mx.customer.example
            To: {TestStore.Address}
            Subject: failure notice
            Date: Tue, 3 Nov 2026 09:00:00 +0000

            Hi. This is the qmail-send program at mx.customer.example.
            I'm afraid I wasn't able to deliver your message to the following addresses.
            This is a permanent error; I've given up. Sorry it didn't work out.

            <ada@customer.example>:
            Sorry, no mailbox here by that name. (#5.1.1)

            --- Below this line is a copy of the message.

            Return-Path: <{TestStore.Address}>
            Message-ID: <{_reply}>
            Subject: Re: Where is my parcel

            Hello
            """.ReplaceLineEndings("\r\n"));

        Assert.Equal((BounceKind.Failed, "5.1.1"), (report!.Kind, report.Status));
    }

    [Fact]
    public async Task A_complaint_is_tied_even_when_it_hides_the_recipient()
    {
        var report = await StoreAsync(ServerMailbox.Checked("none") + $"""
            From: fbl@provider.example
            To: {TestStore.Address}
            Subject: FW: Re: Where is my parcel
            Date: Tue, 3 Nov 2026 09:00:00 +0000
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=feedback-report; boundary="b"

            --b
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            User-Agent: Provider/1.0
            Version: 1
            --b
            Content-Type: message/rfc822

            Message-ID: <{_reply}>
            From: {TestStore.Address}
            Subject: Re: Where is my parcel

            Hello
            --b--
            """.ReplaceLineEndings("\r\n"));

        Assert.Equal(BounceKind.Complaint, report!.Kind);
        Assert.Equal(1, await ThreadsAsync());
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-replied\r\n", "Automatic reply: Where is my parcel")]
    [InlineData("Content-Type: text/plain\r\n", "Out of Office Re: Where is my parcel")]
    public async Task An_absence_note_joins_its_thread_and_reports_nothing(string extra, string subject)
    {
        Assert.Null(await StoreAsync(ServerMailbox.Checked("dmarc=pass") + MailText.Of(id: "ooo@c.example", subject: subject, references: $"<{_reply}>", extra: extra, body: "I am out of the office until Monday and will answer when I am back.")));
        Assert.Equal(1, await ThreadsAsync());
        Assert.Equal("AutoReply", await _store.AskAsync<string>("select automated from message order by id desc limit 1"));
    }

    [Fact]
    public async Task A_read_receipt_joins_by_the_id_it_names()
    {
        Assert.Null(await StoreAsync(ServerMailbox.Checked("dmarc=none") + $"""
            From: Ada Byron <ada@customer.example>
            To: {TestStore.Address}
            Subject: Read: Re: Where is my parcel
            Date: Tue, 3 Nov 2026 09:00:00 +0000
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=disposition-notification; boundary="b"

            --b
            Content-Type: message/disposition-notification

            Final-Recipient: rfc822;ada@customer.example
            Original-Message-ID: <{_reply}>
            Disposition: manual-action/MDN-sent-manually; displayed
            --b--
            """.ReplaceLineEndings("\r\n")));
        Assert.Equal(1, await ThreadsAsync());
    }

    [Fact]
    public async Task A_batch_that_is_rolled_back_leaves_no_report()
    {
        await _store.ExecuteAsync("create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$; create trigger refuse before insert on work_item for each row when (new.stage = 4) execute function refuse()");

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => _server.ReceiveAsync(Report()));

        Assert.Equal(1, await _store.AskAsync<long>("select count(*) from message"));
        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from bounce_report"));
    }
}
