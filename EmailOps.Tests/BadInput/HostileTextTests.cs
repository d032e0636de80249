using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.BadInput;

/// <summary>Characters and sizes that a database, a header or a page does not take as they are: each mail is kept and costs only itself.</summary>
public sealed class HostileTextTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    // UTF-8 of U+D800, which no UTF-8 may hold; NUL; the two ends of the private use areas; an overlong slash.
    private static readonly byte[] Poison = [.. "x\0y"u8, 0xED, 0xA0, 0x80, .. "z\0"u8, 0xEF, 0xBF, 0xBF, 0xC0, 0xAF, 0xF4, 0x90, 0x80, 0x80];
    private TestStore _store = null!;

    public async Task InitializeAsync() => _store = await TestStore.CreateAsync(postgres);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private static OfferedMail Offer(byte[] raw, string origin = "a.eml") => new(origin, raw, raw.Length);

    private static OfferedMail Offer(string raw) => Offer(Encoding.Latin1.GetBytes(raw));

    private static string Word(byte[] bytes, string charset = "utf-8") => $"=?{charset}?B?{Convert.ToBase64String(bytes)}?=";

    public static TheoryData<string> Places => ["subject", "raw-subject", "from-name", "raw-from", "message-id", "references", "body", "html", "attachment-name", "content-type", "charset", "utf-16", "origin"];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Poison_anywhere_in_a_mail_is_stored_and_judged(string place)
    {
        var raw = Encoding.Latin1.GetString(Poison);
        var lone = Word([0x00, 0xD8, 0x41, 0x00, 0x00, 0x00], "utf-16le");
        var mail = place switch
        {
            "subject" => MailText.Of(subject: Word(Poison) + " " + lone),
            "raw-subject" => MailText.Of(subject: raw),
            "from-name" => MailText.Of(from: $"{lone} {Word(Poison)} <ada@customer.example>"),
            "raw-from" => MailText.Of(from: raw + " <" + raw + "@x.example>", to: raw),
            "message-id" => MailText.Of(id: raw + "@x"),
            "references" => MailText.Of(references: $"<{raw}> <{raw}{raw}@x>"),
            "body" => MailText.Of(body: raw),
            "html" => MailText.Of(extra: "Content-Type: text/html; charset=utf-8\r\n", body: $"<p style=\"display:none\">{raw}&#0;&#xD800;&#x110000;</p><b>{raw}&#0;</b>").Replace("Content-Type: text/plain; charset=utf-8\r\n", "", StringComparison.Ordinal),
            "attachment-name" => Attached($"filename*=utf-8''%00%ED%A0%80{new string('n', 400)}\r\n; name=\"{raw}\""),
            "content-type" => Attached("filename=a.bin", $"application/{raw}"),
            "charset" => MailText.Of(body: "Grüße").Replace("charset=utf-8", "charset=\"no-such-charset-" + raw + "\"", StringComparison.Ordinal),
            "utf-16" => MailText.Of(body: "\0\u00D8A\0\0\0\u00FF\u00FF").Replace("charset=utf-8", "charset=utf-16le", StringComparison.Ordinal),
            _ => MailText.Of(),
        };

        var results = await _store.StoreAsync([Offer(Encoding.Latin1.GetBytes(mail), place == "origin" ? "x\0y\ud800.eml" : "a.eml"), Offer(MailText.Of(id: "next@x.example"))]);

        Assert.Equal([IntakeOutcome.Stored, IntakeOutcome.Stored], results.Select(r => r.Outcome));
        Assert.Equal(2, await _store.AskAsync<long>("select count(*) from message where not is_unparsable"));
    }

    private static string Attached(string disposition, string type = "application/octet-stream")
        => MailText.Of().Replace("Content-Type: text/plain; charset=utf-8\r\n\r\n", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\n"
            + $"Content-Type: {type}\r\nContent-Disposition: attachment; {disposition}\r\n\r\ndata\r\n--b--\r\n", StringComparison.Ordinal);

    [Fact]
    public async Task A_message_id_of_a_hundred_kilobytes_still_finds_its_thread()
    {
        var id = new string('i', 100_000) + "@x.example";

        await _store.StoreAsync(MailText.Of(id: id), MailText.Of(id: "b@x.example", references: $"<{id}>", body: "And now?"));

        Assert.Equal(1, await _store.AskAsync<long>("select count(*) from message_thread"));
        Assert.InRange(await _store.AskAsync<int>("select max(length(internet_message_id)) from message"), 1, 400);
    }

    [Fact]
    public async Task Ten_thousand_recipients_and_references_are_one_message_with_a_bounded_row()
    {
        var people = string.Join(",\r\n ", Enumerable.Range(0, 10_000).Select(i => $"\"Person {i}\" <p{i}@customer.example>"));
        var references = string.Join("\r\n ", Enumerable.Range(0, 10_000).Select(i => $"<{i}@x.example>"));

        Assert.Equal([IntakeOutcome.Stored], await _store.OutcomesAsync(MailText.Of(to: people, references: references)));

        Assert.InRange(await _store.AskAsync<int>("select jsonb_array_length(recipients->'to') from message"), 100, 1000);
        Assert.InRange(await _store.AskAsync<int>("select octet_length(recipients::text) from message"), 1, 100_000);
        Assert.InRange(await _store.AskAsync<long>("select count(*) from thread_reference"), 1, 60);
        Assert.InRange(await _store.AskAsync<int>("select cardinality(participants) from message_thread"), 2, 100);
    }

    [Theory]
    [InlineData("multipart")]
    [InlineData("message")]
    public async Task Parts_nested_a_thousand_deep_are_kept_and_read_as_far_as_it_makes_sense(string kind)
    {
        var mail = new StringBuilder("From: ada@customer.example\r\nSubject: deep\r\nMessage-ID: <deep@x>\r\n");
        for (var i = 0; i < 1000; i++)
            mail.Append(kind == "multipart" ? $"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n" : "Content-Type: message/rfc822\r\n\r\n");
        mail.Append("Content-Type: text/plain\r\n\r\nat the bottom\r\n");

        Assert.Equal(IntakeOutcome.Stored, Assert.Single(await _store.StoreAsync([Offer(mail.ToString())])).Outcome);

        Assert.Equal(Encoding.Latin1.GetBytes(mail.ToString()), await _store.AskAsync<byte[]>("select bytes from raw_mail"));
    }

    [Fact]
    public void Reading_a_hostile_mail_never_throws_whatever_bytes_are_changed()
    {
        var reader = _store.Get<MailReader>();
        var random = new Random(20261102); // fixed, so that a failure can be looked at
        var samples = Directory.GetFiles(Path.Combine(Checkout.Root, "samples", "mailbox")).Select(File.ReadAllBytes).ToArray();
        for (var i = 0; i < 1500; i++)
        {
            var raw = (byte[])samples[i % samples.Length].Clone();
            for (var n = random.Next(1, 40); n > 0; n--) raw[random.Next(raw.Length)] = (byte)(random.Next(3) switch { 0 => 0, 1 => random.Next(256), _ => "\r\n:;=\"<>-"[random.Next(8)] });
            var parsed = reader.Read(Offer(raw[..random.Next(1, raw.Length + 1)]));
            Assert.False(parsed.Unparsable?.StartsWith("EmailOps could not read it", StringComparison.Ordinal) ?? false, $"round {i}: {parsed.Unparsable}");
            Assert.Equal(parsed.Subject, StoredText.Clean(parsed.Subject));
            Assert.Equal(parsed.Text, StoredText.Clean(parsed.Text));
        }
    }
}
