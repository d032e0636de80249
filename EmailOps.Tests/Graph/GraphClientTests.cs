using System.Text.Json;
using EmailOps.Core.Mailboxes.Graph;
using EmailOps.Tests.Graph.StandIn;

namespace EmailOps.Tests.Graph;

public sealed class GraphClientTests
{
    private const string Inbox = $"users/{GraphUnderTest.Support}/mailFolders/inbox";
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_token_is_asked_for_once_and_a_refused_one_is_replaced()
    {
        await using var graph = await GraphUnderTest.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => graph.Client.SendAsync(GraphRequest.Get(Inbox), None)));
        Assert.Equal(1, graph.Server.Count("POST", "/oauth2/v2.0/token"));
        graph.Server.Login.RevokeAccess();
        var folder = await graph.Client.SendAsync(GraphRequest.Get(Inbox), None);
        Assert.Equal("inbox", folder.GetProperty("displayName").GetString());
        Assert.Equal(2, graph.Server.Count("POST", "/oauth2/v2.0/token"));
        Assert.All(graph.Server.Requests.Where(r => r.Path.StartsWith("/v1.0", StringComparison.Ordinal)), r => Assert.NotEmpty(r.ClientRequestId));
    }

    [Fact]
    public async Task Without_a_tenant_the_domain_of_the_mailbox_is_one()
    {
        await using var graph = await GraphUnderTest.StartAsync(o => o.TenantId = null);
        await graph.Client.SendAsync(GraphRequest.Get(Inbox), None);
        Assert.Equal(1, graph.Server.Count("POST", "/shop.example/oauth2/v2.0/token"));
    }

    [Fact]
    public async Task Later_is_obeyed_and_the_call_succeeds()
    {
        await using var graph = await GraphUnderTest.StartAsync();
        graph.Server.Misbehave(StandInFault.CutBody("mailFolders"));
        graph.Server.Misbehave(StandInFault.Throttle("mailFolders", 0));
        graph.Server.Misbehave(StandInFault.Unavailable("mailFolders", 0));
        var folder = await graph.Client.SendAsync(GraphRequest.Get(Inbox), None);
        Assert.Equal("AAMk-inbox", folder.GetProperty("id").GetString());
        Assert.Equal(4, graph.Server.Count("GET", "mailFolders"));
    }

    [Fact]
    public async Task Who_must_wait_longer_than_a_call_may_is_told_how_long_and_asks_no_more_meanwhile()
    {
        await using var graph = await GraphUnderTest.StartAsync(o => o.LongestWaitSeconds = 5);
        graph.Server.Misbehave(StandInFault.Throttle("mailFolders", 900));
        var failure = await Assert.ThrowsAsync<GraphException>(() => graph.Client.SendAsync(GraphRequest.Get(Inbox), None));
        Assert.Equal((GraphFailure.Throttled, 429, TimeSpan.FromSeconds(900)), (failure.Kind, failure.Status, failure.RetryAfter!.Value));
        failure = await Assert.ThrowsAsync<GraphException>(() => graph.Client.SendAsync(GraphRequest.Get(Inbox), None));
        Assert.Equal(GraphFailure.Throttled, failure.Kind);
        Assert.Equal(1, graph.Server.Count("GET", "mailFolders"));
    }

    [Theory]
    [InlineData("break", nameof(GraphFailure.Unanswered))]
    [InlineData("silence", nameof(GraphFailure.Unanswered))]
    [InlineData("cut", nameof(GraphFailure.BadAnswer))]
    [InlineData("html", nameof(GraphFailure.BadAnswer))]
    [InlineData("redirect", nameof(GraphFailure.BadAnswer))]
    [InlineData("large", nameof(GraphFailure.TooLarge))]
    [InlineData("gone", nameof(GraphFailure.Resync))]
    public async Task What_breaks_has_a_name(string how, string kind)
    {
        await using var graph = await GraphUnderTest.StartAsync(o => (o.PatienceSeconds, o.LongestWaitSeconds, o.MaxAnswerBytes) = (how == "silence" ? 1 : 20, 0, 65_536));
        var fault = how switch
        {
            "break" => StandInFault.Break("mailFolders"),
            "silence" => StandInFault.Silence("mailFolders"),
            "cut" => StandInFault.CutJson("mailFolders"),
            "html" => StandInFault.Raw("mailFolders", "text/html", "<html>Sign in</html>"),
            "redirect" => StandInFault.Raw("mailFolders", "text/html", "", 302),
            "large" => StandInFault.Raw("mailFolders", "application/json", new string(' ', 70_000)),
            _ => StandInFault.Resync("mailFolders"),
        };
        fault.Left = 0;
        graph.Server.Misbehave(fault);
        var failure = await Assert.ThrowsAsync<GraphException>(() => graph.Client.SendAsync(GraphRequest.Get(Inbox), None));
        Assert.Equal(kind, failure.Kind.ToString());
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable()
    {
        await using var graph = await GraphUnderTest.StartAsync(o => o.LongestWaitSeconds = 0);
        await graph.Client.SendAsync(GraphRequest.Get(Inbox), None);
        await graph.Server.DisposeAsync();
        var failure = await Assert.ThrowsAsync<GraphException>(() => graph.Client.SendAsync(GraphRequest.Get(Inbox), None));
        Assert.Equal(GraphFailure.Unreachable, failure.Kind);
    }

    [Fact]
    public async Task Pages_are_followed_to_the_end_and_links_elsewhere_are_not()
    {
        await using var graph = await GraphUnderTest.StartAsync();
        for (var i = 0; i < 7; i++) graph.Mailbox.Deliver(GraphUnderTest.Letter(i));
        var ids = new List<string>();
        await foreach (var mail in graph.Client.ListAsync(GraphRequest.Get(Inbox + "/messages?$select=id&$top=3"), None)) ids.Add(mail.GetProperty("id").GetString()!);
        Assert.Equal(graph.Mailbox.All().Select(m => m.Id), ids);

        graph.Server.Misbehave(StandInFault.Raw("messages", "application/json", """{"value":[],"@odata.nextLink":"https://elsewhere.example/v1.0/steal"}"""));
        var failure = await Assert.ThrowsAsync<GraphException>(async () => await graph.Client.ListAsync(GraphRequest.Get(Inbox + "/messages"), None).CountAsync());
        Assert.Contains("leads elsewhere", failure.Message, StringComparison.Ordinal);
        failure = await Assert.ThrowsAsync<GraphException>(() => graph.Client.SendAsync(GraphRequest.Get("https://elsewhere.example/v1.0/steal"), None));
        Assert.Equal("ForeignLink", failure.Code);
    }

    [Fact]
    public async Task A_refusal_names_the_permission_that_is_missing_and_the_request()
    {
        await using var graph = await GraphUnderTest.StartAsync();
        graph.Server.Login.Roles = ["Mail.Send"];
        var failure = await Assert.ThrowsAsync<GraphException>(() => graph.Client.SendAsync(GraphRequest.Get(Inbox, GraphPermission.MailRead), None));
        Assert.Equal((GraphFailure.Forbidden, "ErrorAccessDenied"), (failure.Kind, failure.Code));
        Assert.Contains("lacks Mail.Read (application permission)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("it has Mail.Send", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Grant admin consent", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.RequestId);

        graph.Server.Login.Roles = ["Mail.Read"];
        graph.Server.Login.RevokeAccess();
        graph.Server.Denied[GraphUnderTest.Support] = true;
        failure = await Assert.ThrowsAsync<GraphException>(() => graph.Client.SendAsync(GraphRequest.Get(Inbox, GraphPermission.MailRead), None));
        Assert.Contains("application access policy", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secret", "AADSTS7000215", "Value")]
    [InlineData("expired", "AADSTS7000222", "expired")]
    [InlineData("app", "AADSTS700016", "M365_CLIENT_ID")]
    [InlineData("tenant", "AADSTS90002", "M365_TENANT_ID")]
    public async Task A_token_that_is_not_given_says_why(string what, string code, string says)
    {
        await using var graph = await GraphUnderTest.StartAsync(o =>
        {
            if (what == "secret") o.ClientSecret = "wrong-secret-value";
            if (what == "app") o.ClientId = Guid.Empty.ToString();
            if (what == "tenant") o.TenantId = "nobody.example";
        });
        graph.Server.Login.SecretExpired = what == "expired";
        var failure = await Assert.ThrowsAsync<GraphException>(() => graph.Client.SendAsync(GraphRequest.Get(Inbox), None));
        Assert.Equal((GraphFailure.SignIn, code), (failure.Kind, failure.Code));
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(graph.Options.ClientSecret!, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_does_each_call_and_says_again_what_was_throttled()
    {
        await using var graph = await GraphUnderTest.StartAsync();
        var mails = Enumerable.Range(0, 25).Select(i => graph.Mailbox.Deliver(GraphUnderTest.Letter(i))).ToList();
        graph.Server.Misbehave(StandInFault.Throttle($"messages/{mails[3].Id}", 0));
        var requests = mails.Select(m => GraphRequest.Patch($"users/{GraphUnderTest.Support}/messages/{m.Id}", new { isRead = true }, GraphPermission.MailReadWrite))
            .Append(GraphRequest.Patch($"users/{GraphUnderTest.Support}/messages/gone", new { isRead = true })).ToList();
        var results = await GraphBatch.RunAsync(graph.Client, requests, None);
        Assert.All(results.SkipLast(1), Assert.Null);
        Assert.Equal(GraphFailure.NotFound, results[^1]!.Kind);
        Assert.All(mails, m => Assert.True(m.IsRead));
        Assert.Equal(3, graph.Server.Count("POST", "$batch"));
    }

    [Fact]
    public async Task A_mail_is_sent_as_it_is_and_never_twice_when_its_answer_is_lost()
    {
        await using var graph = await GraphUnderTest.StartAsync();
        var raw = System.Text.Encoding.ASCII.GetBytes("From: support@shop.example\r\nTo: ada@customer.example\r\nMessage-ID: <ours-1@shop.example>\r\nReferences: <letter-1@customer.example>\r\n\r\nHello.\r\n");
        var request = new GraphRequest(HttpMethod.Post, $"users/{GraphUnderTest.Support}/sendMail", GraphPermission.MailSend) { Mime = raw, IsOnce = true };
        Assert.Equal(JsonValueKind.Undefined, (await graph.Client.SendAsync(request, None)).ValueKind);
        graph.Server.Misbehave(StandInFault.LoseAnswer("sendMail"));
        var failure = await Assert.ThrowsAsync<GraphException>(() => graph.Client.SendAsync(request, None));
        Assert.Equal(GraphFailure.Unanswered, failure.Kind);
        graph.Server.Misbehave(StandInFault.Unavailable("sendMail", 0));
        Assert.Equal(GraphFailure.ServerError, (await Assert.ThrowsAsync<GraphException>(() => graph.Client.SendAsync(request, None))).Kind);
        Assert.Equal(2, graph.Mailbox.In("sentitems").Count);
        Assert.All(graph.Mailbox.In("sentitems"), m => Assert.Equal(raw, m.Raw));
    }

    [Theory]
    [InlineData("http://graph.example", null, null, "plain http")]
    [InlineData("https://graph.example", "two words", null, "M365_CLIENT_ID")]
    [InlineData("https://graph.example", null, "secret-value", "M365_CLIENT_ID")]
    [InlineData("https://user:pass@graph.example", "id", "secret-value", "must not hold")]
    public void Settings_that_cannot_be_used_name_the_variable(string graph, string? client, string? secret, string says)
        => Assert.Contains(says, new Microsoft365Options { GraphUrl = graph, ClientId = client, ClientSecret = secret }.Problem(), StringComparison.Ordinal);
}
