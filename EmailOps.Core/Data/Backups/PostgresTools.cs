using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace EmailOps.Core.Data.Backups;

/// <summary>pg_dump and pg_restore of a version that fits the server.</summary>
internal sealed class PostgresTools
{
    private const string Missing = "pg_dump and pg_restore were not found";
    private readonly string _folder;

    private PostgresTools(string folder, int major) => (_folder, Major) = (folder, major);

    public int Major { get; }

    /// <summary>
    /// In order: Backup:Programs, EMAILOPS_PG_BIN, eng/postgres.sh of the checkout we run in, installed ones, PATH. The server's own major version before newer
    /// ones, whose archives older servers may refuse; older ones cannot read the server.
    /// </summary>
    /// <exception cref="BackupException">There are none; says what to install.</exception>
    public static async Task<PostgresTools> FindAsync(BackupOptions options, int serverMajor, CancellationToken cancel)
    {
        if (options.Programs is { Length: > 0 } named)
            return await OpenAsync(named, cancel) ?? throw new BackupException($"{BackupOptions.Section}:Programs is {named}, which holds no pg_dump and pg_restore that run. Name the bin folder of PostgreSQL {serverMajor}.");
        PostgresTools? newer = null;
        var found = new List<string>();
        await foreach (var folder in FoldersAsync(serverMajor, cancel))
        {
            if (await OpenAsync(folder, cancel) is not { } tools) continue;
            if (tools.Major == serverMajor) return tools;
            found.Add($"{tools.Major} in {folder}");
            if (tools.Major > serverMajor && (newer is null || tools.Major < newer.Major)) newer = tools;
        }
        return newer ?? throw new BackupException(found.Count == 0
            ? $"{Missing}. Install the client programs of PostgreSQL {serverMajor} (Debian: postgresql-client-{serverMajor}), or name their folder with Backup__Programs."
            : $"pg_dump is older than the server, which is PostgreSQL {serverMajor}: found {string.Join(", ", found.Distinct())}. Install its client programs (Debian: postgresql-client-{serverMajor}), or name their folder with Backup__Programs.");
    }

    private static async IAsyncEnumerable<string> FoldersAsync(int major, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        if (Environment.GetEnvironmentVariable("EMAILOPS_PG_BIN") is { Length: > 0 } set) yield return set;
        yield return string.Create(CultureInfo.InvariantCulture, $"/usr/lib/postgresql/{major}/bin");
        yield return string.Create(CultureInfo.InvariantCulture, $"/usr/pgsql-{major}/bin");
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var script = Path.Combine(folder, "eng", "postgres.sh");
            if (!File.Exists(script)) continue;
            var (code, output, _) = await ExecuteAsync("bash", [script, "--programs"], null, null, cancel);
            if (code == 0 && output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() is { } fetched) yield return fetched;
            break;
        }
        if (Directory.Exists("/usr/lib/postgresql"))
            foreach (var installed in Directory.EnumerateDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal)) yield return Path.Combine(installed, "bin");
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted)) yield return folder;
    }

    private static async Task<PostgresTools?> OpenAsync(string folder, CancellationToken cancel)
    {
        if (!File.Exists(Path.Combine(folder, "pg_dump")) || !File.Exists(Path.Combine(folder, "pg_restore"))) return null;
        // pg_dump (PostgreSQL) 17.6 (Debian 17.6-0+deb13u1)
        var (code, output, _) = await ExecuteAsync(Path.Combine(folder, "pg_dump"), ["--version"], null, null, cancel);
        var digits = output.IndexOf(") ", StringComparison.Ordinal) is var at and >= 0 ? output[(at + 2)..].TakeWhile(char.IsAsciiDigit).ToArray() : [];
        return code == 0 && int.TryParse(digits, CultureInfo.InvariantCulture, out var major) ? new PostgresTools(folder, major) : null;
    }

    /// <param name="line">Told each line of what it says of its work.</param>
    /// <exception cref="BackupException">It failed; with the end of what it said.</exception>
    public async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, NpgsqlConnectionStringBuilder server, Action<string>? line, CancellationToken cancel)
    {
        var (code, output, error) = await ExecuteAsync(Path.Combine(_folder, program), arguments, server, line, cancel);
        if (code == 0) return output;
        // What went wrong, not what went well before it.
        var words = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var reasons = words.Where(l => l.Contains("error", StringComparison.OrdinalIgnoreCase) || l.Contains("could not", StringComparison.Ordinal) || l.Contains("fatal", StringComparison.OrdinalIgnoreCase)).Take(3).ToArray();
        throw new BackupException($"{program} ended with code {code}: {string.Join(" ", reasons.Length > 0 ? reasons : words.TakeLast(3))}");
    }

    private static async Task<(int Code, string Output, string Error)> ExecuteAsync(string program, IReadOnlyList<string> arguments, NpgsqlConnectionStringBuilder? server, Action<string>? line, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = "/", RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // The environment holds secrets, and settings of psql that would lead to another server; eng/postgres.sh wants its own.
        if (server is not null) Connect(start, server);
        using var process = Start(start);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = ReadAsync(process.StandardError, line);
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new BackupException($"{start.FileName} did not start.");
        }
        catch (Win32Exception failure)
        {
            throw new BackupException($"{start.FileName} did not start: {failure.Message}", failure);
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, Action<string>? line)
    {
        const int most = 400; // lines kept: the end says why
        var kept = new Queue<string>();
        while (await reader.ReadLineAsync(CancellationToken.None) is { } text)
        {
            line?.Invoke(text);
            kept.Enqueue(text);
            if (kept.Count > most) kept.Dequeue();
        }
        return string.Join('\n', kept);
    }

    private static void Connect(ProcessStartInfo start, NpgsqlConnectionStringBuilder server)
    {
        var kept = ((string[])["PATH", "HOME", "LANG", "TZ", "TMPDIR"]).Select(n => (Name: n, Value: Environment.GetEnvironmentVariable(n))).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in kept)
            if (value is not null) start.Environment[name] = value;
        void Set(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) start.Environment[name] = value;
        }
        Set("PGHOST", server.Host);
        Set("PGPORT", server.Port.ToString(CultureInfo.InvariantCulture));
        Set("PGUSER", server.Username);
        // Not an argument: those are seen by everybody on the machine.
        Set("PGPASSWORD", server.Password);
        Set("PGPASSFILE", server.Passfile);
        Set("PGDATABASE", server.Database);
        Set("PGSSLMODE", server.SslMode switch { SslMode.Disable => "disable", SslMode.Allow => "allow", SslMode.Require => "require", SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", _ => "prefer" });
        Set("PGSSLROOTCERT", server.RootCertificate);
        Set("PGSSLCERT", server.SslCertificate);
        Set("PGSSLKEY", server.SslKey);
        Set("PGGSSENCMODE", "disable");
        Set("PGAPPNAME", "emailops backup");
    }
}
