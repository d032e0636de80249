using System.Net;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;

namespace EmailOps.Tests.Knowledge;

public sealed class ArticleApiTests(ApiInstallation installation) : IClassFixture<ApiInstallation>
{
    private readonly ApiCaller _caller = installation.Caller;

    private static string At(long id) => Routes.Article.Replace("{id:long}", $"{id}", StringComparison.Ordinal);

    private async Task<ArticleDetail> WriteAsync(string title, string body = "## Steps\n\nDo this first.\n\n## After\n\nThen that.")
        => await _caller.SendAsync<ArticleDetail>(HttpMethod.Post, Routes.Articles, new SaveArticle(title, body));

    [Fact]
    public async Task An_article_is_written_found_changed_and_deleted_each_with_its_line_in_the_audit()
    {
        var made = await WriteAsync("Cleaning the zeppelin hangar", "Sweep the zeppelin hangar with a broom.\n\n## Windows\n\nThe hangar windows need vinegar.");
        Assert.Equal(("en", "cleaning-the-zeppelin-hangar", 1), (made.Article.Language, made.Article.Slug, made.Version));
        Assert.Equal(["", "Windows"], made.Passages!.Select(p => p.Heading));
        var found = await _caller.GetAsync<KnowledgeAnswer>(Routes.KnowledgeSearch + "?q=zeppelin%20hangar%20vinegar");
        Assert.Equal((made.Article.Id, "Windows"), (found.Hits[0].ArticleId, found.Hits[0].Heading));

        var changed = await _caller.SendAsync<ArticleDetail>(HttpMethod.Put, At(made.Article.Id), new SaveArticle("Cleaning the airship hall", "Sweep the airship hall."), made.Version);
        Assert.Equal((2, "cleaning-the-zeppelin-hangar"), (changed.Version, changed.Article.Slug));
        Assert.False((await _caller.GetAsync<KnowledgeAnswer>(Routes.KnowledgeSearch + "?q=zeppelin%20vinegar&language=en")).IsKnown);

        using var deleted = await _caller.SendAsync(HttpMethod.Delete, At(made.Article.Id), null, 2);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(["article.create", "article.change", "article.delete"], await installation.Store.ColumnAsync<string>($"select action from audit_entry where subject_kind = 'article' and subject_id = {made.Article.Id} order by id"));
    }

    [Fact]
    public async Task Of_people_who_save_at_once_one_wins_and_the_others_are_told()
    {
        var made = await WriteAsync("Saved at once");
        var saves = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => _caller.SendAsync(HttpMethod.Put, At(made.Article.Id), new SaveArticle("Saved at once", $"Text of {n} only{n}."), made.Version)));
        Assert.Single(saves, s => s.StatusCode == HttpStatusCode.OK);
        foreach (var refused in saves.Where(s => s.StatusCode != HttpStatusCode.OK)) await ApiCaller.ProblemAsync(refused, 412);
        var kept = await _caller.GetAsync<ArticleDetail>(At(made.Article.Id));
        Assert.Equal(2, kept.Version);
        Assert.Equal([kept.Passages![0].Text], await installation.Store.ColumnAsync<string>($"select body from knowledge_passage where article_id = {made.Article.Id}"));
        using var none = await _caller.SendAsync(HttpMethod.Put, At(made.Article.Id), new SaveArticle("x", "y"));
        await ApiCaller.ProblemAsync(none, 428);
        using var gone = await _caller.SendAsync(HttpMethod.Delete, At(made.Article.Id), null, 1);
        await ApiCaller.ProblemAsync(gone, 412);
    }

    [Theory]
    [InlineData("", "text", "title")]
    [InlineData("title", " ", "text")]
    public async Task What_cannot_be_an_article_is_refused_with_what_to_change(string title, string body, string word)
    {
        using var refused = await _caller.SendAsync(HttpMethod.Post, Routes.Articles, new SaveArticle(title, body));
        Assert.Contains(word, (await ApiCaller.ProblemAsync(refused, 400)).GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_html_becomes_harmless_text()
    {
        const string html = "<html lang=de><head><title>t</title><style>p{}</style></head><body onload=x()><h2 onclick='a()'>Rückgabe</h2><p>Wir <b>nehmen</b> alles zurück &amp; mehr.<script>steal()</script><span style='display: none'>hidden orders</span>"
            + "<a href='javascript:alert(1)'>here</a> <a href='https://shop.example/a'>there</a></p><img src=x onerror=y><iframe srcdoc='<script>z</script>'>in</iframe><ul><li>one<li>two</ul><svg><script>s</script></svg><table><tr><td>M<td>96</table>";
        var preview = await _caller.SendAsync<ArticlePreview>(HttpMethod.Post, Routes.ArticlePreview, new SaveArticle("Rückgabe", html, Format: ArticleFormat.Html));
        Assert.Equal("## Rückgabe\n\nWir nehmen alles zurück & mehr.here there (https://shop.example/a)\n\n- one\n- two\n- M; 96", preview.Markdown);
        foreach (var bad in new[] { "script", "onerror", "onclick", "javascript:", "iframe", "hidden", "style" }) Assert.DoesNotContain(bad, preview.Html + preview.Markdown, StringComparison.OrdinalIgnoreCase);

        var markdown = await _caller.SendAsync<ArticlePreview>(HttpMethod.Post, Routes.ArticlePreview, new SaveArticle("x", "<script>alert(1)</script> [a](javascript:alert(1)) [b](data:text/html,x) ![c](https://t.example/pixel) <javascript:alert(1)> [ok](https://shop.example)"));
        Assert.DoesNotMatch("(?i)<script|href=\"(javascript|data)|<img", markdown.Html);
        Assert.Contains("href=\"https://shop.example\"", markdown.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200_000, "<b>")]
    [InlineData(60_000, "<a href='")]
    [InlineData(100_000, "<!--")]
    [InlineData(100_000, "</")]
    [InlineData(50_000, "<div hidden>")]
    public async Task Endless_markup_is_read_in_a_moment(int count, string piece)
    {
        var html = string.Concat(Enumerable.Repeat(piece, count));
        html = "words " + (html.Length > 480_000 ? html[..480_000] : html);
        Assert.StartsWith("words", (await _caller.SendAsync<ArticlePreview>(HttpMethod.Post, Routes.ArticlePreview, new SaveArticle("x", html, Format: ArticleFormat.Html))).Markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_read_in_and_those_that_cannot_be_used_name_what_to_change_and_do_not_stop_the_rest()
    {
        using var form = new MultipartFormDataContent();
        void Add(string name, byte[] bytes) => form.Add(new ByteArrayContent(bytes), "files", name);
        Add("lanterns.de.md", "---\ntitle: Laternen\n---\nLaternen leuchten."u8.ToArray());
        Add("lanterns.html", Encoding.UTF8.GetBytes("<html><title>About lanterns</title><h2>Light</h2><p>The lantern shines for the customers all night and it is bright.</p></html>"));
        Add("..\\..\\lamps.txt", "Lamps and bulbs\n===============\n\nThe lamp is bright and the bulb is warm for you."u8.ToArray());
        Add("bad.md", "---\ntitle: [\n---\nx"u8.ToArray());
        Add("latin1.md", [0x23, 0x20, 0xFC, 0xE4]);
        Add("picture.png", [1, 2, 3]);
        using var response = await _caller.Http.PostAsync(Routes.KnowledgeImports, form);
        var read = await ApiCaller.ReadAsync<KnowledgeImportView>(response);
        Assert.Equal(3, read.Added);
        Assert.Equal(["bad.md", "latin1.md", "picture.png"], read.Problems.Select(p => p.File).Order());
        Assert.All(read.Problems, p => Assert.Matches("YAML|UTF-8|\\.md", p.Problem));
        Assert.Equal(["lamps en", "lanterns de", "lanterns en"], await installation.Store.ColumnAsync<string>("select slug || ' ' || language from knowledge_article where slug like 'la%' order by 1"));
        using var empty = await _caller.Http.PostAsync(Routes.KnowledgeImports, new StringContent("x"));
        await ApiCaller.ProblemAsync(empty, 400);
    }

    [Fact]
    public async Task Who_may_only_read_writes_nothing()
    {
        using var stranger = installation.With(null);
        foreach (var (method, path) in new[] { (HttpMethod.Post, Routes.Articles), (HttpMethod.Put, At(1)), (HttpMethod.Delete, At(1)), (HttpMethod.Post, Routes.KnowledgeIndex), (HttpMethod.Get, Routes.KnowledgeSearch + "?q=x") })
        {
            using var refused = await stranger.SendAsync(method, path, new SaveArticle("a", "b"), 1);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
    }
}
