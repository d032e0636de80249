using System.Net.Http.Headers;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Api;

public sealed class ImportTests(ApiInstallation installation) : IClassFixture<ApiInstallation>
{
    private static byte[] Mail(string id, string body = "Hello") => Encoding.UTF8.GetBytes(MailText.Of(id: id, body: body));

    private async Task<IReadOnlyList<IntakeView>> LinesAsync(long import) => (await installation.Caller.GetAsync<IntakePage>($"/intake?import={import}&take=500")).Items;

    [Fact]
    public async Task Many_files_are_an_import_each_and_none_stands_for_another()
    {
        using var response = await installation.Caller.UploadAsync([.. Enumerable.Range(0, 1500).Select(i => ($"m{i}.eml", i == 700 ? [] : Mail($"many{i}@x.example", $"Mail {i}")))]);

        var runs = await ApiCaller.ReadAsync<ImportView[]>(response);

        Assert.Equal(1500, runs.Length);
        Assert.Equal((1499, 1), (runs.Sum(r => r.Stored), runs.Sum(r => r.Refused)));
        Assert.All(runs, r => Assert.NotNull(r.FinishedAt));
        Assert.Equal("m700.eml", runs.Single(r => r.Refused == 1).Source);
    }

    [Fact]
    public async Task An_upload_larger_than_a_servers_usual_limits_is_taken()
    {
        // 30 MB is the server's own limit of a request, 128 MB that of a form; a mailbox is often more.
        var mbox = new byte[140 << 20];
        Encoding.UTF8.GetBytes("From a@x.example Mon Nov  2 08:11:53 2026\n" + MailText.Of(id: "big@x.example").ReplaceLineEndings("\n")).CopyTo(mbox.AsSpan());

        using var response = await installation.Caller.UploadAsync(("big.mbox", mbox));

        Assert.Equal(1, Assert.Single(await ApiCaller.ReadAsync<ImportView[]>(response)).Unparsable); // one mail, over the limit of this installation
    }

    [Fact]
    public async Task An_upload_that_says_it_is_too_large_is_refused_before_it_is_sent()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.Imports) { Content = new Endless() };
        request.Headers.ExpectContinue = true;

        // As long as it takes: after a second without an answer clients begin to send all the same.
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = installation.Caller.Http.BaseAddress };
        request.Headers.Add("X-Api-Key", TestHosts.Key);
        using var response = await patient.SendAsync(request);

        await ApiCaller.ProblemAsync(response, 413);
    }

    private sealed class Endless : HttpContent
    {
        public Endless()
        {
            Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
            Headers.ContentLength = 3L << 30;
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => throw new IOException("The server must not ask for it.");

        protected override bool TryComputeLength(out long length)
        {
            length = 3L << 30;
            return true;
        }
    }

    [Fact]
    public async Task What_is_no_upload_is_a_problem_of_the_request()
    {
        using var json = await installation.Caller.SendAsync(HttpMethod.Post, Routes.Imports, new { files = "x" });
        await ApiCaller.ProblemAsync(json, 400);
        using var nothing = await installation.Caller.UploadAsync("1");
        await ApiCaller.ProblemAsync(nothing, 400);
        using var elsewhere = await installation.Caller.UploadAsync("999", ("a.eml", Mail("elsewhere@x.example")));
        await ApiCaller.ProblemAsync(elsewhere, 400);
        using var torn = new ByteArrayContent("--b\r\nContent-Disposition: form-data; name=files; filename=a.eml\r\n\r\nSubject: x\r\n"u8.ToArray());
        torn.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        using var half = await installation.Caller.Http.PostAsync(Routes.Imports, torn);
        await ApiCaller.ProblemAsync(half, 400);
        using var endless = new ByteArrayContent("x"u8.ToArray());
        endless.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=" + new string('b', 500));
        using var boundary = await installation.Caller.Http.PostAsync(Routes.Imports, endless);
        Assert.InRange((int)boundary.StatusCode, 400, 499);
    }

    [Fact]
    public async Task A_file_name_is_only_shown_whatever_it_says()
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes($"--b\r\nContent-Disposition: form-data; name=files; filename*=utf-8''..%2F..%2Fetc%2F%00%E2%80%AEx.eml\r\n\r\n{MailText.Of(id: "name@x.example")}\r\n--b--\r\n"));
        body.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");

        using var response = await installation.Caller.Http.PostAsync(Routes.Imports, body);

        var run = Assert.Single(await ApiCaller.ReadAsync<ImportView[]>(response));
        Assert.Equal(1, run.Stored);
        Assert.DoesNotContain("..", Assert.Single(await LinesAsync(run.Id)).Origin, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_can_be_released_once_and_what_is_no_copy_cannot()
    {
        using var upload = await installation.Caller.UploadAsync(("a.eml", Mail("copy@x.example")), ("b.eml", Mail("copy@x.example")));
        var runs = await ApiCaller.ReadAsync<ImportView[]>(upload);
        var (original, copy) = (Assert.Single(await LinesAsync(runs[0].Id)), Assert.Single(await LinesAsync(runs[1].Id)));
        Assert.Equal((IntakeOutcome.Stored, IntakeOutcome.Duplicate), (original.Outcome, copy.Outcome));
        Assert.Equal(original.MessageId, copy.MessageId);

        var again = await installation.Caller.SendAsync<IntakeView>(HttpMethod.Post, $"/intake/{copy.Id}/retry", null);
        Assert.Equal(IntakeOutcome.Duplicate, again.Outcome);
        var released = await installation.Caller.SendAsync<IntakeView>(HttpMethod.Post, $"/intake/{copy.Id}/retry?force=true", null);
        Assert.Equal(IntakeOutcome.Stored, released.Outcome);
        Assert.NotEqual(original.MessageId, released.MessageId);
        var twice = await installation.Caller.SendAsync<IntakeView>(HttpMethod.Post, $"/intake/{copy.Id}/retry?force=true", null);
        Assert.Equal((IntakeOutcome.Duplicate, released.MessageId), (twice.Outcome, twice.MessageId));
        using var stored = await installation.Caller.SendAsync(HttpMethod.Post, $"/intake/{original.Id}/retry?force=true", null);
        await ApiCaller.ProblemAsync(stored, 409);
        using var missing = await installation.Caller.SendAsync(HttpMethod.Post, "/intake/999999/retry", null);
        await ApiCaller.ProblemAsync(missing, 404);
    }

    [Fact]
    public async Task The_ledger_pages_through_every_line_once()
    {
        using var upload = await installation.Caller.UploadAsync([.. Enumerable.Range(0, 7).Select(i => ($"l{i}.eml", Mail($"ledger{i % 4}@x.example", $"Line {i % 4}")))]);
        await ApiCaller.ReadAsync<ImportView[]>(upload);
        var all = new List<IntakeView>();
        string? cursor = null;
        do
        {
            var page = await installation.Caller.GetAsync<IntakePage>($"/intake?take=3&outcome=Duplicate&cursor={cursor}");
            all.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(await installation.Store.AskAsync<long>("select count(*) from intake_entry where outcome = 'Duplicate'"), all.Count);
        Assert.Equal(all.Select(l => l.Id).Distinct().OrderDescending(), all.Select(l => l.Id));
    }
}
