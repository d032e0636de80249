using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Api;

/// <summary>What all calls have in common: entity tags, cursors, keys that make a POST happen once, limits.</summary>
public sealed class CommonLawTests(ApiInstallation installation) : IClassFixture<ApiInstallation>
{
    private HttpClient Http => installation.Caller.Http;

    private static SaveArticle Article(string title) => new(title, $"How {title} is washed: by hand, at 20 degrees.", "en");

    private async Task<HttpResponseMessage> PostAsync(string path, object? body, string? key, string operatorName = "Olga")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body, body.GetType(), options: ContractJson.Options)) };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        request.Headers.Add("X-Operator", operatorName);
        return await Http.SendAsync(request);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? seen = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (seen is not null) request.Headers.TryAddWithoutValidation("If-None-Match", seen);
        return await Http.SendAsync(request);
    }

    [Fact]
    public async Task A_resource_that_has_not_changed_is_not_sent_again_and_its_tag_is_what_a_write_wants()
    {
        var made = await installation.Caller.SendAsync<ArticleDetail>(HttpMethod.Post, Routes.Articles, Article("Tagged wool"));
        var path = $"/knowledge/articles/{made.Article.Id}";
        using var first = await GetAsync(path);
        var tag = first.Headers.ETag!.Tag;
        Assert.StartsWith("\"1-", tag, StringComparison.Ordinal);
        Assert.True(first.Headers.CacheControl is { Private: true, NoCache: true });

        foreach (var seen in new[] { tag, $"W/{tag}", $"\"other\", {tag}", "*" })
        {
            using var same = await GetAsync(path, seen);
            Assert.Equal((HttpStatusCode.NotModified, tag, ""), (same.StatusCode, same.Headers.ETag!.Tag, await same.Content.ReadAsStringAsync()));
        }
        using (var other = await GetAsync(path, "\"1-other\"")) Assert.Equal(HttpStatusCode.OK, other.StatusCode);

        using var write = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(Article("Tagged silk"), options: ContractJson.Options) };
        write.Headers.IfMatch.Add(new EntityTagHeaderValue(tag));
        using var written = await Http.SendAsync(write);
        Assert.Equal("Tagged silk", (await ApiCaller.ReadAsync<ArticleDetail>(written)).Article.Title);
        Assert.StartsWith("\"2-", written.Headers.ETag!.Tag, StringComparison.Ordinal);
        using var changed = await GetAsync(path, tag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using var stale = await installation.Caller.SendAsync(HttpMethod.Put, path, Article("Too late"), version: 1);
        await ApiCaller.ProblemAsync(stale, 412);
        using var none = await installation.Caller.SendAsync(HttpMethod.Put, path, Article("Blind"));
        await ApiCaller.ProblemAsync(none, 428);
    }

    [Fact]
    public async Task A_list_is_read_to_its_end_by_its_links()
    {
        for (var i = 0; i < 5; i++) (await installation.Caller.UploadAsync(($"page{i}.eml", Encoding.UTF8.GetBytes(MailText.Of(id: $"page{i}@x.example"))))).Dispose();
        List<long> ids = [];
        for (string? next = $"{Routes.Imports}?take=2"; next is not null;)
        {
            using var page = await GetAsync(next);
            var rows = await ApiCaller.ReadAsync<ImportView[]>(page);
            Assert.InRange(rows.Length, 0, 2);
            ids.AddRange(rows.Select(r => r.Id));
            next = page.Headers.TryGetValues("Link", out var links) ? System.Text.RegularExpressions.Regex.Match(links.Single(), "<(.+)>; rel=\"next\"").Groups[1].Value : null;
        }
        Assert.Equal(await installation.Store.ColumnAsync<long>("select id from import_run order by id desc"), ids);
        foreach (var title in new[] { "b listed", "a listed", "a listed too", "B listed again" }) (await installation.Caller.SendAsync<ArticleDetail>(HttpMethod.Post, Routes.Articles, Article(title))).ToString();
        List<string> titles = [];
        for (string? next = $"{Routes.Articles}?take=1"; next is not null;)
        {
            using var page = await GetAsync(next);
            titles.AddRange((await ApiCaller.ReadAsync<ArticleView[]>(page)).Select(a => a.Title));
            next = page.Headers.TryGetValues("Link", out var links) ? System.Text.RegularExpressions.Regex.Match(links.Single(), "<(.+)>; rel=\"next\"").Groups[1].Value : null;
        }
        Assert.Equal(await installation.Store.ColumnAsync<string>("select title from knowledge_article order by title, id"), titles);
        foreach (var path in new[] { "/outbound", "/dead-letters", "/assessments", $"/models/{installation.Store.Mailbox}/lessons", $"/mailboxes/{installation.Store.Mailbox}/reconciliations" })
        {
            using var page = await GetAsync($"{path}?take=5&cursor=4711");
            Assert.True(page.IsSuccessStatusCode, path);
            Assert.False(page.Headers.Contains("Link"));
        }
    }

    [Fact]
    public async Task A_post_with_a_key_is_done_once_and_answered_the_same()
    {
        using var first = await PostAsync(Routes.Articles, Article("Once only"), "key-1");
        using var again = await PostAsync(Routes.Articles, Article("Once only"), "key-1");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal((first.Headers.Location, first.Content.Headers.ContentType), (again.Headers.Location, again.Content.Headers.ContentType));
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.True(again.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(1, await installation.Store.AskAsync<long>("select count(*) from knowledge_article where title = 'Once only'"));

        using var other = await PostAsync(Routes.Articles, Article("Something else"), "key-1");
        await ApiCaller.ProblemAsync(other, 422);
        using var elsewhere = await PostAsync(Routes.ProcessTrigger, null, "key-1");
        await ApiCaller.ProblemAsync(elsewhere, 422);
        using var somebody = await PostAsync(Routes.Articles, Article("Of somebody else"), "key-1", "Hans");
        Assert.Equal(HttpStatusCode.Created, somebody.StatusCode);
        Assert.False(somebody.Headers.Contains("Idempotency-Replayed"));
    }

    [Fact]
    public async Task Twenty_at_once_are_one()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PostAsync(Routes.Articles, Article("Raced for"), "race")));

        Assert.All(answers, a => Assert.True(a.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, $"{a.StatusCode}"));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created && !a.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(1, await installation.Store.AskAsync<long>("select count(*) from knowledge_article where title = 'Raced for'"));
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task What_is_under_way_waits_and_what_is_a_day_old_is_forgotten()
    {
        (await PostAsync(Routes.ArticlePreview, Article("Slow"), "slow")).Dispose();
        await installation.Store.ExecuteAsync("update idempotent_post set status = null where key = 'slow'");
        using var busy = await PostAsync(Routes.ArticlePreview, Article("Slow"), "slow");
        await ApiCaller.ProblemAsync(busy, 409);
        Assert.NotNull(busy.Headers.RetryAfter);

        await installation.Store.ExecuteAsync("update idempotent_post set started_at = now() - interval '11 minutes' where key = 'slow'");
        using var left = await PostAsync(Routes.ArticlePreview, Article("Slow"), "slow"); // by a process that died
        Assert.Equal(HttpStatusCode.OK, left.StatusCode);
        await installation.Store.ExecuteAsync("update idempotent_post set started_at = now() - interval '25 hours' where key = 'slow'");
        using var old = await PostAsync(Routes.ArticlePreview, Article("Slow, but another"), "slow");
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
    }

    [Fact]
    public async Task A_form_that_is_sent_again_is_the_same_whatever_its_boundary_and_refusals_are_kept_too()
    {
        async Task<HttpResponseMessage> UploadAsync(string boundary)
        {
            using var form = new MultipartFormDataContent(boundary);
            form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(MailText.Of(id: "form@x.example"))), "files", "form.eml");
            return await PostAsync(Routes.Imports, form, "form");
        }
        using var first = await UploadAsync("aaaaaaaaaaaaaaaa");
        using var again = await UploadAsync("bbbbbbbbbbbbbbbbbbbb");
        Assert.True(again.Headers.Contains("Idempotency-Replayed"), await again.Content.ReadAsStringAsync());
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());

        foreach (var isSecond in new[] { false, true })
        {
            using var refused = await PostAsync(Routes.Classify, new ClassifyRequest(new ClassifyEmail("", "")), "refused");
            await ApiCaller.ProblemAsync(refused, 400);
            Assert.Equal(isSecond, refused.Headers.Contains("Idempotency-Replayed"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        using var refused = await PostAsync(Routes.ProcessTrigger, null, key.Length == 0 ? new string('x', 201) : key);
        await ApiCaller.ProblemAsync(refused, 400);
    }

    [Fact]
    public async Task Bodies_have_a_limit()
    {
        // However busy the machine is, it waits for the answer before it sends.
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = installation.Api.Address() };
        patient.DefaultRequestHeaders.Add("X-Api-Key", TestHosts.Key);
        foreach (var (length, key) in new[] { (9_000_000, (string?)null), (5_000_000, "large") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Routes.Articles) { Content = new StringContent(new string('x', length), Encoding.UTF8, "application/json") };
            request.Headers.ExpectContinue = true;
            if (key is not null) request.Headers.Add("Idempotency-Key", key);
            using var refused = await patient.SendAsync(request);
            await ApiCaller.ProblemAsync(refused, 413);
        }
    }
}
