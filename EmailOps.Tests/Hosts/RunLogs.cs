using System.Collections.Concurrent;

namespace EmailOps.Tests.Hosts;

/// <summary>
/// What every host and command of a whole run logs, and every secret that was used in it: <c>test.sh</c> names the folder and, when all tests are over, looks for
/// each secret in each log. Without the folder nothing is kept.
/// </summary>
internal static class RunLogs
{
    public const string FolderVariable = "EMAILOPS_TEST_LOGS";
    /// <summary>A shorter one would be found in ordinary words.</summary>
    private const int LeastLength = 8;
    private static readonly string? s_folder = Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? folder : null;
    private static readonly ConcurrentDictionary<string, bool> s_known = new(StringComparer.Ordinal);
    private static readonly Lock s_file = new();
    private static int s_number;

    /// <summary>Settings of one more process or host.</summary>
    public static (string Name, string Value)[] Settings()
        => s_folder is null ? [("LOG_FILE_ENABLED", "false")] : [("LOG_FILE_ENABLED", "true"), ("LOG_FILE_PATH", Path.Combine(s_folder, $"{Environment.ProcessId}-{Interlocked.Increment(ref s_number)}.log"))];

    /// <summary>Must not stand in any log of this run.</summary>
    /// <returns>The secret.</returns>
    public static string Secret(string secret)
    {
        if (s_folder is null || secret.Length < LeastLength || !s_known.TryAdd(secret, true)) return secret;
        lock (s_file) File.AppendAllText(Path.Combine(s_folder, "secrets"), secret + "\n");
        return secret;
    }
}
