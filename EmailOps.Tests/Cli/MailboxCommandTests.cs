using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Cli;

public sealed class MailboxCommandTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>, IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("emailops-cli-");
    private string _database = "";

    public async Task InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var result = await OwnProcess.RunAsync("emailops", ["mailbox", .. arguments], ("ConnectionStrings__emailops", _database), ("SECRETS_KEY", TestStore.SecretsKey));
        Assert.DoesNotContain("   at ", result.Output + result.Error, StringComparison.Ordinal);
        return result;
    }

    private string Password(string text)
    {
        var path = Path.Combine(_folder.FullName, "password");
        File.WriteAllText(path, text + "\n");
        return path;
    }

    [Fact]
    public async Task How_replies_begin_and_end_is_shown_set_and_taken_back()
    {
        await using (await TestStore.OpenAsync(_database)) { }
        var (shown, as_is, _) = await RunAsync("reply", TestStore.Address, "--language", "de", "--name", "Jana Weber");
        Assert.Equal(0, shown);
        Assert.Contains("Guten Tag Jana Weber", as_is, StringComparison.Ordinal);
        var (_, set, _) = await RunAsync("reply", TestStore.Address, "--language", "de", "--greeting", "Moin {name},", "--sign-off", "Tschüss\\n{team}", "--team", "Team Nord", "--name", "Jana Weber", "--json");
        Assert.EndsWith("Tschüss\nTeam Nord", JsonSerializer.Deserialize<ReplyPreview[]>(set, ContractJson.Options)!.Single(p => p.Language == "de").Body, StringComparison.Ordinal);
        var (refused, _, why) = await RunAsync("reply", TestStore.Address, "--language", "de", "--greeting", "Moin");
        Assert.Equal(2, refused);
        Assert.Contains("{name}", why, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("reply", TestStore.Address, "--greeting", "Moin {name}")).Code);
        Assert.Contains("Moin Jana Weber", (await RunAsync("reply", TestStore.Address, "--name", "Jana Weber")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Moin", (await RunAsync("reply", TestStore.Address, "--clear")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mailbox_is_added_after_a_test_shown_changed_tested_and_switched_off()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        var pin = servers.Certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);
        string[] where = ["--imap-host", "127.0.0.1", "--imap-port", $"{servers.ImapsPort}", "--imap-security", "Tls", "--imap-pin", pin, "--smtp-host", "127.0.0.1", "--smtp-port", $"{servers.SmtpsPort}", "--smtp-security", "Tls", "--smtp-pin", pin];

        var (failed, said, _) = await RunAsync(["add", user.Address, .. where, "--password-file", Password("wrong")]);
        Assert.Equal(1, failed);
        Assert.Contains("FAIL IMAP Sign-in", said, StringComparison.Ordinal);
        Assert.Contains("Nothing was saved", said, StringComparison.Ordinal);
        Assert.Contains("There is no mailbox yet", (await RunAsync("list")).Output, StringComparison.Ordinal);

        var (added, json, error) = await RunAsync(["add", user.Address, .. where, "--password-file", Password(user.Password), "--json"]);
        Assert.True(added == 0, json + error);
        var setup = JsonSerializer.Deserialize<MailboxSetup>(json, ContractJson.Options)!;
        Assert.Equal((user.Address, true, 1), (setup.Address, setup.HasImapSecret, setup.Version));
        Assert.Equal(2, (await RunAsync(["add", user.Address, .. where, "--password-file", Password(user.Password)])).Code);

        Assert.Equal(0, (await RunAsync("set", user.Address, "--hold-seconds", "300", "--folder", "INBOX", "--folder", "Archive")).Code);
        Assert.Equal(1, (await RunAsync("set", user.Address, "--folder", "Archif")).Code);
        var changed = JsonSerializer.Deserialize<MailboxSetup>((await RunAsync("show", user.Address, "--json")).Output, ContractJson.Options)!;
        Assert.Equal((300, 2, pin), (changed.Settings.HoldSeconds, changed.Version, changed.Settings.Imap!.CertificateSha256));
        Assert.Equal(["INBOX", "Archive"], changed.Settings.Folders);
        var (moved, _, why) = await RunAsync("set", user.Address, "--imap-host", "localhost");
        Assert.Equal(2, moved);
        Assert.Contains("enter the password again", why, StringComparison.Ordinal);

        var (works, report, _) = await RunAsync("test", user.Address, "--json");
        Assert.Equal(0, works);
        Assert.True(JsonSerializer.Deserialize<ConnectionReport>(report, ContractJson.Options)!.Ok);
        Assert.Contains("Everything works.", (await RunAsync("test", user.Address)).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("disable", user.Address)).Code);
        Assert.Contains("disabled", (await RunAsync("list")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("enable", user.Address)).Code);
        var shown = (await RunAsync("show", user.Address)).Output;
        Assert.Contains("INBOX, Archive", shown, StringComparison.Ordinal);
        Assert.All((string[])[said, json, report, shown], text => Assert.DoesNotContain(user.Password, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_used_ends_with_two_and_a_sentence()
    {
        Assert.Contains("--password-stdin", (await RunAsync("add", "a@shop.example", "--imap-host", "imap.shop.example", "--no-test")).Error, StringComparison.Ordinal);
        var (code, _, address) = await RunAsync("add", "nobody", "--password-file", Password("x"));
        Assert.Equal(2, code);
        Assert.Contains("support@example.com", address, StringComparison.Ordinal);
        Assert.Contains("imap.port", (await RunAsync("add", "a@shop.example", "--imap-host", "imap.shop.example", "--imap-port", "70000", "--password-file", Password("x"))).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("add", "a@shop.example", "--imap-host", "imap.shop.example", "--no-test", "--password-file", Password("x"))).Code);
        Assert.Contains("model.tokensPerDay is 10", (await RunAsync("set", "a@shop.example", "--no-test", "--model-tokens-per-day", "10")).Error, StringComparison.Ordinal);
        Assert.Contains("write a number, or none", (await RunAsync("set", "a@shop.example", "--no-test", "--model-money-per-day", "much")).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("set", "a@shop.example", "--no-test", "--model-use", "Never", "--model-tokens-per-day", "20000", "--model-money-per-day", "none")).Code);
        var model = JsonSerializer.Deserialize<MailboxSetup>((await RunAsync("show", "a@shop.example", "--json")).Output, ContractJson.Options)!.Settings.Model;
        Assert.Equal((ModelUse.Never, 20_000L, null), (model.Use, model.TokensPerDay, model.MoneyPerDay));
        Assert.Contains("no mailbox b@shop.example", (await RunAsync("show", "b@shop.example")).Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("add", "c@shop.example", "--password", "on the command line")).Code);
    }

    [Fact]
    public async Task Help_shows_examples_and_warns_of_passwords_in_arguments()
    {
        var (code, text, _) = await RunAsync("--help");
        Assert.Equal(0, code);
        Assert.Contains("emailops mailbox add support@example.com", text, StringComparison.Ordinal);
        Assert.Contains("never from the command line", text, StringComparison.Ordinal);
    }
}
