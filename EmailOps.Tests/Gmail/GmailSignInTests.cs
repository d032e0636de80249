using System.Diagnostics;
using System.Net;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Gmail.StandIn;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.AspNetCore.WebUtilities;

namespace EmailOps.Tests.Gmail;

/// <summary>The steps of docs/providers/gmail.md, against the stand-in: by the command line and by the console's own way.</summary>
public sealed class GmailSignInTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Redirect = "https://mail.shop.example/mailboxes/signed-in";

    [Fact]
    public async Task The_command_line_signs_in_tells_how_it_stands_and_says_plainly_when_it_is_over()
    {
        await using var gmail = await StandInGmail.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        (string, string)[] settings = [("ConnectionStrings__emailops", database), ("SECRETS_KEY", TestStore.SecretsKey), ("GMAIL_CLIENT_ID", StandInGoogle.ClientId), ("GMAIL_CLIENT_SECRET", StandInGoogle.ClientSecret), ("Gmail__Api", gmail.Address), ("Gmail__Authorize", gmail.Address + "/o/oauth2/v2/auth"), ("Gmail__Token", gmail.Address + "/token")];
        var said = new List<string>();
        async Task<(int Code, string Output)> RunAsync(params string[] arguments)
        {
            var (code, output, error) = await OwnProcess.RunAsync("emailops", ["provider", .. arguments], settings);
            said.Add(output + error);
            return (code, output + error);
        }

        gmail.Google.ConsentLives = 604_799;
        var (signedIn, words) = await LoginAsync(settings, TestStore.Address);
        said.Add(words);
        Assert.True(signedIn == 0, words);
        Assert.Contains("Signed in as support@shop.example", words, StringComparison.Ordinal);
        await using var store = await TestStore.OpenAsync(database, gmail.Settings);
        Assert.Equal(MailboxProvider.Gmail, (await store.Get<MailboxStore>().FindAsync(TestStore.Address, CancellationToken.None))!.Settings.Provider);

        var (works, tested) = await RunAsync("auth-test");
        Assert.True(works == 0 && tested.Contains("works, signed in as support@shop.example", StringComparison.Ordinal), tested);
        Assert.Equal(0, (await RunAsync("refresh", TestStore.Address)).Code);
        // Google ends consents of applications in testing after a week, and says so.
        var (soon, forecast) = await RunAsync("expiry");
        Assert.True(soon == 1 && forecast.Contains("publish yours", StringComparison.Ordinal), forecast);
        Assert.Equal(0, (await RunAsync("expiry", "--within", "3")).Code);
        Assert.Equal(0, (await RunAsync("breaker", "gmail", "open", "--why", "moving")).Code);
        Assert.Contains("held open by", (await RunAsync("list")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("breaker", "gmail", "auto")).Code);

        gmail.Google.IsRevoked = true;
        var (over, refused) = await RunAsync("auth-test", TestStore.Address);
        Assert.Equal(1, over);
        Assert.Contains("invalid_grant", refused, StringComparison.Ordinal);
        Assert.Contains("provider login gmail", refused.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("expiry", "--within", "3")).Code);
        var (again, anew) = await LoginAsync(settings, TestStore.Address);
        said.Add(anew);
        Assert.Equal((0, 0), (again, (await RunAsync("auth-test")).Code));

        // Somebody else's account, and somebody who says no.
        Assert.Contains("but this mailbox is other@shop.example", (await LoginAsync(settings, "other@shop.example")).Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        gmail.Google.Declines = true;
        var (declined, no) = await LoginAsync(settings, TestStore.Address);
        Assert.True(declined == 2 && no.Contains("consent was not given", StringComparison.Ordinal), no);

        Assert.All((string[])[.. gmail.Google.Given, StandInGoogle.ClientSecret], secret => Assert.All(said, s => Assert.DoesNotContain(secret, s, StringComparison.Ordinal)));
        Assert.False(await store.AskAsync<bool>($"select bool_or(position(convert_to('{gmail.Google.RefreshToken}', 'UTF8') in sealed) > 0) from secret"));
    }

    /// <summary>Runs the command, opens the address it prints as a browser would, and waits for its end.</summary>
    private static async Task<(int Code, string Output)> LoginAsync((string Name, string Value)[] settings, string mailbox)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "emailops.dll"), "provider", "login", "gmail", mailbox]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var name in (string[])["INDEX_DB_URL", "STATE_DIR"]) start.Environment.Remove(name);
        foreach (var (name, value) in (IEnumerable<(string, string)>)[.. settings, ("EMAILOPS_ENV_FILE", "none"), ("LOG_FILE_ENABLED", "false")]) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            lines.Add(line);
            if (!line.Contains("/o/oauth2/v2/auth?", StringComparison.Ordinal)) continue;
            using var browser = new HttpClient();
            // A stranger at the door first: turned away, and the sign-in goes on.
            var redirect = QueryHelpers.ParseQuery(new Uri(line).Query)["redirect_uri"].ToString();
            using (var stranger = await browser.GetAsync(redirect + "favicon.ico", patience.Token)) Assert.Equal(HttpStatusCode.NotFound, stranger.StatusCode);
            Assert.Contains("Close this page", await browser.GetStringAsync(line, patience.Token), StringComparison.Ordinal);
        }
        lines.Add(await process.StandardError.ReadToEndAsync(patience.Token));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, string.Join('\n', lines));
    }

    [Fact]
    public async Task The_consoles_way_is_bound_to_who_began_it_used_once_and_shows_in_health()
    {
        await using var mailbox = await GmailInstallation.CreateAsync(postgres, signIn: false);
        await using var api = await TestHosts.ApiAsync(mailbox.Store.ConnectionString, mailbox.Gmail.Arguments);
        using var caller = new ApiCaller(api.Address(), TestHosts.Key);
        var path = $"/mailboxes/{mailbox.Id}/sign-in";
        using (var none = await caller.SendAsync(HttpMethod.Get, path, null)) Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        using (var elsewhere = await caller.SendAsync(HttpMethod.Post, path, new BeginSignIn("http://mail.shop.example/x"))) Assert.Contains("https://", (await ApiCaller.ProblemAsync(elsewhere, 400)).GetProperty("detail").GetString(), StringComparison.Ordinal);

        var back = await ConsentAsync((await caller.SendAsync<SignInBegun>(HttpMethod.Post, path, new BeginSignIn(Redirect))).Address);
        Assert.StartsWith(Redirect, back.AbsoluteUri, StringComparison.Ordinal);
        var query = QueryHelpers.ParseQuery(back.Query);
        var complete = new CompleteSignIn(query["state"].ToString(), query["code"].ToString());
        using (var forged = await caller.SendAsync(HttpMethod.Post, ProviderRoutes.Complete, complete with { State = "made-up" })) Assert.Contains("not begun here", (await ApiCaller.ProblemAsync(forged, 409)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        var grant = await caller.SendAsync<GrantView>(HttpMethod.Post, ProviderRoutes.Complete, complete);
        Assert.Equal((TestStore.Address, MailboxProvider.Gmail, null), (grant.Account, grant.Provider, grant.Problem));
        using (var twice = await caller.SendAsync(HttpMethod.Post, ProviderRoutes.Complete, complete)) await ApiCaller.ProblemAsync(twice, 409);
        Assert.NotNull((await caller.SendAsync<GrantView>(HttpMethod.Post, $"{path}/refresh", null)).RefreshedAt);
        var report = await caller.SendAsync<ConnectionReport>(HttpMethod.Post, Routes.MailboxTest, new TestMailbox(TestStore.Address, new MailboxSettings { Provider = MailboxProvider.Gmail }, MailboxId: mailbox.Id));
        Assert.True(report.Ok, JsonSerializer.Serialize(report));

        // What ends within a week, and what is refused, is said beforehand and at once.
        async Task<ComponentHealth> HealthAsync()
        {
            using var answer = await caller.Http.GetAsync(Routes.HealthDetailed);
            return JsonSerializer.Deserialize<HealthReportView>(await answer.Content.ReadAsStringAsync(), ContractJson.Options)!.Components["mail_sign_ins"];
        }
        Assert.Equal("healthy", (await HealthAsync()).Status);
        await mailbox.Store.ExecuteAsync("update oauth_grant set refresh_until = now() + interval '2 days'");
        var soon = await HealthAsync();
        Assert.Equal("degraded", soon.Status);
        Assert.Contains("sign in again before", soon.Detail, StringComparison.Ordinal);
        mailbox.Gmail.Google.IsRevoked = true;
        using (var refused = await caller.SendAsync(HttpMethod.Post, $"{path}/refresh", null)) Assert.Contains("invalid_grant", (await ApiCaller.ProblemAsync(refused, 409)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("unhealthy", (await HealthAsync()).Status);

        // A consent that leaves out what is needed is named.
        mailbox.Gmail.Google.Scope = "https://www.googleapis.com/auth/gmail.send";
        back = await ConsentAsync((await caller.SendAsync<SignInBegun>(HttpMethod.Post, path, new BeginSignIn(Redirect))).Address);
        query = QueryHelpers.ParseQuery(back.Query);
        using (var less = await caller.SendAsync(HttpMethod.Post, ProviderRoutes.Complete, new CompleteSignIn(query["state"].ToString(), query["code"].ToString()))) Assert.Contains("gmail.modify is missing", (await ApiCaller.ProblemAsync(less, 409)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        await api.StopAsync();
    }

    /// <summary>A person at Google's page, whose browser is sent back.</summary>
    private static async Task<Uri> ConsentAsync(string address)
    {
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var answer = await browser.GetAsync(address);
        return answer.Headers.Location!;
    }
}
