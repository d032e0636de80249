using System.CommandLine;
using System.Text;
using System.Text.Json;
using EmailOps.Core.Audit;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Access;
using EmailOps.Core.Mailboxes;
using EmailOps.ServiceDefaults.Settings;
using Npgsql;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops rotate-secret</c>: a new key for stored passwords, or a new key of the installation to its Api.</summary>
internal static class RotateSecretCommand
{
    private const string Actor = "emailops rotate-secret";

    /// <param name="Note">What is left to do.</param>
    internal sealed record Rotated(string Secret, int Resealed, string Note);

    public static Command Create(IAnsiConsole console) => new("rotate-secret", """
        Changes secrets of the installation. emailops doctor reminds of a secrets key that is older than a year. Keys of programs: emailops key create, emailops key revoke.

        Examples:
          emailops rotate-secret secrets-key     every stored password is sealed with a new key
          emailops rotate-secret api-key         a new key of the installation to its Api

        Where SECRETS_KEY is set (several machines): 1. make a key (openssl rand -base64 32); 2. set SECRETS_KEY to it and SECRETS_KEY_PREVIOUS to the old one, everywhere, and restart;
        3. emailops rotate-secret secrets-key; 4. take SECRETS_KEY_PREVIOUS out. Nothing stands still in between.

        Exit codes: 0 done, 2 it cannot be done; nothing has changed.
        """) { SecretsKeyCommand(console), ApiKeyCommand(console) };

    private static Command SecretsKeyCommand(IAnsiConsole console)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON; no key is in it." };
        var command = new Command("secrets-key", "Seals every stored secret with a new key, in one transaction. The old key is kept as secrets-key.old for processes that do not know yet.") { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var (keys, rotation, options) = (installation.Get<SecretsKey>(), installation.Get<SecretsRotation>(), installation.Get<SecretsOptions>());
            var next = keys.Next();
            if (next is null && string.IsNullOrWhiteSpace(options.Previous)) throw new CommandException("SECRETS_KEY holds the key, so it is changed there: set SECRETS_KEY to a new one and SECRETS_KEY_PREVIOUS to the old one for every process, restart, then run this again. See: emailops rotate-secret --help");
            var count = await rotation.RunAsync(next ?? keys, Actor, cancel);
            if (next is not null) keys.Adopt();
            var note = next is null ? "Everything is sealed with SECRETS_KEY now: take SECRETS_KEY_PREVIOUS out." : $"Copy {Path.Combine(options.Folder!, SecretsKey.FileName)} to where your key is kept apart from the database; backups made before need the old one.";
            Write(console, parsed.GetValue(json), new Rotated("secrets-key", count, note), $"{count} stored secrets are sealed with the new key. {note}");
            return CliHost.Done;
        });
        return command;
    }

    private static Command ApiKeyCommand(IAnsiConsole console)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON; the key is not in it." };
        var command = new Command("api-key", "Writes a new key of the installation into the state folder. Running processes know the old one until they are restarted.") { json };
        command.SetAction(async (parsed, cancel) =>
        {
            using var configuration = Installation.Configure();
            if (configuration["EMAILOPS_API_KEY"] is { Length: > 0 }) throw new CommandException($"EMAILOPS_API_KEY holds the key, so it is changed there, for every process at once. A new one: {ApiKey.NewSecret()}");
            var path = Path.Combine(StateFolder.Find(n => configuration[n]), "api-key");
            if (!File.Exists(path)) throw new CommandException($"{path} does not exist: it is made at the first start (./run.sh).");
            await using var installation = Installation.Open(configuration);
            await using (var connection = await installation.Get<NpgsqlDataSource>().OpenConnectionAsync(cancel))
                await AuditLine.WriteAsync(connection, Actor, "api-key.rotate", "installation", 0, "Wrote a new key of the installation to its Api.", cancel);
            await ReplaceAsync(path, ApiKey.NewSecret() + "\n", cancel);
            const string Note = "Restart EmailOps, and give the new key to programs that use it: until then the old one counts.";
            Write(console, parsed.GetValue(json), new Rotated("api-key", 0, Note), $"{path} holds a new key. {Note}");
            return CliHost.Done;
        });
        return command;
    }

    /// <summary>Whole or not at all, and never readable by others.</summary>
    private static async Task ReplaceAsync(string path, string text, CancellationToken cancel)
    {
        var unfinished = $"{path}.{Guid.NewGuid():n}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            await using (var file = new FileStream(unfinished, options))
            {
                await file.WriteAsync(Encoding.ASCII.GetBytes(text), cancel);
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static void Write(IAnsiConsole console, bool json, Rotated rotated, string text)
    {
        if (json) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(rotated, ContractJson.Options));
        else console.MarkupLineInterpolated($"{text}");
    }
}
