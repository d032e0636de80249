using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Checks;
using EmailOps.Core.Mailboxes.Connecting;
using EmailOps.Tests.Graph.StandIn;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Mailboxes;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Graph;

/// <summary>What is missing is named: on the way to a provider, in the app registration, at a mailbox.</summary>
public sealed class GraphDiagnosisTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static async Task<long> ConnectAsync(TestStore store, MailboxSettings? settings = null)
        => (await store.Get<MailboxStore>().CreateAsync("test", new SaveMailbox(GraphMailbox.Address, "", (settings ?? new MailboxSettings()) with { Provider = MailboxProvider.Graph }), None)).Id;

    private static async Task<ValidationView> CheckAsync(TestStore store) => await store.Get<Microsoft365Check>().CheckAsync(None);

    [Fact]
    public async Task The_app_registration_is_checked_permission_by_permission_and_mailbox_by_mailbox()
    {
        await using var graph = await StandInGraph.StartAsync(GraphMailbox.Address);
        await using var store = await TestStore.CreateAsync(postgres, graph.Settings);
        var mailbox = await ConnectAsync(store, new MailboxSettings { AfterStored = AfterStored.MarkSeen });

        var view = await CheckAsync(store);
        Assert.Equal(("valid", null), (view.Status, view.Fix));
        Assert.Equal(["Sign-in", "Mail.ReadWrite", "Mail.Send", GraphMailbox.Address], view.Parts!.Select(p => p.Name));

        // Granted a moment ago or taken away a moment ago: it is seen at once.
        graph.Login.Roles = ["Mail.Read", "Mail.Send", "Directory.Read.All"];
        view = await CheckAsync(store);
        var missing = Assert.Single(view.Parts!, p => p.Status == "invalid");
        Assert.Equal(("invalid", "Mail.ReadWrite"), (view.Status, missing.Name));
        Assert.Contains("mark messages as read", missing.Detail, StringComparison.Ordinal);
        Assert.Contains("Application permissions, Mail.ReadWrite, then Grant admin consent", missing.Fix, StringComparison.Ordinal);
        Assert.Contains("Directory.Read.All", view.Parts!.Single(p => p.Name == "Least privilege").Detail, StringComparison.Ordinal);

        // Kept out of one mailbox by a policy; nothing granted at all; no licence; a wrong secret.
        graph.Login.Roles = ["Mail.ReadWrite", "Mail.Send"];
        graph.Denied[GraphMailbox.Address] = true;
        view = await CheckAsync(store);
        Assert.Contains("application access policy", view.Parts!.Single(p => p.Status == "invalid" && p.Name == GraphMailbox.Address).Detail, StringComparison.Ordinal);
        graph.Denied.Clear();
        graph.Login.Roles = [];
        Assert.Equal(["Mail.ReadWrite", "Mail.Send", GraphMailbox.Address], (await CheckAsync(store)).Parts!.Where(p => p.Status == "invalid").Select(p => p.Name));
        // Let in by Exchange itself: the token says nothing, the mailbox does.
        graph.Assigned[GraphMailbox.Address] = ["Mail.ReadWrite", "Mail.Send"];
        view = await CheckAsync(store);
        Assert.Equal("valid", view.Status);
        Assert.Contains("RBAC for Applications", view.Parts!.Single(p => p.Name == "Mail.Send").Detail, StringComparison.Ordinal);
        graph.Login.Roles = ["Mail.ReadWrite", "Mail.Send"];
        graph.Users[GraphMailbox.Address].HasMailbox = false;
        Assert.Contains("no mailbox in Exchange Online", (await CheckAsync(store)).Detail, StringComparison.Ordinal);
        graph.Users[GraphMailbox.Address].HasMailbox = true;
        graph.Login.SecretExpired = true;
        view = await CheckAsync(store);
        Assert.Contains("AADSTS7000222", view.Detail, StringComparison.Ordinal);

        // Health tells what the worker met, without asking anybody.
        var health = new Microsoft365Health(store.Get<SignInStore>(), store.Get<EmailOps.Core.Mailboxes.Graph.Microsoft365Options>(), TimeProvider.System);
        Assert.Equal("degraded", (await health.AskAsync(None)).Status);
        var asked = graph.Login.Issuances;
        var opened = (await store.Get<MailboxAccess>().OpenAsync(mailbox, None))!;
        await Assert.ThrowsAsync<EmailOps.Core.Mailboxes.Remote.RemoteException>(() => store.Get<MailboxTokens>().GetAsync(opened, MailboxProvider.Graph, null, None));
        Assert.Equal("unhealthy", (await health.AskAsync(None)).Status);
        Assert.Contains("AADSTS7000222", (await health.AskAsync(None)).Detail, StringComparison.Ordinal);
        graph.Login.SecretExpired = false;
        await store.Get<MailboxTokens>().GetAsync(opened, MailboxProvider.Graph, null, None);
        Assert.Equal("healthy", (await health.AskAsync(None)).Status);
        Assert.Equal(asked + 1, graph.Login.Issuances);
    }

    [Fact]
    public async Task The_command_goes_the_way_step_by_step_and_what_it_prints_holds_no_secret()
    {
        await using var graph = await StandInGraph.StartAsync(GraphMailbox.Address);
        await using var store = await TestStore.CreateAsync(postgres);
        await ConnectAsync(store);
        (string, string)[] settings = [("ConnectionStrings__emailops", store.ConnectionString), ("SECRETS_KEY", TestStore.SecretsKey), ("OLLAMA_FIND", "false"), ("LOG_LEVEL", "DEBUG"), ("M365_CLIENT_ID", graph.Login.ClientId), ("EMAILBOT_M365_CLIENT_SECRET", graph.Login.Secret),
            ("M365_TENANT_ID", graph.Login.TenantId), ("M365_LOGIN_URL", graph.Address), ("M365_GRAPH_URL", graph.Address)];

        graph.Login.Roles = ["Mail.Read"];
        var (code, output, error) = await OwnProcess.RunAsync("emailops", ["provider", "diagnose", "m365"], settings);
        Assert.Equal(1, code);
        foreach (var step in (string[])["Connection: Port", "Sign-in: Signed in as the app", "Mail.Read: Granted", "FAILED Mail.Send: Missing: it is needed to send replies", "Grant admin consent", "Mailbox: help@shop.example can be opened"])
            Assert.Contains(step, output.ReplaceLineEndings(" ").Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.All(graph.Login.Secrets, secret => Assert.DoesNotContain(secret, output + error, StringComparison.Ordinal));

        graph.Login.Roles = ["Mail.Read", "Mail.Send"];
        (code, output, error) = await OwnProcess.RunAsync("emailops", ["provider", "diagnose", GraphMailbox.Address, "--json"], settings);
        Assert.True(code == 0, output + error);
        var report = System.Text.Json.JsonSerializer.Deserialize<ConnectionReport>(output, ContractJson.Options)!;
        Assert.Equal(["Connection", "Protection", "Sign-in", "Mailbox", "Mail.Read", "Mail.Send"], report.Steps.Select(s => s.Step));
        (code, _, error) = await OwnProcess.RunAsync("emailops", ["provider", "diagnose", "nobody"], settings);
        Assert.Equal(2, code);
        Assert.Contains("webhooks", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_of_the_guide_work_as_they_stand()
    {
        await using var graph = await StandInGraph.StartAsync("support@shop.example");
        await using var store = await TestStore.CreateAsync(postgres);
        await store.ExecuteAsync("delete from mailbox");
        var guide = await File.ReadAllLinesAsync(Path.Combine(Checkout.Root, "docs/providers/microsoft365.md"));
        var commands = guide.Where(l => l.StartsWith("./emailops ", StringComparison.Ordinal)).Select(l => l.Split('#')[0].Trim()["./emailops ".Length..].Split(' ')).ToArray();
        Assert.Equal(4, commands.Length);
        foreach (var command in commands)
        {
            var (code, output, error) = await OwnProcess.RunAsync("emailops", command, ("ConnectionStrings__emailops", store.ConnectionString), ("SECRETS_KEY", TestStore.SecretsKey), ("OLLAMA_FIND", "false"), ("M365_CLIENT_ID", graph.Login.ClientId),
                ("EMAILBOT_M365_CLIENT_SECRET", graph.Login.Secret), ("M365_LOGIN_URL", graph.Address), ("M365_GRAPH_URL", graph.Address)); // and no tenant: the mailbox's domain
            Assert.True(code == 0, $"{string.Join(' ', command)}: {output}{error}");
        }
        // What it names as needed is what is checked.
        var text = string.Join('\n', guide);
        Assert.All(Core.Mailboxes.Graph.GraphDiagnosis.NeedsOf(new MailboxSettings { AfterStored = AfterStored.Move }).Concat(Core.Mailboxes.Graph.GraphDiagnosis.NeedsOf(new MailboxSettings())).Concat(Core.Mailboxes.Graph.GraphDiagnosis.TeamsNeeds),
            need => Assert.Contains($"| `{need.Name}` |", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_signs_in_with_a_browser_is_renewed_and_when_it_is_over_that_is_said()
    {
        await using var graph = await StandInGraph.StartAsync(GraphMailbox.Address, "ola@shop.example");
        await using var store = await TestStore.CreateAsync(postgres, [.. graph.Settings.Where(s => s.Key != "Microsoft365:ClientSecret"), ("Microsoft365:Teams", "true")]);
        var id = await ConnectAsync(store);
        var mailbox = (await store.Get<MailboxStore>().FindAsync(id, None))!;
        var teams = store.Get<TeamsCheck>();
        Assert.Equal(("invalid", true), ((await teams.CheckAsync(None)).Status, (await teams.CheckAsync(None)).Fix!.Contains("provider login graph", StringComparison.Ordinal)));

        // Another account than the mailbox's is not taken.
        graph.Login.Browser = "ola@shop.example";
        var wrong = await Assert.ThrowsAsync<Core.Mailboxes.Remote.RemoteException>(() => SignInAsync(store, mailbox));
        Assert.Contains("You signed in as ola@shop.example", wrong.Message, StringComparison.Ordinal);
        graph.Login.Browser = GraphMailbox.Address;
        var grant = await SignInAsync(store, mailbox);
        Assert.Equal((GraphMailbox.Address, MailboxProvider.Graph), (grant.Account, grant.Provider));

        var view = await CheckAsync(store);
        Assert.True(view.Status == "valid", view.Detail);
        Assert.Contains(view.Parts!, p => p.Name == "Sign-in" && p.Detail.Contains(GraphMailbox.Address, StringComparison.Ordinal));
        view = await teams.CheckAsync(None);
        Assert.True(view.Status == "valid", view.Detail);
        Assert.Equal(["Sign-in", "User.ReadBasic.All", "Chat.Create", "ChatMessage.Send"], view.Parts!.Select(p => p.Name).Where(n => n != "Least privilege"));

        // The refresh token is replaced with each use, and lies sealed.
        var opened = (await store.Get<MailboxAccess>().OpenAsync(id, None))!;
        var first = await store.Get<GrantStore>().RefreshTokenAsync(id, None);
        var token = await store.Get<MailboxTokens>().GetAsync(opened, MailboxProvider.Graph, null, None);
        Assert.NotEqual(token, await store.Get<MailboxTokens>().GetAsync(opened, MailboxProvider.Graph, token, None));
        Assert.NotEqual(first, await store.Get<GrantStore>().RefreshTokenAsync(id, None));
        Assert.All(await store.ColumnAsync<byte[]>("select sealed from secret"), s => Assert.DoesNotContain("0.AX", System.Text.Encoding.Latin1.GetString(s), StringComparison.Ordinal));

        graph.Login.RevokeRefresh();
        graph.Login.RevokeAccess();
        view = await CheckAsync(store);
        // The token at hand is still believed by us; Graph says that it is over, and the next one is refused.
        Assert.Equal("invalid", view.Status);
        Assert.Contains("provider login graph", string.Join(' ', view.Parts!.Select(p => p.Detail)), StringComparison.Ordinal);
        Assert.Equal("unhealthy", (await new Microsoft365Health(store.Get<SignInStore>(), store.Get<Core.Mailboxes.Graph.Microsoft365Options>(), TimeProvider.System).AskAsync(None)).Status);
    }

    /// <summary>As the console does it, with a browser that agrees to everything.</summary>
    private static async Task<Grant> SignInAsync(TestStore store, MailboxSetup mailbox)
    {
        const string redirect = "https://mail.shop.example/mailboxes/signed-in";
        var signIns = store.Get<OAuthSignIns>();
        var address = await signIns.BeginAsync(mailbox, MailboxProvider.Graph, redirect, "Olga", None);
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await browser.GetAsync(address);
        var back = System.Web.HttpUtility.ParseQueryString(answer.Headers.Location!.Query);
        return await signIns.CompleteAsync(new CompleteSignIn(back["state"]!, back["code"]), "Olga", None);
    }

    [Theory]
    [InlineData(-10, -1, "localhost", "run out")]
    [InlineData(1, 10, "localhost", "clock")]
    [InlineData(-1, 10, "localhost", "root certificate")]
    public async Task A_certificate_that_is_no_good_says_what_is_wrong_with_it(int from, int until, string name, string says)
    {
        using var certificate = ScriptedServer.Certificate(name, TimeSpan.FromDays(from), TimeSpan.FromDays(until));
        await using var server = new ScriptedServer(null, certificate: certificate);
        var steps = new StepList("Microsoft 365", TimeProvider.System);
        Assert.False(await new HostCheck(steps, new Uri($"https://localhost:{server.Port}")).RunAsync(None));
        Assert.Equal(["Name", "Connection", "TLS"], steps.Steps.Select(s => s.Step));
        Assert.Contains(says, steps.Steps[^1].Fix, StringComparison.Ordinal);

        // Pinned it is good, and how long it lasts is told.
        if (from > 0 || until < 0) return;
        steps = new StepList("Microsoft 365", TimeProvider.System);
        Assert.True(await new HostCheck(steps, new Uri($"https://localhost:{server.Port}"), Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(certificate.RawData))).RunAsync(None));
        Assert.Contains("expires in", steps.Steps[^1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_an_address_and_a_port_where_nobody_listens_end_the_way()
    {
        var steps = new StepList("Gmail", TimeProvider.System);
        Assert.False(await new HostCheck(steps, new Uri("https://no-such-host.invalid")).RunAsync(None));
        Assert.Equal(("Name", false), (Assert.Single(steps.Steps).Step, steps.Ok));
        Assert.Contains("getent hosts no-such-host.invalid", steps.Steps[0].Fix, StringComparison.Ordinal);
        steps = new StepList("Gmail", TimeProvider.System);
        Assert.False(await new HostCheck(steps, StandInOllama.Nobody()).RunAsync(None));
        Assert.Equal("Connection", steps.Steps[^1].Step);
        Assert.Contains("443", steps.Steps[^1].Fix, StringComparison.Ordinal);
    }
}
