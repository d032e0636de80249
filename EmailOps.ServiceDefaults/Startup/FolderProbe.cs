using System.Globalization;

namespace EmailOps.ServiceDefaults.Startup;

/// <summary>Tries a folder that must be written before anything depends on it: a volume of another user, a read-only or a full disk is told in one sentence then.</summary>
public static class FolderProbe
{
    /// <summary>With less than this a database begins to fail in its own words.</summary>
    public const long LeastBytes = 64L << 20;

    /// <param name="folder">That exists.</param>
    /// <param name="setting">The setting that names it.</param>
    /// <param name="free">Free bytes of its disk; asked of the system when left out.</param>
    /// <returns>Null, or what is wrong and what to do.</returns>
    public static (string Problem, string Fix)? Look(string folder, string setting, long? free = null)
    {
        var probe = Path.Combine(folder, $".emailops-{Guid.NewGuid():n}");
        try
        {
            using var file = new FileStream(probe, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return ($"The folder {folder} cannot be written: {refused.Message}", $"Give it to the user that runs EmailOps (chown {Environment.UserName} {folder}; a container's volume: its user), or set {setting} to a folder of his.");
        }
        var left = free ?? new DriveInfo(folder).AvailableFreeSpace;
        return left >= LeastBytes ? null
            : (string.Create(CultureInfo.InvariantCulture, $"The disk of {folder} is full: {left / 1048576.0:0.0} MB are free, and {LeastBytes >> 20} are needed at least."), $"Free space, or set {setting} to a folder on a larger disk.");
    }
}
