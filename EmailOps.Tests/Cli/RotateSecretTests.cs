using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EmailOps.Tests.Cli;

/// <summary>Secrets change while everything runs, and running processes log more by order.</summary>
public sealed class RotateSecretTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("emailops-rotate-");

    public void Dispose() => _state.Delete(recursive: true);

    private async Task<TestStore> WithSecretAsync(params (string, string)[] settings)
    {
        var store = await TestStore.CreateAsync(postgres, settings);
        await SealAsync(store, "mailbox/1/imap", "one");
        await SealAsync(store, "mailbox/2/imap", "two");
        return store;
    }

    private static async Task SealAsync(TestStore store, string name, string secret)
        => await store.ExecuteAsync($"insert into secret (name, sealed, updated_at) values ('{name}', '\\x{Convert.ToHexString(store.Get<SecretBox>().Seal(name, secret))}', now())");

    private static async Task<string> OpenAsync(TestStore store, string name) => store.Get<SecretBox>().Open(name, await store.AskAsync<byte[]>($"select sealed from secret where name = '{name}'"));

    private (string, string)[] Settings(TestStore store) => [("ConnectionStrings__emailops", store.ConnectionString), ("STATE_DIR", _state.FullName)];

    [Fact]
    public async Task The_key_of_the_state_folder_changes_and_a_process_that_ran_meanwhile_goes_on()
    {
        await using var store = await WithSecretAsync(("Secrets:Key", ""), ("Secrets:Folder", _state.FullName));
        var (file, before) = (Path.Combine(_state.FullName, "secrets-key"), await File.ReadAllTextAsync(Path.Combine(_state.FullName, "secrets-key")));
        // What a change that broke off left there is used, not lost.
        var begun = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        await File.WriteAllTextAsync(file + ".new", begun);

        var (code, output, error) = await OwnProcess.RunAsync("emailops", ["rotate-secret", "secrets-key"], Settings(store));

        Assert.True(code == 0, output + error);
        Assert.Equal(begun, (await File.ReadAllTextAsync(file)).Trim());
        Assert.Equal(before, await File.ReadAllTextAsync(file + ".old"));
        Assert.False(File.Exists(file + ".new"));
        await SealAsync(store, "mailbox/3/imap", "three"); // by this process, which holds the old key
        Assert.Equal(("one", "two", "three"), (await OpenAsync(store, "mailbox/1/imap"), await OpenAsync(store, "mailbox/2/imap"), await OpenAsync(store, "mailbox/3/imap")));
        await using var fresh = await TestStore.OpenAsync(store.ConnectionString, ("Secrets:Key", ""), ("Secrets:Folder", _state.FullName));
        Assert.Equal(("one", "three"), (await OpenAsync(fresh, "mailbox/1/imap"), await OpenAsync(fresh, "mailbox/3/imap")));
        Assert.Equal(1, await store.AskAsync<long>("select count(*) from audit_entry where action = 'secrets.rotate'"));

        Assert.Equal(0, (await OwnProcess.RunAsync("emailops", ["rotate-secret", "secrets-key"], Settings(store))).Code);
        Assert.NotEqual(begun, (await File.ReadAllTextAsync(file)).Trim());
        Assert.Equal(("two", "three"), (await OpenAsync(store, "mailbox/2/imap"), await OpenAsync(store, "mailbox/3/imap")));
    }

    [Fact]
    public async Task A_key_of_the_environment_is_changed_there_and_one_secret_that_does_not_open_changes_nothing()
    {
        await using var store = await WithSecretAsync();
        var fresh = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

        var alone = await OwnProcess.RunAsync("emailops", ["rotate-secret", "secrets-key"], [.. Settings(store), ("SECRETS_KEY", TestStore.SecretsKey)]);
        Assert.Equal(2, alone.Code);
        Assert.Contains("SECRETS_KEY_PREVIOUS", alone.Error, StringComparison.Ordinal);
        await SealAsync(store, "mailbox/9/imap", "x");
        await store.ExecuteAsync("update secret set sealed = set_byte(sealed, 1, 7) where name = 'mailbox/9/imap'");
        var before = await store.ColumnAsync<byte[]>("select sealed from secret order by name");
        Assert.Equal(2, (await OwnProcess.RunAsync("emailops", ["rotate-secret", "secrets-key"], [.. Settings(store), ("SECRETS_KEY", fresh), ("SECRETS_KEY_PREVIOUS", TestStore.SecretsKey)])).Code);
        Assert.Equal(before, await store.ColumnAsync<byte[]>("select sealed from secret order by name"));
        await store.ExecuteAsync("delete from secret where name = 'mailbox/9/imap'");

        var done = await OwnProcess.RunAsync("emailops", ["rotate-secret", "secrets-key"], [.. Settings(store), ("SECRETS_KEY", fresh), ("SECRETS_KEY_PREVIOUS", TestStore.SecretsKey)]);
        Assert.Equal(0, done.Code);
        await using var after = await TestStore.OpenAsync(store.ConnectionString, ("Secrets:Key", fresh));
        Assert.Equal("two", await OpenAsync(after, "mailbox/2/imap"));
    }

    [Fact]
    public async Task The_key_to_the_api_is_written_anew_for_its_owner_only()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var file = Path.Combine(_state.FullName, "api-key");
        Assert.Equal(2, (await OwnProcess.RunAsync("emailops", ["rotate-secret", "api-key"], Settings(store))).Code);
        await File.WriteAllTextAsync(file, "old\n");

        var (code, output, _) = await OwnProcess.RunAsync("emailops", ["rotate-secret", "api-key"], Settings(store));

        Assert.Equal(0, code);
        var key = (await File.ReadAllTextAsync(file)).Trim();
        Assert.StartsWith("eo_", key, StringComparison.Ordinal);
        Assert.DoesNotContain(key, output, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_running_process_logs_more_by_order_and_again_as_its_settings_say()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await using var api = await TestHosts.ApiAsync(store.ConnectionString, "--LOG_LEVEL=ERROR");
        var log = api.Services.GetRequiredService<ILoggerFactory>().CreateLogger("EmailOps.Api.Something");
        Assert.False(log.IsEnabled(LogLevel.Information));

        var ordered = await OwnProcess.RunAsync("emailops", ["log-level", "debug", "--for", "5m"], Settings(store));
        Assert.True(ordered.Code == 0, ordered.Error);
        await Wait.UntilAsync(() => Task.FromResult(log.IsEnabled(LogLevel.Debug)), "the Api logs more");
        Assert.Contains("Debug", (await OwnProcess.RunAsync("emailops", ["log-level"], Settings(store))).Output, StringComparison.Ordinal);

        // It ends by itself, by the database's clock.
        await store.ExecuteAsync("update installation set value = jsonb_set(value::jsonb, '{until}', to_jsonb(now() - interval '1 second'))::text where key = 'log-level'");
        await Wait.UntilAsync(() => Task.FromResult(!log.IsEnabled(LogLevel.Information)), "the Api logs as its settings say");
        Assert.Null(await store.Get<LogLevels>().FindAsync(CancellationToken.None));
        Assert.Equal((2, 2), ((await OwnProcess.RunAsync("emailops", ["log-level", "loud"], Settings(store))).Code, (await OwnProcess.RunAsync("emailops", ["log-level", "debug", "--for", "30 years"], Settings(store))).Code));
        await api.StopAsync();
    }
}
