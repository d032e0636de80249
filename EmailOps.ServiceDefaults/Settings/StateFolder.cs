namespace EmailOps.ServiceDefaults.Settings;

/// <summary>Where what must be kept lives: outside the checkout, so that an update or a clean build never touches it.</summary>
public static class StateFolder
{
    /// <summary>
    /// STATE_DIR, else the XDG data folder; for root /var/lib, because the user that PostgreSQL then runs as may not enter root's home.
    /// </summary>
    /// <returns>An absolute path, which need not exist.</returns>
    public static string Find(Func<string, string?> setting) => FindOrNull(setting)
        ?? throw new InvalidSettingException("STATE_DIR", "is not set, and you have no home folder.", "Set it to a folder that you own.");

    /// <summary>For those who may do without.</summary>
    public static string? FindOrNull(Func<string, string?> setting)
    {
        if (setting("STATE_DIR") is { Length: > 0 } named)
            return Path.GetFullPath(named);
        // The specification: a relative path in XDG_DATA_HOME is ignored (XDG Base Directory 0.8, section 2).
        if (setting("XDG_DATA_HOME") is { Length: > 0 } data && Path.IsPathRooted(data))
            return Path.Combine(data, "emailops");
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
            return "/var/lib/emailops";
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length > 0 ? Path.Combine(home, ".local", "share", "emailops") : null;
    }
}
