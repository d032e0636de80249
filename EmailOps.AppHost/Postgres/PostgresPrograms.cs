using System.Globalization;

namespace EmailOps.AppHost.Postgres;

/// <summary>An installed or fetched PostgreSQL: the folder of its programs and its major version.</summary>
internal sealed record PostgresPrograms(string Folder, int Major)
{
    private const int Oldest = 15;

    public string this[string program] => Path.Combine(Folder, program);

    /// <summary>
    /// In order: EMAILOPS_PG_BIN (run.sh and test.sh set it); eng/postgres.sh of the checkout we run in, which also fetches; an
    /// installed one.
    /// </summary>
    public static async Task<PostgresPrograms> FindAsync(ServerUser user, CancellationToken cancel)
    {
        var folder = Environment.GetEnvironmentVariable("EMAILOPS_PG_BIN");
        if (string.IsNullOrEmpty(folder))
            folder = await AskScriptAsync(cancel) ?? NewestInstalled();
        if (folder is null)
            throw new StartupException("No PostgreSQL was found.",
                "Start with ./run.sh, which fetches one; or install PostgreSQL 15 or newer with pgvector; or set ConnectionStrings__emailops to a server of yours.");

        return await OpenAsync(folder, user, cancel);
    }

    /// <summary>These programs, or those of another installed version when the data was written by that.</summary>
    /// <exception cref="StartupException">The data is of another major version, and no programs of that version are installed.</exception>
    public async Task<PostgresPrograms> ForDataAsync(string data, ServerUser user, CancellationToken cancel)
    {
        var file = Path.Combine(data, "PG_VERSION");
        if (!File.Exists(file) || !int.TryParse((await File.ReadAllTextAsync(file, cancel)).Trim(), CultureInfo.InvariantCulture, out var written) || written == Major)
            return this;
        var other = $"/usr/lib/postgresql/{written}/bin";
        if (File.Exists(Path.Combine(other, "postgres")))
            return await OpenAsync(other, user, cancel);

        throw new StartupException($"The data in {data} was written by PostgreSQL {written}; the programs in {Folder} are PostgreSQL {Major}.",
            $"Set EMAILOPS_PG_BIN to the bin folder of PostgreSQL {written} (with pgvector), or set STATE_DIR to another folder to start afresh.");
    }

    private static async Task<PostgresPrograms> OpenAsync(string folder, ServerUser user, CancellationToken cancel)
    {
        var program = Path.Combine(folder, "postgres");
        if (!File.Exists(program))
            throw new StartupException($"{folder} holds no program postgres.", "Set EMAILOPS_PG_BIN to the bin folder of PostgreSQL 15 or newer with pgvector.");
        await user.RequireReachableAsync(folder, "EMAILOPS_CACHE", "/var/cache/emailops", cancel);

        // postgres (PostgreSQL) 17.6 (Debian 17.6-0+deb13u1)
        var answer = await Command.RunAsync(user.Runs(program, "--version"), cancel);
        var digits = answer.Output.IndexOf(") ", StringComparison.Ordinal) is var at and >= 0
            ? answer.Output[(at + 2)..].TakeWhile(char.IsAsciiDigit).ToArray()
            : [];
        if (!answer.Succeeded || !int.TryParse(digits, CultureInfo.InvariantCulture, out var major))
            throw new StartupException($"{program} does not start: {answer.LastLines(2)}", "Set EMAILOPS_PG_BIN to the bin folder of a working PostgreSQL with pgvector.");
        if (major < Oldest)
            throw new StartupException($"{program} is PostgreSQL {major}; {Oldest} or newer is needed.", "Set EMAILOPS_PG_BIN, or unset it to have one found.");
        return new PostgresPrograms(folder, major);
    }

    private static async Task<string?> AskScriptAsync(CancellationToken cancel)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var script = Path.Combine(folder, "eng", "postgres.sh");
            if (!File.Exists(script))
                continue;
            // The script looks at the proxy and cache settings of whoever started us.
            var answer = await Command.RunAsync(["bash", script, "--programs"], cancel, wholeEnvironment: true);
            if (answer.Succeeded)
                return answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
            throw new StartupException(answer.Error.Trim(), string.Empty);
        }

        return null;
    }

    private static string? NewestInstalled() => !Directory.Exists("/usr/lib/postgresql") ? null : Directory
        .EnumerateDirectories("/usr/lib/postgresql")
        .Where(folder => File.Exists(Path.Combine(folder, "bin", "postgres")))
        .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var major) ? major : 0)
        .Select(folder => Path.Combine(folder, "bin"))
        .FirstOrDefault();
}
