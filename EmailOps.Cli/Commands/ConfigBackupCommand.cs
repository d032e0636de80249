using System.CommandLine;
using System.IO.Compression;
using System.Text;
using EmailOps.Core.Data.Backups;
using EmailOps.ServiceDefaults.Logging;
using EmailOps.ServiceDefaults.Settings;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops config-backup</c>: settings, taxonomy and deployment files in a zip; secrets masked, or the whole sealed with a passphrase.</summary>
internal static class ConfigBackupCommand
{
    private const long MostFileBytes = 20_000_000;
    /// <summary>Of a checkout: what makes an installation one's own.</summary>
    private static readonly string[] Parts = ["deploy", "samples/taxonomy.yaml", "samples/training", "aspire-manifest.json", "azure.yaml", "run.sh"];

    public static Command Create(IAnsiConsole console)
    {
        var output = new Option<FileInfo?>("--output") { Description = "The file to write; without it emailops-config-TIME.zip in the folder of backups." };
        var sealIt = new Option<bool>("--seal") { Description = "Keeps secrets as they are, and seals the whole with a passphrase (.sealed)." };
        var open = new Option<FileInfo?>("--open") { Description = "Opens a sealed one again, into --output." };
        var phrase = BackupCommand.PassphraseFile();
        var command = new Command("config-backup", """
            Puts settings (.env and the environment), appsettings.json, taxonomy, examples and the files of deploy (compose, Kubernetes, monitoring, proxies) into a zip.
            Secrets are masked, so it may be kept with the code; --seal keeps them, for a machine that must be made anew.

            Examples:
              emailops config-backup
              emailops config-backup --seal --passphrase-file ~/backup.phrase
              emailops config-backup --open emailops-config-20260102T020000Z.zip.sealed --output config.zip
            """) { output, sealIt, open, phrase };
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(open) is { } sealedFile) return Open(console, sealedFile, parsed.GetValue(output), parsed.GetValue(phrase));
            var passphrase = parsed.GetValue(sealIt) ? Passphrases.Read(parsed.GetValue(phrase), isNew: true) : null;
            var bytes = Pack(passphrase is not null, out var names);
            if (passphrase is not null) bytes = Passphrase.Seal(passphrase, bytes);
            var path = parsed.GetValue(output)?.FullName ?? Path.Combine(Folder(), $"emailops-config-{TimeProvider.System.GetUtcNow().UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.zip{(passphrase is null ? "" : ".sealed")}");
            await BackupShelf.WriteAsync(path, bytes, cancel);
            console.MarkupLineInterpolated($"{path}: {names.Count} files, {(passphrase is null ? "secrets masked" : "sealed with the passphrase")}.");
            return CliHost.Done;
        });
        return command;
    }

    private static string Folder()
    {
        using var configuration = Installation.Configure();
        return Directory.CreateDirectory(configuration["Backup:Folder"] is { Length: > 0 } set ? set : Path.Combine(StateFolder.Find(n => configuration[n]), "backups")).FullName;
    }

    private static int Open(IAnsiConsole console, FileInfo sealedFile, FileInfo? output, FileInfo? phrase)
    {
        if (output is null || output.Exists) throw new CommandException("Name a new file with --output.");
        if (!sealedFile.Exists || sealedFile.Length > MostFileBytes * 10) throw new CommandException($"{sealedFile.FullName} is no sealed config backup.");
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var plain = Passphrase.Open(Passphrases.Read(phrase, isNew: false), File.ReadAllBytes(sealedFile.FullName));
        using (var file = new FileStream(output.FullName, how)) file.Write(plain);
        console.MarkupLineInterpolated($"Opened into {output.FullName}. It holds secrets in clear text.");
        return CliHost.Done;
    }

    private static byte[] Pack(bool withSecrets, out List<string> names)
    {
        using var configuration = Installation.Configure();
        var mask = withSecrets ? SecretMask.None : SecretMask.From(configuration);
        using var memory = new MemoryStream();
        names = [];
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            var settings = SettingNames.All.Where(s => !string.IsNullOrEmpty(configuration[s.Name])).Select(s => $"{s.Name}={(withSecrets || !SecretMask.IsSecret(s.Name) ? mask.Apply(configuration[s.Name]!) : SecretMask.Masked)}");
            Add(zip, names, "settings.env", Encoding.UTF8.GetBytes(string.Join('\n', settings) + "\n"));
            var state = StateFolder.FindOrNull(n => configuration[n]);
            var checkout = Checkout();
            foreach (var (name, path) in ((string, string?)[])[("state/.env", state is null ? null : Path.Combine(state, ".env")), ("checkout/.env", checkout is null ? null : Path.Combine(checkout, ".env")), ("appsettings.json", Path.Combine(AppContext.BaseDirectory, "appsettings.json"))])
                if (path is not null && File.Exists(path)) Add(zip, names, name, withSecrets ? File.ReadAllBytes(path) : Encoding.UTF8.GetBytes(Masked(File.ReadAllText(path), mask)));
            if (withSecrets && state is not null && Path.Combine(state, "secrets-key") is var key && File.Exists(key)) Add(zip, names, "state/secrets-key", File.ReadAllBytes(key));
            // Where the taxonomy in use is, if it is the team's own.
            foreach (var own in ((string?[])[configuration["Triage:Taxonomy"], configuration["Triage:Knowledge"], configuration["Consulting:Prompts"], .. configuration.GetSection("Triage:Training").GetChildren().Select(c => c.Value)]).OfType<string>().Where(Path.Exists)) AddTree(zip, names, own, "triage/" + Path.GetFileName(Path.TrimEndingDirectorySeparator(own)), mask);
            foreach (var part in checkout is null ? [] : Parts.Where(p => Path.Exists(Path.Combine(checkout, p)))) AddTree(zip, names, Path.Combine(checkout!, part), $"checkout/{part}", mask);
        }
        return memory.ToArray();
    }

    /// <summary>Values of lines whose name is a secret's, and secrets that stand anywhere else.</summary>
    private static string Masked(string text, SecretMask mask) => string.Join('\n', mask.Apply(text).Split('\n').Select(line =>
        line.IndexOf('=', StringComparison.Ordinal) is var at and > 0 && SecretMask.IsSecret(line[..at].TrimStart('#', ' ')) && line.Length > at + 1 ? $"{line[..at]}={SecretMask.Masked}" : line));

    private static void AddTree(ZipArchive zip, List<string> names, string path, string name, SecretMask mask)
    {
        if (File.Exists(path))
        {
            if (new FileInfo(path).Length <= MostFileBytes) Add(zip, names, name, Text(path) is { } text ? Encoding.UTF8.GetBytes(Masked(text, mask)) : File.ReadAllBytes(path));
            return;
        }
        foreach (var file in Directory.EnumerateFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Order(StringComparer.Ordinal))
            AddTree(zip, names, file, $"{name}/{Path.GetRelativePath(path, file).Replace('\\', '/')}", mask);
    }

    private static string? Text(string path) => Path.GetExtension(path) is ".env" or ".yaml" or ".yml" or ".json" or ".conf" or ".example" or ".toml" or ".ini" or ".sh" or ".md" or ".csv" or ".txt" or "" ? File.ReadAllText(path) : null;

    private static void Add(ZipArchive zip, List<string> names, string name, byte[] bytes)
    {
        if (names.Contains(name)) return;
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(bytes);
        names.Add(name);
    }

    private static string? Checkout()
    {
        foreach (var start in (string[])[Directory.GetCurrentDirectory(), AppContext.BaseDirectory])
            for (var folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
                if (File.Exists(Path.Combine(folder, "EmailOps.sln"))) return folder;
        return null;
    }
}
