using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Mailboxes;

public sealed class EnvironmentMailboxTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly string[] All = ["--EMAIL_IMAP_HOST=imap.env.example", "--EMAIL_SMTP_HOST=smtp.env.example", "--EMAIL_USERNAME=Help@Env.Example", "--EMAIL_PASSWORD=from the environment"];

    [Fact]
    public async Task The_worker_makes_the_mailbox_follows_changes_and_lets_go_of_it()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var (mailboxes, access) = (store.Get<MailboxStore>(), store.Get<MailboxAccess>());
        await RunWorkerAsync(store, All);
        var made = (await mailboxes.FindAsync("help@env.example", default))!;
        Assert.Equal(new MailServerSettings("imap.env.example", 993, MailSecurity.Tls), made.Settings.Imap);
        Assert.Equal(new MailServerSettings("smtp.env.example", 587, MailSecurity.StartTls), made.Settings.Smtp);
        Assert.Equal("from the environment", (await access.OpenAsync(made.Id, default))!.SmtpSecret);
        Assert.Contains("EMAIL_IMAP_HOST", made.FromEnvironment);
        Assert.Equal(1, made.Version);

        // The same again changes nothing, and what people set stays.
        await RunWorkerAsync(store, All);
        Assert.Equal(1, (await mailboxes.FindAsync(made.Id, default))!.Version);
        var mine = made.Settings with { HoldSeconds = 600, Folders = ["INBOX", "Web"] };
        Assert.Equal(WriteOutcome.Done, (await mailboxes.SaveAsync(made.Id, 1, "Olga", new SaveMailbox(made.Address, "Help desk", mine), default)).Outcome);
        await RunWorkerAsync(store, [.. All, "--EMAIL_IMAP_PORT=143", "--EMAIL_PASSWORD=a new one"]);
        var followed = (await mailboxes.FindAsync(made.Id, default))!;
        Assert.Equal((600, "Help desk", 3), (followed.Settings.HoldSeconds, followed.Name, followed.Version));
        Assert.Equal(new MailServerSettings("imap.env.example", 143, MailSecurity.StartTls), followed.Settings.Imap);
        Assert.Equal(["INBOX", "Web"], followed.Settings.Folders);
        Assert.Equal("a new one", (await access.OpenAsync(made.Id, default))!.ImapSecret);

        // What the environment decides cannot be typed over.
        foreach (var (name, attempt) in ((string, SaveMailbox)[])
        [
            ("EMAIL_IMAP_HOST", new(made.Address, "", followed.Settings with { Imap = followed.Settings.Imap! with { Host = "elsewhere.example" } })),
            ("EMAIL_SMTP_HOST", new(made.Address, "", followed.Settings with { Smtp = null })),
            ("EMAIL_USERNAME", new("other@env.example", "", followed.Settings)),
            ("EMAIL_PASSWORD", new(made.Address, "", followed.Settings, "typed")),
        ])
        {
            var refused = await mailboxes.SaveAsync(made.Id, followed.Version, "Olga", attempt, default);
            Assert.Equal(WriteOutcome.WrongState, refused.Outcome);
            Assert.StartsWith(name, refused.Problem, StringComparison.Ordinal);
        }

        await RunWorkerAsync(store, []);
        var free = (await mailboxes.FindAsync(made.Id, default))!;
        Assert.Empty(free.FromEnvironment);
        Assert.Equal(followed.Settings.Imap, free.Settings.Imap);
        Assert.Equal("a new one", (await access.OpenAsync(made.Id, default))!.ImapSecret);
    }

    [Fact]
    public async Task A_password_sealed_with_a_lost_key_is_sealed_anew()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await RunWorkerAsync(store, All);
        await RunWorkerAsync(store, [.. All, $"--SECRETS_KEY={new string('a', 64)}"]);
        await using var other = await TestStore.OpenAsync(store.ConnectionString, ("Secrets:Key", new string('a', 64)));
        var id = (await other.Get<MailboxStore>().FindAsync("help@env.example", default))!.Id;
        Assert.Equal("from the environment", (await other.Get<MailboxAccess>().OpenAsync(id, default))!.ImapSecret);
    }

    [Theory]
    [InlineData("EMAIL_IMAP_HOST")]
    [InlineData("EMAIL_SMTP_HOST")]
    [InlineData("EMAIL_USERNAME")]
    [InlineData("EMAIL_PASSWORD")]
    public void A_half_filled_set_names_what_is_missing(string missing)
    {
        var options = new MailboxOptions { Imap = { Host = "imap.env.example" }, Smtp = { Host = "smtp.env.example" }, Username = "help@env.example", Password = "secret of the test" };
        Assert.Null(options.Problem());
        switch (missing)
        {
            case "EMAIL_IMAP_HOST": options.Imap.Host = null; break;
            case "EMAIL_SMTP_HOST": options.Smtp.Host = ""; break;
            case "EMAIL_USERNAME": options.Username = null; break;
            default: options.Password = null; break;
        }
        Assert.StartsWith($"{missing} is not set", options.Problem(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret of the test", options.Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_set_is_no_problem_and_a_lone_port_is()
    {
        Assert.Null(new MailboxOptions().Problem());
        Assert.Contains("EMAIL_IMAP_HOST", new MailboxOptions { Imap = { Port = 993 } }.Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sign_in_name_that_is_no_address_needs_one()
    {
        var options = new MailboxOptions { Imap = { Host = "imap.env.example" }, Smtp = { Host = "smtp.env.example", Port = 465 }, Username = "Help", Password = "x" };
        Assert.Contains("EMAIL_ADDRESS", options.Problem(), StringComparison.Ordinal);
        options.Address = "help@env.example";
        Assert.Null(options.Problem());
        var merged = EnvironmentMailbox.Merged(options, null);
        Assert.Equal(("Help", MailSecurity.Tls), (merged.Settings.Imap!.User, merged.Settings.Smtp!.Security));
    }

    [Fact]
    public async Task The_worker_does_not_start_on_a_half_filled_set_and_says_why_in_one_sentence()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var (code, _, error) = await OwnProcess.RunAsync("EmailOps.Worker", ["--urls=http://127.0.0.1:0"], ("ConnectionStrings__emailops", store.ConnectionString), ("EMAIL_IMAP_HOST", "imap.env.example"), ("EMAIL_PASSWORD", "secret of the test"));
        Assert.Equal(1, code);
        Assert.Contains("EMAIL_SMTP_HOST and EMAIL_USERNAME are not set", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret of the test", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static async Task RunWorkerAsync(TestStore store, string[] settings)
    {
        await using var worker = await TestHosts.WorkerAsync(store.ConnectionString, settings);
        await worker.StopAsync();
    }
}
