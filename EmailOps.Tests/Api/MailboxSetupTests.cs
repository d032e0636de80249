using System.Net;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Api;

public sealed class MailboxSetupTests(ApiInstallation installation) : IClassFixture<ApiInstallation>
{
    private const string Secret = "s3cret-that-must-not-leave";

    private static readonly MailboxSettings Connected = new()
    {
        Imap = new MailServerSettings("imap.shop.example", 993, MailSecurity.Tls),
        Smtp = new MailServerSettings("smtp.shop.example", 587, MailSecurity.StartTls),
        HoldSeconds = 30,
    };

    private static string At(long id) => Routes.MailboxSettings.Replace("{id:long}", $"{id}", StringComparison.Ordinal);

    [Fact]
    public async Task A_mailbox_is_made_read_changed_and_shown_without_its_passwords()
    {
        var caller = installation.Caller;
        using var created = await caller.SendAsync(HttpMethod.Post, Routes.Mailboxes, new SaveMailbox("Made@Shop.Example", "Made", Connected, Secret, "smtp-" + Secret));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var text = await created.Content.ReadAsStringAsync();
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        var made = await ApiCaller.ReadAsync<MailboxSetup>(created);
        Assert.Equal(At(made.Id), created.Headers.Location?.ToString());
        Assert.Equal(("made@shop.example", true, true, true, 1), (made.Address, made.HasImapSecret, made.HasSmtpSecret, made.IsEnabled, made.Version));
        Assert.Equal(30, made.Settings.HoldSeconds);

        var changed = await caller.SendAsync<MailboxSetup>(HttpMethod.Put, At(made.Id), new SaveMailbox(made.Address, made.Name, made.Settings with { PollSeconds = 20 }, IsEnabled: false), made.Version);
        Assert.Equal((20, false, true, 2), (changed.Settings.PollSeconds, changed.IsEnabled, changed.HasImapSecret, changed.Version));
        Assert.Equivalent(changed, await caller.GetAsync<MailboxSetup>(At(made.Id)));
        var listed = (await caller.GetAsync<MailboxView[]>(Routes.Mailboxes)).Single(m => m.Id == made.Id);
        Assert.Equal((false, false, false), (listed.IsEnabled, listed.IsRead, listed.HasTransport));
        Assert.Equal(["mailbox.create", "mailbox.change"], await installation.Store.ColumnAsync<string>($"select action from audit_entry where subject_kind = 'mailbox' and subject_id = {made.Id} and actor = 'Olga' order by id"));
    }

    [Fact]
    public async Task Who_saves_over_another_persons_change_is_told()
    {
        var caller = installation.Caller;
        var made = await caller.SendAsync<MailboxSetup>(HttpMethod.Post, Routes.Mailboxes, new SaveMailbox("conflict@shop.example", "", Connected));
        var body = new SaveMailbox(made.Address, "Mine", Connected);
        await ApiCaller.ProblemAsync(await caller.SendAsync(HttpMethod.Put, At(made.Id), body), 428);
        await caller.SendAsync<MailboxSetup>(HttpMethod.Put, At(made.Id), body, 1);
        await ApiCaller.ProblemAsync(await caller.SendAsync(HttpMethod.Put, At(made.Id), body, 1), 412);
        await ApiCaller.ProblemAsync(await caller.SendAsync(HttpMethod.Put, At(999_999), body, 1), 404);
        var taken = await ApiCaller.ProblemAsync(await caller.SendAsync(HttpMethod.Post, Routes.Mailboxes, new SaveMailbox("CONFLICT@shop.example", "", Connected)), 409);
        Assert.Contains("already", taken.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_used_is_told_by_field()
    {
        var problem = await ApiCaller.ProblemAsync(await installation.Caller.SendAsync(HttpMethod.Post, Routes.Mailboxes, new SaveMailbox("bad@shop.example", "", Connected with { Imap = Connected.Imap! with { Port = 0 } }, Secret)), 400);
        Assert.StartsWith("imap.port", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await ApiCaller.ProblemAsync(await installation.Caller.SendAsync(HttpMethod.Post, Routes.Mailboxes, new { address = "bad@shop.example" }), 400);
        using var raw = new StringContent($$$"""{"address":"bad@shop.example","imapSecret":"{{{Secret}}}","settings":{"pollSeconds":"soon"}}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await installation.Caller.Http.PostAsync(Routes.Mailboxes, raw);
        Assert.DoesNotContain(Secret, (await ApiCaller.ProblemAsync(answer, 400)).GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read", 403)]
    [InlineData("operate", 403)]
    [InlineData("admin", 201)]
    public async Task Only_an_administrators_key_makes_mailboxes(string scope, int expected)
    {
        var key = EmailOps.Core.Audit.ApiKey.NewSecret();
        await installation.Store.ExecuteAsync($"insert into api_key (name, hash, scope, created_at) values ('{scope}-{expected}', '\\x{Convert.ToHexString(EmailOps.Core.Audit.ApiKey.HashOf(key))}', '{scope}', now())");
        using var caller = installation.With(key);
        using var made = await caller.SendAsync(HttpMethod.Post, Routes.Mailboxes, new SaveMailbox($"{scope}@keys.example", "", Connected));
        Assert.Equal(expected, (int)made.StatusCode);
        using var read = await caller.Http.GetAsync(At(installation.Store.Mailbox));
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact]
    public async Task No_password_gets_into_the_log_even_at_its_most_talkative()
    {
        var postgres = new PostgresFixture();
        var store = await TestStore.CreateAsync(postgres);
        var folder = Directory.CreateTempSubdirectory("emailops-log-");
        var log = Path.Combine(folder.FullName, "app.log");
        await using (var api = await TestHosts.ApiAsync(store.ConnectionString, "--LOG_LEVEL=TRACE", "--LOG_FILE_ENABLED=true", $"--LOG_FILE_PATH={log}"))
        {
            using var caller = new ApiCaller(api.Address(), TestHosts.Key);
            var made = await caller.SendAsync<MailboxSetup>(HttpMethod.Post, Routes.Mailboxes, new SaveMailbox("log@shop.example", "", Connected, Secret, "smtp-" + Secret));
            await caller.SendAsync<MailboxSetup>(HttpMethod.Put, At(made.Id), new SaveMailbox(made.Address, "", Connected, Secret + "2"), 1);
            using var wrong = await caller.SendAsync(HttpMethod.Post, Routes.Mailboxes, new SaveMailbox("no address", "", Connected, Secret));
            await api.StopAsync();
        }
        var lines = string.Concat(Directory.GetFiles(folder.FullName).Select(File.ReadAllText));
        Assert.Contains("/mailboxes", lines, StringComparison.Ordinal); // it was talkative
        Assert.DoesNotContain(Secret, lines, StringComparison.Ordinal);
        Assert.DoesNotContain(TestStore.SecretsKey, lines, StringComparison.Ordinal);
        folder.Delete(recursive: true);
        await store.DisposeAsync();
        await postgres.DisposeAsync();
    }
}
