using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EmailOps.Core.Data.Backups;
using Npgsql;

namespace EmailOps.Core.Data.Retention;

/// <summary>
/// A zip with each mail as it was received (<c>mails/SHA256.eml</c>) and a line of facts for each message (<c>facts.jsonl</c>). <c>emailops import</c> reads it
/// like any zip of mails.
/// </summary>
internal static class ArchiveFile
{
    private const string Facts = "facts.jsonl";
    private const long MostFactsBytes = 2_000_000_000;

    /// <summary>Writes it beside, reads it again, and only then gives it its name.</summary>
    /// <exception cref="BackupException">What was read is not what was written.</exception>
    public static async Task WriteAsync(NpgsqlConnection connection, long[] ids, string path, string? readMe, CancellationToken cancel)
    {
        var unfinished = $"{path}.partial";
        try
        {
            var lines = new List<string>(ids.Length);
            var written = new HashSet<string>(StringComparer.Ordinal);
            await using (var file = Create(unfinished))
            {
                await using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
                {
                    await MessageFacts.EachAsync(connection, ids, async (_, sha256, bytes, facts) =>
                    {
                        lines.Add(facts);
                        var name = Convert.ToHexStringLower(sha256);
                        if (!written.Add(name)) return; // one mail in two mailboxes
                        await using var entry = await zip.CreateEntry($"mails/{name}.eml", CompressionLevel.Fastest).OpenAsync(cancel);
                        await entry.WriteAsync(bytes, cancel);
                    }, cancel);
                    await using (var entry = await zip.CreateEntry(Facts).OpenAsync(cancel))
                        foreach (var line in lines) await entry.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancel);
                    if (readMe is not null)
                    {
                        await using var entry = await zip.CreateEntry("README.txt").OpenAsync(cancel);
                        await entry.WriteAsync(Encoding.UTF8.GetBytes(readMe), cancel);
                    }
                }
                file.Flush(flushToDisk: true);
            }
            if (lines.Count != ids.Length) throw new BackupException($"{ids.Length - lines.Count} messages went away while they were archived; nothing was deleted.");
            await CheckAsync(unfinished, lines.Count, cancel);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Reads every mail of it and compares it with its name, unless only its head was kept.</summary>
    /// <returns>What a person needs to take it back: mailbox and digest of each message.</returns>
    public static async Task<List<(string Mailbox, byte[] DedupeKey)>> CheckAsync(string path, int? expected, CancellationToken cancel)
    {
        var (messages, wanted) = (new List<(string, byte[])>(), new Dictionary<string, bool>(StringComparer.Ordinal));
        await using var zip = await OpenAsync(path, cancel);
        var list = zip.GetEntry(Facts) ?? throw new BackupException($"{path} is no archive of EmailOps: it has no {Facts}.");
        if (list.Length > MostFactsBytes) throw new BackupException($"{path} has more than {MostFactsBytes / 1e9:N0} GB of facts: it is none of ours.");
        await using (var stream = await list.OpenAsync(cancel))
        {
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(cancel) is { } line)
            {
                var (mailbox, key, sha256, isHead) = Read(line, path);
                messages.Add((mailbox, key));
                wanted[sha256] = isHead;
            }
        }
        foreach (var (sha256, isHead) in wanted)
        {
            var entry = zip.GetEntry($"mails/{sha256}.eml") ?? throw new BackupException($"{path} is damaged: mail {sha256} is missing.");
            await using var stream = await entry.OpenAsync(cancel);
            var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel));
            if (!isHead && found != sha256) throw new BackupException($"{path} is damaged: mail {sha256} is not what its digest says.");
        }
        if (expected is { } count && messages.Count != count) throw new BackupException($"{path} has {messages.Count} of {count} messages.");
        return messages;
    }

    private static async Task<ZipArchive> OpenAsync(string path, CancellationToken cancel)
    {
        try
        {
            return await ZipFile.OpenReadAsync(path, cancel);
        }
        catch (InvalidDataException failure)
        {
            throw new BackupException($"{path} is no archive of EmailOps, or damaged: {failure.Message}", failure);
        }
    }

    private static (string Mailbox, byte[] Key, string Sha256, bool IsHead) Read(string line, string path)
    {
        try
        {
            using var facts = JsonDocument.Parse(line);
            var root = facts.RootElement;
            var sha256 = root.GetProperty("sha256").GetString()!;
            if (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigitLower)) throw new BackupException($"{path} is none of ours: a digest is none.");
            return (root.GetProperty("mailbox").GetString()!, Convert.FromHexString(root.GetProperty("dedupeKey").GetString()!), sha256, root.GetProperty("isHead").GetBoolean());
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new BackupException($"{path} is none of ours, or damaged: {failure.Message}", failure);
        }
    }

    private static FileStream Create(string path)
    {
        var how = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, how);
    }
}
