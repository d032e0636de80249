using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Backups;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops backup|restore|verify-backup</c>: the database to a file and back, shown to be whole.</summary>
internal static class BackupCommand
{
    private const string Actor = "emailops";

    public static IEnumerable<Command> All(IAnsiConsole console) => [Backup(console), Restore(console), Verify(console)];

    private static Command Backup(IAnsiConsole console)
    {
        var output = new Option<DirectoryInfo?>("--output") { Description = "The folder to write to; without it Backup__Folder, or backups in the state folder." };
        var withKey = new Option<bool>("--with-secrets-key") { Description = "Puts the key of stored passwords beside it, sealed with a passphrase. Without it the key must be kept apart." };
        var phrase = PassphraseFile();
        var noUpload = new Option<bool>("--no-upload") { Description = "Does not copy it to AWS_S3_BACKUP_BUCKET." };
        var json = new Option<bool>("--json") { Description = "Tells the manifest." };
        var command = new Command("backup", """
            Dumps the database while everything goes on: compressed, with a manifest of every table's count and checksum beside it. 30 days are kept (Backup__KeepDays).

            Examples:
              emailops backup
              emailops backup --output /mnt/backups
              emailops backup --with-secrets-key --passphrase-file ~/backup.phrase
              emailops backup list
            """) { output, withKey, phrase, noUpload, json };
        command.Subcommands.Add(List(console));
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var passphrase = parsed.GetValue(withKey) ? Passphrases.Read(parsed.GetValue(phrase), isNew: true) : null;
            var made = await Progress.ShowAsync(console, parsed.GetValue(json), tell => installation.Get<BackupMaker>().MakeAsync(new BackupAsk(Actor, parsed.GetValue(output)?.FullName, passphrase, !parsed.GetValue(noUpload)), tell, cancel));
            var m = made.Backup.Manifest;
            if (parsed.GetValue(json)) Write(console, m);
            else
            {
                console.MarkupLineInterpolated($"{made.Backup.Path}: {m.Tables.Count} tables, {m.Rows:N0} rows, {m.Bytes / 1e6:N1} MB in {m.Seconds:N1} s.");
                if (made.BucketKey is { } key) console.MarkupLineInterpolated($"Copied to the bucket as {key}.");
                if (made.Deleted.Count > 0) console.MarkupLineInterpolated($"Deleted as too old: {string.Join(", ", made.Deleted)}");
                if (m.KeyFile is null) console.MarkupLineInterpolated($"The key of stored passwords is not in it: keep STATE_DIR/secrets-key (or SECRETS_KEY) apart.");
            }
            return CliHost.Done;
        });
        return command;
    }

    private static Command List(IAnsiConsole console)
    {
        var (json, remote) = (new Option<bool>("--json") { Description = "Tells the manifests." }, new Option<bool>("--bucket") { Description = "Those in AWS_S3_BACKUP_BUCKET." });
        var command = new Command("list", "Shows the backups in the folder, newest first, and whether they were verified.") { json, remote };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            if (parsed.GetValue(remote))
            {
                var there = await installation.Get<BackupBucket>().ListAsync(cancel);
                if (parsed.GetValue(json)) Write(console, there.Select(t => new { file = t.Name, at = t.At, bytes = t.Bytes }));
                else foreach (var (name, at, bytes) in there) console.MarkupLineInterpolated($"{name}  {at:yyyy-MM-dd HH:mm} UTC  {bytes / 1e6:N1} MB");
                return CliHost.Done;
            }
            var shelf = installation.Get<BackupShelf>();
            var backups = shelf.List();
            if (parsed.GetValue(json))
            {
                Write(console, backups.Select(b => b.Manifest));
                return CliHost.Done;
            }
            if (backups.Count == 0)
            {
                console.MarkupLineInterpolated($"There is no backup in {shelf.Folder()} yet. Make one with: emailops backup");
                return CliHost.Done;
            }
            var known = (await installation.Get<BackupLedger>().ListAsync(cancel)).ToDictionary(k => k.File, StringComparer.Ordinal);
            var table = new Table().Border(TableBorder.Rounded).AddColumns("File", "Made", "Size", "Rows", "Verified");
            foreach (var each in backups)
            {
                var m = each.Manifest;
                var verified = known.GetValueOrDefault(m.File) is { VerifiedAt: { } at, IsVerified: { } isOk } ? $"{(isOk ? "whole" : "NOT whole")} {At(at)}" : "not yet";
                table.AddRow(Markup.Escape(m.File), At(m.MadeAt), string.Create(CultureInfo.InvariantCulture, $"{m.Bytes / 1e6:N1} MB"), m.Rows.ToString("N0", CultureInfo.InvariantCulture), verified);
            }
            console.Write(table);
            return CliHost.Done;
        });
        return command;
    }

    private static Command Restore(IAnsiConsole console)
    {
        var file = new Argument<string>("file") { Description = "A dump that emailops backup made, or latest." };
        var (force, keep, json) = (new Option<bool>("--force") { Description = "Although mail is stored there, or EmailOps is running on it." }, new Option<bool>("--keep-old") { Description = "Keeps the database that was there, under another name." }, new Option<bool>("--json"));
        var phrase = PassphraseFile();
        var command = new Command("restore", """
            Restores a backup into a new database, compares it with its manifest, brings its schema up to date, and puts it in the place of the old one.
            If anything fails before that, nothing has changed. Afterwards automatic answers are paused, because what left since the backup is not known to it.

            Examples:
              emailops restore latest
              emailops restore /mnt/backups/emailops-20260102T020000Z.dump --force --keep-old

            Exit codes: 0 restored, 2 not restored (nothing changed).
            """) { file, force, keep, phrase, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var backup = installation.Get<BackupShelf>().Find(parsed.GetValue(file)!);
            var restored = await Progress.ShowAsync(console, parsed.GetValue(json), tell => installation.Get<BackupRestorer>().RestoreAsync(new RestoreAsk(backup, Actor, parsed.GetValue(force), parsed.GetValue(keep)), tell, cancel));
            if (parsed.GetValue(json)) Write(console, new { restored.Database, restored.Rows, restored.Migrations, restored.OldDatabase, restored.ToLookAt });
            else
            {
                console.MarkupLineInterpolated($"Restored {backup.Manifest.File}: {restored.Rows:N0} rows, counts and checksums as in its manifest{(restored.Migrations > 0 ? $", {restored.Migrations} migrations applied" : "")}.");
                if (restored.OldDatabase is { } old) console.MarkupLineInterpolated($"What was there is now the database {old}.");
                console.MarkupLineInterpolated($"Automatic answers are paused. Look at the outbox{(restored.ToLookAt > 0 ? $" ({restored.ToLookAt} replies may have left since)" : "")}, then: emailops automation resume");
                if (restored.WasRunning) console.MarkupLineInterpolated($"[yellow]Processes were using it: restart EmailOps.[/]");
            }
            if (backup.Manifest.KeyFile is { } key) Passphrases.RestoreKey(console, installation, Path.Combine(Path.GetDirectoryName(backup.Path)!, Path.GetFileName(key)), parsed.GetValue(phrase));
            return CliHost.Done;
        });
        return command;
    }

    private static Command Verify(IAnsiConsole console)
    {
        var file = new Argument<string>("file") { Description = "A dump, or latest.", DefaultValueFactory = _ => "latest" };
        var json = new Option<bool>("--json");
        var command = new Command("verify-backup", """
            Restores a backup into a scratch database, compares every table's count and checksum and every mail's digest, and drops it again.

            Examples:
              emailops verify-backup
              emailops verify-backup /mnt/backups/emailops-20260102T020000Z.dump

            Exit codes: 0 whole, 1 not what it was, 2 could not be tried.
            """) { file, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var backup = installation.Get<BackupShelf>().Find(parsed.GetValue(file)!);
            var verified = await Progress.ShowAsync(console, parsed.GetValue(json), tell => installation.Get<BackupRestorer>().VerifyAsync(backup, tell, cancel));
            if (parsed.GetValue(json)) Write(console, new { file = backup.Path, verified.IsOk, verified.Rows, verified.Tables, verified.Seconds, verified.Differences });
            else if (verified.IsOk) console.MarkupLineInterpolated($"{verified.Said}");
            else console.MarkupLineInterpolated($"[red]{verified.Said}[/]");
            return verified.IsOk ? CliHost.Done : CliHost.WithProblems;
        });
        return command;
    }

    internal static Option<FileInfo?> PassphraseFile() => new("--passphrase-file") { Description = $"Its first line is the passphrase, at least {Passphrase.Shortest} characters; without it EMAILOPS_BACKUP_PASSPHRASE, or it is asked for." };

    private static void Write<T>(IAnsiConsole console, T value) => console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(value, ContractJson.Options));

    private static string At(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
