using System.Net;
using AngleSharp.Html.Parser;

namespace EmailOps.Tests.Web;

public sealed class SecurityHeaderTests
{
    public static TheoryData<string> Pages => new("/", "/?decision=Suggest&q=parcel", "/messages/1", "/messages/3?view=html", "/messages/6", "/messages/12", "/messages/999", "/import", "/outbox", "/problems", "/knowledge", "/knowledge/3", "/status", "/sign-in", "/invitation?token=ei_x", "/account", "/access", "/access/keys", "/access/audit", "/nowhere");

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_allows_nothing_inline_and_nothing_from_elsewhere(string path)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var answer = await (await console.SignedInAsync()).GetAsync(path);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'self'", policy);
        Assert.Contains("style-src 'self'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.True(answer.Headers.CacheControl?.NoStore, "Mail must not stay in a cache.");
        Assert.False(answer.Headers.Contains("Server"));
    }

    /// <summary>The policy would block these; a page that needs them would be broken.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_needs_nothing_that_its_policy_forbids(string path)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var html = await (await (await console.SignedInAsync()).GetAsync(path)).Content.ReadAsStringAsync();
        var document = new HtmlParser().ParseDocument(html);
        Assert.NotNull(document.QuerySelector("main"));
        Assert.NotNull(document.QuerySelector("h1, .problem h2"));
        Assert.All(document.QuerySelectorAll("script"), script => Assert.StartsWith("/assets/", script.GetAttribute("src")));
        Assert.Empty(document.QuerySelectorAll("style, base, object, embed, [style]"));
        Assert.All(document.QuerySelectorAll("*").SelectMany(element => element.Attributes), attribute => Assert.False(attribute.Name.StartsWith("on", StringComparison.Ordinal), attribute.Name));
        Assert.All(document.QuerySelectorAll("img[src], link[href], iframe[src], form[action]"), element =>
            Assert.StartsWith("/", element.GetAttribute("src") ?? element.GetAttribute("href") ?? element.GetAttribute("action")));
    }

    [Fact]
    public async Task Where_people_come_over_tls_cookies_need_it_and_other_names_of_the_network_are_refused()
    {
        await using var console = await ConsoleUnderTest.StartAsync("--WEB_PUBLIC_URL=https://mail.example.test");
        using var ours = new HttpRequestMessage(HttpMethod.Get, "/sign-in") { Headers = { Host = "mail.example.test" } };
        var answer = await console.Stranger().SendAsync(ours);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("max-age=31536000", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
        Assert.All(answer.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase));
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/sign-in") { Headers = { Host = "evil.example.test" } };
        Assert.Equal(HttpStatusCode.BadRequest, (await console.Stranger().SendAsync(rebound)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await console.Stranger().GetAsync("/alive")).StatusCode); // asked by address
    }

    [Fact]
    public async Task Html_of_a_mail_is_served_for_a_sandbox_only()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        console.Api.Html = "<LINK rel=preconnect href=https://tracker.example.test><meta http-equiv=refresh content='0;url=https://evil.example.test'><base href=//evil.example.test/><p>Hi</p>";
        var answer = await (await console.SignedInAsync()).GetAsync("/messages/3/html");
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'", policy);
        Assert.Equal("SAMEORIGIN", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        var document = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        Assert.Empty(document.QuerySelectorAll("link, meta, base"));
        Assert.Equal("Hi", document.QuerySelector("p")?.TextContent);
    }

    [Fact]
    public async Task Files_of_ours_may_be_kept_for_ever_under_their_version_only()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var stranger = console.Stranger();
        var sheet = new HtmlParser().ParseDocument(await stranger.GetStringAsync("/sign-in")).QuerySelector("link[rel=stylesheet]")!.GetAttribute("href")!;
        var current = await stranger.GetAsync(sheet);
        Assert.Equal("text/css", current.Content.Headers.ContentType?.MediaType);
        Assert.Contains("immutable", current.Headers.CacheControl?.ToString());
        var old = await stranger.GetAsync("/assets/0ld/site.css");
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
        Assert.DoesNotContain("immutable", old.Headers.CacheControl?.ToString());
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync("/assets/0ld/..%2f..%2fappsettings.json")).StatusCode);
    }

    [Fact]
    public async Task A_browser_that_takes_brotli_gets_the_same_bytes_packed()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var plain = await console.Stranger().GetByteArrayAsync("/assets/any/site.css");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/any/site.css");
        request.Headers.AcceptEncoding.ParseAdd("gzip, br");
        var packed = await console.Stranger().SendAsync(request);
        Assert.Equal("br", Assert.Single(packed.Content.Headers.ContentEncoding));
        await using var unpacked = new System.IO.Compression.BrotliStream(await packed.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        await unpacked.CopyToAsync(bytes);
        Assert.Equal(plain, bytes.ToArray());
    }
}
