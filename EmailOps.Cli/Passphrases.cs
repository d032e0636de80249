using System.Text;
using EmailOps.Core.Data.Backups;
using EmailOps.Core.Mailboxes;
using Spectre.Console;

namespace EmailOps.Cli;

/// <summary>Passphrases from a file, the environment or a person; never from an argument, which everybody on the machine sees.</summary>
internal static class Passphrases
{
    private const string Name = "EMAILOPS_BACKUP_PASSPHRASE";

    /// <exception cref="CommandException">There is none.</exception>
    public static string Read(FileInfo? file, bool isNew)
    {
        if (file is not null) return File.ReadLines(file.FullName).FirstOrDefault()?.Trim() ?? throw new CommandException($"{file.FullName} is empty.");
        if (Environment.GetEnvironmentVariable(Name) is { Length: > 0 } set) return set;
        if (Console.IsInputRedirected) throw new CommandException($"A passphrase is needed: --passphrase-file, or {Name}.");
        var console = Terminal.Error();
        var passphrase = console.Prompt(new TextPrompt<string>("Passphrase:").Secret());
        if (isNew && console.Prompt(new TextPrompt<string>("Again:").Secret()) != passphrase) throw new CommandException("They are not the same.");
        return passphrase;
    }

    /// <summary>Puts a sealed key back into the state folder, unless there is one.</summary>
    public static void RestoreKey(IAnsiConsole console, Installation installation, string sealedKey, FileInfo? file)
    {
        var folder = installation.Get<SecretsOptions>().Folder;
        var path = folder is { Length: > 0 } ? Path.Combine(folder, SecretsKey.FileName) : null;
        if (!File.Exists(sealedKey)) return;
        if (path is null || File.Exists(path) || installation.Get<SecretsOptions>().Key is { Length: > 0 })
        {
            console.MarkupLineInterpolated($"The key of stored passwords is beside the backup; this installation has one already and keeps it. Is it another, remove {path ?? "SECRETS_KEY"} and restore again.");
            return;
        }
        var key = Passphrase.Open(Read(file, isNew: false), File.ReadAllBytes(sealedKey));
        Directory.CreateDirectory(folder!);
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(path, Encoding.ASCII, how)) writer.WriteLine(Encoding.ASCII.GetString(key));
        console.MarkupLineInterpolated($"The key of stored passwords was put back: {path}");
    }
}
