using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EmailOps.AppHost.Postgres;

/// <summary>A cluster on disk: makes it, starts its server, stops a server that an earlier process left on it.</summary>
internal sealed class PostgresCluster
{
    // sun_path of a Unix socket address: 108 bytes with the closing NUL (unix(7)).
    private const int LongestSocketPath = 107;
    private const long LeastFreeBytes = 128L << 20;

    private readonly PrivatePostgresOptions _options;
    private readonly ServerUser _user;

    private PostgresCluster(PrivatePostgresOptions options, ServerUser user, PostgresPrograms programs, string socketFolder)
    {
        _options = options;
        _user = user;
        Programs = programs;
        SocketFolder = socketFolder;
    }

    public PostgresPrograms Programs { get; }

    public string SocketFolder { get; }

    public string Data => DataIn(_options.Folder);

    private string StartLog => Path.Combine(_options.Folder, "start.log");

    /// <summary>Leaves a complete cluster on which no server runs.</summary>
    public static async Task<PostgresCluster> PrepareAsync(PrivatePostgresOptions options, PostgresPrograms programs, ServerUser user, CancellationToken cancel)
    {
        RequireSpace(options.Folder);
        programs = await programs.ForDataAsync(DataIn(options.Folder), user, cancel);
        var cluster = new PostgresCluster(options, user, programs, await MakeSocketFolderAsync(options.Folder, user, cancel));
        if (Directory.Exists(cluster.Data))
            await cluster.StopLeftOverAsync(cancel);
        else
            await cluster.CreateAsync(cancel);
        return cluster;
    }

    /// <summary>Starts the server in a session of its own (pg_ctl does), so that Ctrl-C reaches us and not it.</summary>
    /// <returns>Its process id.</returns>
    public async Task<int> StartAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        _options.Progress?.Invoke("Starting PostgreSQL");
        // Not cancellable: pg_ctl would be killed and the server would go on. The caller stops what was started.
        var started = await Command.RunAsync(
            _user.Runs(Programs["pg_ctl"], "start", "-D", Data, "-l", StartLog, "-w", "-t", "300", "-s", "-o", ServerSettings.CommandLine(_options, SocketFolder)),
            CancellationToken.None);
        if (!started.Succeeded)
            throw await ExplainAsync(started);
        return await ReadServerProcessAsync() ?? throw new StartupException($"PostgreSQL started and ended at once; see {StartLog}.", "Start again.");
    }

    /// <summary>pg_ctl gives its paths to a shell inside double quotes, where these characters keep their meaning.</summary>
    public static void RequirePlainPath(string folder)
    {
        if (folder.AsSpan().IndexOfAny("\"$`\\\n") >= 0)
            throw new StartupException($"PostgreSQL cannot be started in {folder}: the path holds a quote, $, ` or \\.", "Set STATE_DIR to a folder with a plainer name.");
    }

    /// <summary>The socket's folder in /tmp, where the path of the cluster was too long; called when the server has stopped.</summary>
    public void DeleteOutsideSocketFolder()
    {
        if (!SocketFolder.StartsWith(_options.Folder, StringComparison.Ordinal) && Directory.Exists(SocketFolder) && !Directory.EnumerateFileSystemEntries(SocketFolder).Any())
            Directory.Delete(SocketFolder);
    }

    private static string DataIn(string folder) => Path.Combine(folder, "data");

    private static void RequireSpace(string folder)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < LeastFreeBytes)
            throw new StartupException($"The disk of {folder} has {free >> 20} MB free; {LeastFreeBytes >> 20} MB are the least to start with.",
                "Free some space, or set STATE_DIR to a folder on another disk.");
    }

    private static async Task<string> MakeSocketFolderAsync(string folder, ServerUser user, CancellationToken cancel)
    {
        var socket = Path.Combine(folder, "socket");
        if (Encoding.UTF8.GetByteCount(Path.Combine(socket, ".s.PGSQL.5432")) > LongestSocketPath)
        {
            socket = $"/tmp/emailops-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..16]}";
            await user.MakePrivateFolderAsync(socket, cancel);
            // /tmp is open to everybody: another user may have made the name first.
            var seen = await Command.RunAsync(user.Runs("stat", "-c", "%u %a", socket), cancel);
            var self = await Command.RunAsync(user.Runs("id", "-u"), cancel);
            if (seen.Output.Trim() != $"{self.Output.Trim()} 700")
                throw new StartupException($"{socket}, the folder for PostgreSQL's socket, belongs to somebody else.", "Set STATE_DIR to a folder with a path of less than 80 characters.");
            return socket;
        }

        await user.MakePrivateFolderAsync(socket, cancel);
        return socket;
    }

    // Made beside its place and renamed when complete: a start that is cut short leaves no half cluster that looks like a whole one.
    private async Task CreateAsync(CancellationToken cancel)
    {
        _options.Progress?.Invoke("Creating the database cluster");
        var unfinished = $"{Data}.unfinished";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        var made = await InitialiseAsync(unfinished, "C.UTF-8", cancel);
        if (!made.Succeeded && made.Error.Contains("locale", StringComparison.Ordinal))
        {
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
            made = await InitialiseAsync(unfinished, "C", cancel);
        }

        if (!made.Succeeded)
        {
            RequireSpace(_options.Folder);
            throw new StartupException($"The database cluster in {_options.Folder} cannot be made: {made.LastLines(3)}", "Mend that, then start again.");
        }

        Directory.Move(unfinished, Data);
    }

    private Task<CommandResult> InitialiseAsync(string folder, string locale, CancellationToken cancel)
    {
        // The built-in provider (17 and newer) compares the same on every system, so a moved data folder keeps sound indexes.
        string[] provider = Programs.Major >= 17 ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] : [];
        string[] sync = _options.ThrowAway ? ["--no-sync"] : [];
        return Command.RunAsync(
            _user.Runs([Programs["initdb"], "-D", folder, "-U", PrivatePostgres.Database, "--auth-local=trust", "--auth-host=reject",
                "-E", "UTF8", $"--locale={locale}", "--data-checksums", "--no-instructions", .. provider, .. sync]),
            cancel);
    }

    // After kill -9 or a power cut: a server may still run on our data (we hold the lock, so it is nobody else's), or only its pid file is left.
    private async Task StopLeftOverAsync(CancellationToken cancel)
    {
        if (await ReadServerProcessAsync() is not { } server)
            return;
        var folder = await Command.RunAsync(_user.Runs("readlink", $"/proc/{server}/cwd"), cancel);
        if (folder.Output.Trim() == Data)
        {
            _options.Progress?.Invoke("Stopping the PostgreSQL that an earlier start left running");
            await Command.RunAsync(_user.Runs(Programs["pg_ctl"], "stop", "-D", Data, "-m", "fast", "-w", "-t", "60"), CancellationToken.None);
            return;
        }

        // The process is gone, or after a reboot its number belongs to another program, which PostgreSQL would take for a server.
        if (Directory.Exists("/proc/self"))
            await Command.RunAsync(_user.Runs("rm", "-f", Path.Combine(Data, "postmaster.pid")), cancel);
    }

    private async Task<int?> ReadServerProcessAsync()
    {
        try
        {
            var lines = await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid"));
            return lines.Length > 0 && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var process) ? process : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private async Task<StartupException> ExplainAsync(CommandResult started)
    {
        var log = File.Exists(StartLog) ? (await File.ReadAllLinesAsync(StartLog)).TakeLast(8).ToArray() : [];
        var said = string.Join("\n  ", log.Length > 0 ? log : [started.LastLines(4)]);
        return said switch
        {
            _ when said.Contains("No space left", StringComparison.Ordinal)
                => new($"PostgreSQL cannot start, because the disk of {_options.Folder} is full.", "Free some space, or set STATE_DIR to a folder on another disk."),
            _ when said.Contains("shared memory", StringComparison.Ordinal)
                => new($"PostgreSQL cannot have {_options.SharedBuffers} of shared memory.", "Set DATABASE_SHARED_BUFFERS to less, for example 64MB."),
            _ => new($"PostgreSQL did not start:\n  {said}\n", $"The whole log is {StartLog}."),
        };
    }
}
