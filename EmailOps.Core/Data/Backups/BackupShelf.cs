using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.Data.Backups;

/// <summary>A finished backup in the folder.</summary>
internal sealed record StoredBackup(string Path, BackupManifest Manifest);

/// <summary>The folder of backups: dumps, each with its manifest beside it. Everything in it is 0600; it holds all mail.</summary>
internal sealed partial class BackupShelf(BackupOptions options)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const long MostManifestBytes = 4_000_000;
    private const int AlwaysKept = 3;
    private static readonly JsonSerializerOptions s_json = new(ContractJson.Options) { WriteIndented = true };

    /// <exception cref="BackupException">There is no folder, or it cannot be made.</exception>
    public string Folder()
    {
        if (options.Folder is not { Length: > 0 } folder) throw new BackupException("There is no folder for backups: set STATE_DIR, or Backup__Folder.");
        try
        {
            if (!Directory.Exists(folder))
            {
                if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
                else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
            }
            return System.IO.Path.GetFullPath(folder);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The folder for backups, {folder}, cannot be made: {refused.Message} Set Backup__Folder to one that EmailOps may write.", refused);
        }
    }

    /// <summary>Finished ones, newest first.</summary>
    public IReadOnlyList<StoredBackup> List(string? folder = null)
    {
        folder ??= options.Folder;
        if (folder is null || !Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateFiles(folder, "emailops-*.json").Select(Read).OfType<StoredBackup>().Where(b => File.Exists(b.Path)).OrderByDescending(b => b.Manifest.MadeAt)];
    }

    /// <summary>The one that a person names: a path, a file of the folder, or <c>latest</c>.</summary>
    /// <exception cref="BackupException">There is none.</exception>
    public StoredBackup Find(string name)
    {
        if (name.Equals("latest", StringComparison.OrdinalIgnoreCase)) return List() is [var newest, ..] ? newest : throw new BackupException($"There is no backup in {options.Folder ?? "the folder for backups"} yet. Make one with: emailops backup");
        var path = File.Exists(name) ? System.IO.Path.GetFullPath(name) : System.IO.Path.Combine(options.Folder ?? "", System.IO.Path.GetFileName(name));
        if (!File.Exists(path)) throw new BackupException($"There is no backup {name}. emailops backup list shows those in {options.Folder ?? "the folder for backups"}.");
        return Read(ManifestOf(path)) ?? throw new BackupException($"{path} has no manifest beside it ({System.IO.Path.GetFileName(ManifestOf(path))}), so what is in it cannot be checked. pg_restore can still read it: see docs/backup.md.");
    }

    public static string NewName(DateTimeOffset at) => $"emailops-{at.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.dump";

    public static string ManifestOf(string dump) => System.IO.Path.ChangeExtension(dump, ".json");

    public static Task WriteAsync(string path, BackupManifest manifest, CancellationToken cancel) => WriteAsync(path, JsonSerializer.SerializeToUtf8Bytes(manifest, s_json), cancel);

    /// <summary>Whole or not at all, and on the disk before it has its name.</summary>
    public static async Task WriteAsync(string path, byte[] bytes, CancellationToken cancel)
    {
        var unfinished = $"{path}.{Guid.NewGuid():n}.partial";
        try
        {
            var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) how.UnixCreateMode = OwnerOnly;
            await using (var file = new FileStream(unfinished, how))
            {
                await file.WriteAsync(bytes, cancel);
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    public static async Task<string> HashAsync(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }

    /// <summary>Deletes those that are too old, and what unfinished ones left behind.</summary>
    /// <returns>Names of the deleted.</returns>
    public IReadOnlyList<string> Prune(DateTimeOffset now)
    {
        var old = List().Skip(AlwaysKept).Where(b => b.Manifest.MadeAt < now.AddDays(-options.KeepDays)).ToList();
        foreach (var backup in old)
        {
            // The manifest first: what has none does not count.
            File.Delete(ManifestOf(backup.Path));
            if (backup.Manifest.KeyFile is { } key) File.Delete(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(backup.Path)!, System.IO.Path.GetFileName(key)));
            File.Delete(backup.Path);
        }
        foreach (var left in Directory.EnumerateFiles(Folder(), "emailops-*.partial").Where(f => File.GetLastWriteTimeUtc(f) < now.UtcDateTime.AddDays(-1))) File.Delete(left);
        return [.. old.Select(b => System.IO.Path.GetFileName(b.Path))];
    }

    private static StoredBackup? Read(string manifest)
    {
        if (!File.Exists(manifest) || new FileInfo(manifest).Length > MostManifestBytes) return null;
        try
        {
            var read = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllBytes(manifest), s_json);
            // The name in it must be the file beside it: a manifest is no way to have other files read.
            return read is { Format: BackupManifest.CurrentFormat, Tables: not null } && Name().IsMatch(read.File) ? new StoredBackup(System.IO.Path.ChangeExtension(manifest, ".dump"), read) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,120}$")]
    private static partial Regex Name();
}
