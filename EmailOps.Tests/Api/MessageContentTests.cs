using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Api;

public sealed class MessageContentTests(ApiInstallation installation) : IClassFixture<ApiInstallation>
{
    private async Task<long> StoreAsync(string raw) => (await installation.Store.StoreAsync(raw)).Single().MessageId!.Value;

    private static string Multipart(string id, params string[] parts)
        => MailText.Of(id: id).Replace("Content-Type: text/plain; charset=utf-8\r\n\r\nIt has not come.", "Content-Type: multipart/related; boundary=b\r\n\r\n" + string.Concat(parts.Select(p => $"--b\r\n{p}\r\n")) + "--b--", StringComparison.Ordinal);

    private static string File(string name, string type = "application/octet-stream", string content = "data", string? id = null)
        => $"Content-Type: {type}\r\nContent-Disposition: attachment; filename*=utf-8''{Uri.EscapeDataString(name)}\r\n{(id is null ? "" : $"Content-ID: <{id}>\r\n")}Content-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(Encoding.UTF8.GetBytes(content))}";

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("..\\..\\windows\\system32\\evil.exe", "evil.exe")]
    [InlineData("/", "attachment-0")]
    [InlineData("...", "attachment-0")]
    [InlineData(".bashrc", "bashrc")]
    [InlineData("invoice\u202Efdp.exe", "invoicefdp.exe")]
    [InlineData("a\r\nSet-Cookie: x=y\0.txt", "aSet-Cookie x=y.txt")]
    [InlineData("Grüße 😀.pdf", "Grüße 😀.pdf")]
    [InlineData("con\":*?<>|.txt", "con.txt")]
    public async Task An_attachment_is_offered_under_a_name_that_is_only_a_name(string sent, string offered)
    {
        var id = await StoreAsync(Multipart($"{Guid.NewGuid()}@x.example", "Content-Type: text/plain\r\n\r\nHello", File(sent, "text/html", "<script>alert(1)</script>")));

        using var response = await installation.Caller.Http.GetAsync($"/messages/{id}/attachments/0");

        var disposition = response.Content.Headers.ContentDisposition!;
        Assert.Equal("attachment", disposition.DispositionType);
        Assert.Equal(offered, disposition.FileNameStar ?? disposition.FileName?.Trim('"'));
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("<script>alert(1)</script>", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_very_long_attachment_name_keeps_its_end_and_no_half_character()
    {
        var id = await StoreAsync(Multipart("long@x.example", "Content-Type: text/plain\r\n\r\nHello", File(string.Concat(Enumerable.Repeat("😀", 200)) + "x.pdf")));

        using var response = await installation.Caller.Http.GetAsync($"/messages/{id}/attachments/0");

        var name = response.Content.Headers.ContentDisposition!.FileNameStar!;
        Assert.EndsWith("😀x.pdf", name, StringComparison.Ordinal);
        Assert.InRange(name.Length, 100, 150);
        Assert.DoesNotContain('\uFFFD', name);
    }

    [Fact]
    public async Task The_raw_mail_comes_back_byte_for_byte_as_a_download()
    {
        var raw = MailText.Of(id: "raw@x.example", body: "caf\u00e9 \0 \u0001");
        var id = await StoreAsync(raw);

        using var response = await installation.Caller.Http.GetAsync($"/messages/{id}/raw");

        Assert.Equal("message/rfc822", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal(Encoding.UTF8.GetBytes(raw), await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Html_has_its_own_pictures_and_may_do_nothing()
    {
        var id = await StoreAsync(Multipart("html@x.example",
            "Content-Type: text/html\r\n\r\n<img src=\"cid:pic\"><img src='CID:pic2'><img src=cid:missing><img src=\"cid:svg\"><script>x</script>",
            File("a.png", "image/png", "PNG", "pic"), File("b.png", "image/png", "OTHER", "pic2"), File("c.svg", "image/svg+xml", "<svg onload=x>", "svg")));

        using var response = await installation.Caller.Http.GetAsync($"/messages/{id}/html");
        var html = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("sandbox;", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains($"<img src=\"data:image/png;base64,{Convert.ToBase64String("PNG"u8)}\">", html, StringComparison.Ordinal);
        Assert.Contains($"<img src='data:image/png;base64,{Convert.ToBase64String("OTHER"u8)}'>", html, StringComparison.Ordinal);
        Assert.Contains("cid:missing", html, StringComparison.Ordinal);
        Assert.Contains("cid:svg", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_picture_named_a_hundred_thousand_times_does_not_blow_up_the_page()
    {
        var id = await StoreAsync(Multipart("bomb@x.example", "Content-Type: text/html\r\n\r\n" + string.Concat(Enumerable.Repeat("<img src=cid:p>", 100_000)), File("a.png", "image/png", new string('x', 100_000), "p")));

        using var response = await installation.Caller.Http.GetAsync($"/messages/{id}/html");

        Assert.InRange((await response.Content.ReadAsByteArrayAsync()).Length, 1 << 20, 40 << 20);
    }

    [Fact]
    public async Task What_cannot_be_read_as_mail_is_shown_as_what_it_is()
    {
        var bytes = new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 2, 3 };
        using var upload = await installation.Caller.UploadAsync(("photo.eml", bytes));
        var run = Assert.Single(await ApiCaller.ReadAsync<ImportView[]>(upload));
        Assert.Equal((0, 1), (run.Stored, run.Unparsable + run.Refused));
        var entry = Assert.Single((await installation.Caller.GetAsync<IntakePage>($"/intake?import={run.Id}")).Items);
        Assert.NotEmpty(entry.Reason);
        if (entry.MessageId is not { } id) return;

        var detail = await installation.Caller.GetAsync<MessageDetail>($"/messages/{id}");

        Assert.True(detail.Message.Unparsable);
        Assert.Equal(bytes, await installation.Caller.Http.GetByteArrayAsync($"/messages/{id}/raw"));
        Assert.Equal(bytes, await installation.Caller.Http.GetByteArrayAsync($"/intake/{entry.Id}/raw"));
    }

    [Fact]
    public async Task A_mail_over_the_limit_shows_its_head_and_says_so()
    {
        using var upload = await installation.Caller.UploadAsync(("large.eml", Encoding.UTF8.GetBytes(MailText.Of(id: "large@x.example", subject: "Large", body: new string('x', 2_000_000)))));
        var run = Assert.Single(await ApiCaller.ReadAsync<ImportView[]>(upload));
        var entry = Assert.Single((await installation.Caller.GetAsync<IntakePage>($"/intake?import={run.Id}")).Items);

        var detail = await installation.Caller.GetAsync<MessageDetail>($"/messages/{entry.MessageId}");

        Assert.Equal(IntakeOutcome.Unparsable, entry.Outcome);
        Assert.Contains("over the limit", entry.Reason, StringComparison.Ordinal);
        Assert.Equal("Large", detail.Message.Subject);
        Assert.InRange(detail.SizeBytes, 2_000_000, 2_001_000);
        Assert.Contains(detail.Defects, d => d.Contains("Intake:MaxMessageBytes", StringComparison.Ordinal));
        using var retry = await installation.Caller.SendAsync(HttpMethod.Post, $"/intake/{entry.Id}/retry", null);
        Assert.Contains("import the original again", (await ApiCaller.ProblemAsync(retry, 400)).GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hostile_mail_of_every_kind_has_a_page()
    {
        var deep = "From: a@x.example\r\nSubject: deep\r\n" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n"));
        string[] mails =
        [
            deep, MailText.Of(id: "p1@x.example", to: string.Join(", ", Enumerable.Range(0, 10_000).Select(i => $"p{i}@x.example"))), "Subject: \0\r\n\r\n\0",
            MailText.Of(id: "p3@x.example").Replace("utf-8", "no-such-charset", StringComparison.Ordinal), MailText.Of(id: "p4@x.example", body: new string('>', 100_000)),
        ];
        foreach (var mail in mails)
        {
            var id = await StoreAsync(mail);
            var detail = await installation.Caller.GetAsync<MessageDetail>($"/messages/{id}");
            Assert.Equal(id, detail.Message.Id);
        }
    }

    [Fact]
    public async Task A_long_thread_is_summed_up_in_its_own_sentences_and_a_short_one_is_not()
    {
        var root = $"{Guid.NewGuid()}@x.example";
        var first = await StoreAsync(MailText.Of(id: root, subject: "Leaking coffee machine 8841", body: "Hello,\r\n\r\nThe coffee machine of order 8841 leaks water since Monday.\r\nCould you send a replacement before Friday?\r\n"));
        Assert.Null((await installation.Caller.GetAsync<MessageDetail>($"/messages/{first}"))!.ThreadSummary);

        await StoreAsync(MailText.Of(id: $"2.{root}", subject: "Re: Leaking coffee machine 8841", references: $"<{root}>", body: "A new seal did not help against the leak either.\r\n"));
        var last = await StoreAsync(MailText.Of(id: $"3.{root}", subject: "Re: Leaking coffee machine 8841", references: $"<{root}>", body: "The coffee machine should go to my office in Bergen.\r\n"));

        var detail = await installation.Caller.GetAsync<MessageDetail>($"/messages/{last}");
        Assert.Equal(3, detail!.Thread.Count);
        Assert.StartsWith("Ada: ", detail.ThreadSummary, StringComparison.Ordinal);
        Assert.Contains("Could you send a replacement before Friday?", detail.ThreadSummary, StringComparison.Ordinal);
    }
}
