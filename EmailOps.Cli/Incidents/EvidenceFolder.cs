using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.ServiceDefaults.Logging;

namespace EmailOps.Cli.Incidents;

/// <summary>What one piece of evidence is, or why it is missing.</summary>
internal sealed record EvidenceFile(string Name, long Bytes, string? Sha256, string? Problem = null);

/// <summary>
/// The dated folder of an incident, closed to others. Every text goes through the mask of secrets; a piece that cannot be had is noted and costs only itself.
/// At the end each file's SHA-256 stands in SHA256SUMS (sha256sum -c reads it), and the whole is in one zip file.
/// </summary>
internal sealed class EvidenceFolder
{
    /// <summary>Of one piece; of a larger one the end is kept, which is the latest of a log.</summary>
    public const long MostBytes = 200L << 20;
    private static readonly JsonSerializerOptions Indented = new(ContractJson.Options) { WriteIndented = true };
    private readonly SecretMask _mask;

    public EvidenceFolder(string parent, string name, SecretMask mask)
    {
        (_mask, Path) = (mask, System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), name));
        if (Directory.Exists(Path)) throw new IOException($"{Path} exists already.");
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Path);
        else Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Path { get; }

    public List<EvidenceFile> Files { get; } = [];

    public Task AddAsync<T>(string name, Func<Task<T>> collect) => TryAsync(name, async () => JsonSerializer.Serialize(await collect(), Indented));

    public Task AddAsync(string name, Func<IEnumerable<string>> lines) => TryAsync(name, () => Task.FromResult(string.Join('\n', lines()) + "\n"));

    /// <summary>Copies a file, or its end, line by line through the mask.</summary>
    public async Task CopyAsync(string name, string from)
    {
        try
        {
            await using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (source.Length > MostBytes) source.Seek(-MostBytes, SeekOrigin.End);
            using var reader = new StreamReader(source);
            await using (var target = Create(name))
            await using (var writer = new StreamWriter(target))
                while (await reader.ReadLineAsync() is { } line) await writer.WriteLineAsync(_mask.Apply(line));
            await NoteAsync(name);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Files.Add(new EvidenceFile(name, 0, null, failure.Message));
        }
    }

    /// <summary>Writes SHA256SUMS and the zip file beside the folder.</summary>
    /// <returns>The zip file and its SHA-256.</returns>
    public async Task<(string Zip, string Sha256)> SealAsync()
    {
        await using (var sums = Create("SHA256SUMS"))
            await sums.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Files.Where(f => f.Sha256 is not null).Select(f => $"{f.Sha256}  {f.Name}\n"))));
        var zip = Path + ".zip";
        await ZipFile.CreateFromDirectoryAsync(Path, zip, CompressionLevel.Optimal, includeBaseDirectory: true);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(zip, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return (zip, await HashAsync(zip));
    }

    private async Task TryAsync(string name, Func<Task<string>> collect)
    {
        try
        {
            var text = _mask.Apply(await collect());
            await using (var file = Create(name)) await file.WriteAsync(Encoding.UTF8.GetBytes(text));
            await NoteAsync(name);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // In an incident half of the evidence is better than none; what is missing is told, and the exit code says so.
            Files.Add(new EvidenceFile(name, 0, null, Core.Data.StoreFailures.Explain(failure) ?? $"{failure.GetType().Name}: {failure.Message}"));
        }
    }

    private FileStream Create(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private async Task NoteAsync(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        Files.Add(new EvidenceFile(name, new FileInfo(path).Length, await HashAsync(path)));
    }

    private static async Task<string> HashAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
    }

    /// <summary>incident-20260501T120000Z-data_breach: sorts by time.</summary>
    public static string NameOf(DateTimeOffset at, string type) => string.Create(CultureInfo.InvariantCulture, $"incident-{at.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{type}");
}
