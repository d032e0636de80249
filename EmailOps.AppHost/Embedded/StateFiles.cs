using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using EmailOps.AppHost.Postgres;
using EmailOps.ServiceDefaults.Startup;

namespace EmailOps.AppHost.Embedded;

/// <summary>The small files of the state folder. All are 0600: who reads them has the API and the database.</summary>
internal static class StateFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Closed to others; only root's lets them pass through (without listing it), because PostgreSQL runs there as another user.
    /// </summary>
    public static void MakeFolder(string folder)
    {
        const UnixFileMode own = OwnerOnly | UnixFileMode.UserExecute;
        try
        {
            if (!Directory.Exists(folder))
                Directory.CreateDirectory(folder, Environment.IsPrivilegedProcess ? own | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : own);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw new StartupException($"The folder {folder} cannot be made: {refused.Message}", "Set STATE_DIR to a folder that you own.", refused);
        }
        if (FolderProbe.Look(folder, "STATE_DIR") is { } wrong) throw new StartupException(wrong.Problem, wrong.Fix);
    }

    /// <summary>Made once; Web, the command line and other programs show it to the Api.</summary>
    public static string ApiKey(string stateFolder)
    {
        var path = Path.Combine(stateFolder, "api-key");
        if (File.Exists(path))
        {
            File.SetUnixFileMode(path, OwnerOnly);
            if (File.ReadAllText(path).Trim() is { Length: > 0 } kept)
                return kept;
        }

        var key = $"eo_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";
        Write(path, key + "\n");
        return key;
    }

    /// <summary>Tells the command line where the running process is; gone when it has stopped.</summary>
    public static string WriteRunning(string stateFolder, string connectionString, Uri api, Uri console)
    {
        var path = Path.Combine(stateFolder, "running.json");
        Write(path, JsonSerializer.Serialize(new { process = Environment.ProcessId, connectionString, api, console }));
        return path;
    }

    // Renamed into place: a reader never sees half a file, and a full disk leaves the old one.
    private static void Write(string path, string text)
    {
        var unfinished = $"{path}.{Environment.ProcessId}";
        File.Delete(unfinished);
        using (var writer = new StreamWriter(unfinished, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
            writer.Write(text);
        File.Move(unfinished, path, overwrite: true);
    }
}
