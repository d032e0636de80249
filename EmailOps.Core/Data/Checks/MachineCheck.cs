using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using Microsoft.Extensions.Configuration;

namespace EmailOps.Core.Data.Checks;

/// <summary>What this machine must give: folders that can be written and that others cannot read, and space on their disks.</summary>
internal sealed class MachineCheck(IConfiguration configuration, SecretsOptions secrets) : ILocalCheck
{
    private const long Full = 200L << 20;
    private const long NearlyFull = 1L << 30;
    /// <summary>Alerts begin there too: above 85 % used.</summary>
    private const double UsedShare = 0.85;
    private static readonly string[] Private = ["api-key", SecretsKey.FileName, "running.json", ".env"];

    public string Area => "machine";

    public bool NeedsDatabase => false;

    public Task<IReadOnlyList<CheckView>> RunAsync(CancellationToken cancel) => Task.Run<IReadOnlyList<CheckView>>(() => [.. Look()], cancel);

    private IEnumerable<CheckView> Look()
    {
        var state = secrets.Folder;
        if (string.IsNullOrEmpty(state)) yield return this.Warning("state folder", "There is none: this user has no home folder.", "Set STATE_DIR to a folder that is kept.");
        else
        {
            yield return Folder("state folder", state, "STATE_DIR");
            foreach (var open in OpenToOthers(state)) yield return open;
            yield return Space("disk of the state folder", state);
        }
        if (!configuration.GetValue("Logging:File:Enabled", true)) yield return this.Skipped("log folder", "No log file is written (LOG_FILE_ENABLED=false); standard output has all lines.");
        else if (Logs(state) is { } logs)
        {
            yield return Folder("log folder", logs, "LOG_FILE_PATH");
            if (state is null || !logs.StartsWith(state, StringComparison.Ordinal)) yield return Space("disk of the log folder", logs);
        }
    }

    private string? Logs(string? state) => configuration["Logging:File:Path"] is { Length: > 0 } given ? Path.GetDirectoryName(Path.GetFullPath(given)) : string.IsNullOrEmpty(state) ? null : Path.Combine(state, "logs");

    /// <summary>Whether this user can write there, tried by doing it; a folder that is not there yet counts by its nearest parent.</summary>
    private CheckView Folder(string name, string folder, string setting)
    {
        var there = Existing(folder);
        var probe = Path.Combine(there, $".emailops-doctor-{Guid.NewGuid():n}");
        try
        {
            using (new FileStream(probe, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose })) return this.Ok(name, there == folder ? $"{folder} can be written." : $"{folder} is not there yet and can be made.");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return this.Failed(name, $"{folder} cannot be written: {refused.Message}", $"Give it to the user that runs EmailOps ({Environment.UserName}): chown {Environment.UserName} {folder}; or set {setting} to a folder of his.");
        }
    }

    private IEnumerable<CheckView> OpenToOthers(string state)
    {
        if (OperatingSystem.IsWindows()) yield break;
        foreach (var file in Private.Select(name => Path.Combine(state, name)).Where(File.Exists))
            if ((File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) != 0)
                yield return this.Warning("rights", $"{file} can be read or written by others.", $"chmod 600 {file}");
    }

    private CheckView Space(string name, string folder)
    {
        var drive = new DriveInfo(Existing(folder));
        var (free, total) = (drive.AvailableFreeSpace, drive.TotalSize);
        var used = total == 0 ? 0 : 1 - (double)free / total;
        var told = $"{free / 1073741824.0:N1} GB of {total / 1073741824.0:N1} GB free ({used:P0} used) at {drive.Name}.";
        const string Fix = "Free space: emailops retention and older backups first; or move STATE_DIR to a larger disk.";
        return free < Full ? this.Failed(name, told, Fix) : free < NearlyFull || used > UsedShare ? this.Warning(name, told, Fix) : this.Ok(name, told);
    }

    private static string Existing(string folder)
    {
        var there = Path.GetFullPath(folder);
        while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } parent) there = parent;
        return there;
    }
}
