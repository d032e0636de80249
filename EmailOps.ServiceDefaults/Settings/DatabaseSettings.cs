using System.Data.Common;
using System.Globalization;

namespace EmailOps.ServiceDefaults.Settings;

/// <summary>Makes one connection string of the server's address and of the pool settings, under whatever names they were given.</summary>
public static class DatabaseSettings
{
    /// <summary>The connection string's name, and the database's default name.</summary>
    public const string Name = "emailops";

    /// <summary>
    /// <c>postgres://user:password@host:5432/database?sslmode=require</c> as a connection string; anything that is no address is taken
    /// for one already.
    /// </summary>
    /// <exception cref="InvalidSettingException">An address of another kind of database, or not an address at all.</exception>
    public static string FromAddress(string setting, string value)
    {
        if (!value.Contains("://", StringComparison.Ordinal))
            return value;
        if (!Uri.TryCreate(value, UriKind.Absolute, out var address) || address.Scheme is not ("postgres" or "postgresql"))
            throw new InvalidSettingException(setting, "is not the address of a PostgreSQL server.",
                "Write postgres://user:password@host:5432/emailops, or leave it out to have a private PostgreSQL. (An SQLite file of an older system is imported, not opened.)");

        var user = address.UserInfo.Split(':', 2);
        var result = new DbConnectionStringBuilder { ["Host"] = address.Host.Trim('[', ']') };
        if (address.Port > 0)
            result["Port"] = address.Port.ToString(CultureInfo.InvariantCulture);
        if (user[0].Length > 0)
            result["Username"] = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            result["Password"] = Uri.UnescapeDataString(user[1]);
        result["Database"] = address.AbsolutePath.Trim('/') is { Length: > 0 } database ? Uri.UnescapeDataString(database) : Name;
        foreach (var pair in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            if (parts.Length == 2)
                result[parts[0] == "sslmode" ? "SSL Mode" : Uri.UnescapeDataString(parts[0])] = Uri.UnescapeDataString(parts[1]);
        }

        return result.ConnectionString;
    }

    /// <summary>
    /// The pool, where it was set. Size and overflow add up (the pool shrinks by itself when idle); min and max win over them.
    /// A connection older than the recycle time is not used again; checking before use is done by keep-alive probes.
    /// </summary>
    public static string WithPool(string connectionString, Func<string, string?> setting)
    {
        var result = new DbConnectionStringBuilder { ConnectionString = connectionString };
        var size = Number(setting("DATABASE_POOL_SIZE"));
        var most = Number(setting("DATABASE_POOL_MAX")) ?? (size is null ? null : size + (Number(setting("DATABASE_MAX_OVERFLOW")) ?? 0));
        var least = Number(setting("DATABASE_POOL_MIN"));
        if (least > most)
            throw new InvalidSettingException("DATABASE_POOL_MIN", $"is {least}, more than the {most} that the pool may hold.", "Lower it, or raise DATABASE_POOL_MAX.");
        Set("Maximum Pool Size", most);
        Set("Minimum Pool Size", least);
        Set("Connection Lifetime", Number(setting("DATABASE_POOL_RECYCLE")));
        Set("Command Timeout", Number(setting("DATABASE_COMMAND_TIMEOUT")));
        if (setting("DATABASE_POOL_PRE_PING") is "true")
            Set("Keepalive", 30);
        return result.ConnectionString;

        void Set(string key, long? value)
        {
            if (value is { } number && !result.ContainsKey(key))
                result[key] = number.ToString(CultureInfo.InvariantCulture);
        }

        static long? Number(string? value) => string.IsNullOrEmpty(value) ? null : long.Parse(value, CultureInfo.InvariantCulture);
    }
}
