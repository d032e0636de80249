using System.Globalization;

namespace EmailOps.AppHost.Postgres;

/// <summary>
/// The user the server runs as: ourselves, except under root. PostgreSQL refuses uid 0, so root starts it as an unprivileged user.
/// </summary>
internal sealed record ServerUser(string Name, int? Uid, int? Gid)
{
    /// <summary>By preference: a user of our own, the distribution's, the one every system has.</summary>
    private static readonly string[] Candidates = ["emailops", "postgres", "nobody"];

    /// <param name="folder">Where the cluster lives; who owns an existing one keeps it.</param>
    /// <param name="cancel">Stops waiting.</param>
    public static async Task<ServerUser> ForAsync(string folder, CancellationToken cancel)
    {
        if (!Environment.IsPrivilegedProcess)
            return new ServerUser(Environment.UserName, null, null);

        var users = ReadUsers();
        if (Directory.Exists(folder))
        {
            var owner = await Command.RunAsync(["stat", "-c", "%u", folder], cancel);
            if (owner.Succeeded && int.TryParse(owner.Output.Trim(), CultureInfo.InvariantCulture, out var uid) && uid != 0)
                return users.FirstOrDefault(user => user.Uid == uid) ?? new ServerUser($"uid {uid}", uid, uid);
        }

        return Candidates.Select(name => users.FirstOrDefault(user => user.Name == name)).FirstOrDefault(user => user is not null)
            ?? throw new StartupException("PostgreSQL cannot run as root, and the system has none of the users emailops, postgres, nobody.",
                "Add one (useradd --system emailops), or start EmailOps as an ordinary user.");
    }

    /// <summary>The command as this user runs it.</summary>
    public string[] Runs(params IEnumerable<string> command) => Uid is null
        ? [.. command]
        : ["setpriv", $"--reuid={Uid}", $"--regid={Gid}", "--clear-groups", "--no-new-privs", "--", .. command];

    /// <summary>Makes a folder that only this user enters (0700). An existing one is left as it is.</summary>
    public async Task MakePrivateFolderAsync(string folder, CancellationToken cancel)
    {
        if (Directory.Exists(folder))
            return;
        string[] owner = Uid is null ? [] : ["-o", $"{Uid}", "-g", $"{Gid}"];
        var made = await Command.RunAsync(["install", "-d", "-m", "700", .. owner, folder], cancel);
        if (!made.Succeeded)
            throw new StartupException($"The folder {folder} cannot be made: {made.LastLines(1)}.", "Set STATE_DIR to a folder that you own.");
    }

    /// <summary>Root's own home is usually 0700: nothing inside can be reached by the user the server runs as.</summary>
    /// <exception cref="StartupException">Names the folder on the way that is closed.</exception>
    public async Task RequireReachableAsync(string folder, string key, string example, CancellationToken cancel)
    {
        if (Uid is null || (await Command.RunAsync(Runs("test", "-x", folder), cancel)).Succeeded)
            return;
        var closed = folder;
        for (var parent = folder; parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (!(await Command.RunAsync(Runs("test", "-x", parent), cancel)).Succeeded)
                closed = parent;
        }

        throw new StartupException($"PostgreSQL runs as the user '{Name}' (it refuses root), who may not enter {closed}.",
            $"Set {key} to a folder outside, for example {key}={example}, or open the way: chmod o+x {closed}");
    }

    // name:password:uid:gid:comment:home:shell
    private static List<ServerUser> ReadUsers() => [.. File.ReadLines("/etc/passwd")
        .Select(line => line.Split(':'))
        .Where(fields => fields.Length >= 4)
        .Select(fields => new ServerUser(fields[0], int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture)))];
}
