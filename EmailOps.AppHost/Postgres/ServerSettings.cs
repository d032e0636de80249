namespace EmailOps.AppHost.Postgres;

/// <summary>The server's settings, given on its command line at every start: an old data folder gets what today's version wants.</summary>
internal static class ServerSettings
{
    /// <summary>For pg_ctl's option -o, which a shell reads.</summary>
    public static string CommandLine(PrivatePostgresOptions options, string socketFolder) =>
        string.Join(' ', List(options, socketFolder).Select(setting => $"-c {setting.Name}={Quote(setting.Value)}"));

    private static IEnumerable<(string Name, string Value)> List(PrivatePostgresOptions options, string socketFolder)
    {
        yield return ("listen_addresses", "");
        yield return ("unix_socket_directories", QuoteList(socketFolder));
        yield return ("unix_socket_permissions", "0700");
        yield return ("max_connections", $"{options.MaxConnections}");
        yield return ("shared_buffers", options.SharedBuffers);
        yield return ("effective_cache_size", options.EffectiveCacheSize);
        yield return ("timezone", "UTC");
        yield return ("log_timezone", "UTC");
        // The fetched server has no compiler for queries, and ours are short.
        yield return ("jit", "off");
        yield return ("random_page_cost", "1.1");
        yield return ("maintenance_work_mem", "128MB");
        yield return ("max_wal_size", "2GB");
        if (options.ThrowAway)
        {
            yield return ("fsync", "off");
            yield return ("synchronous_commit", "off");
            yield return ("full_page_writes", "off");
            yield break;
        }

        yield return ("synchronous_commit", "on");
        yield return ("wal_compression", "on");
        yield return ("checkpoint_completion_target", "0.9");
        // A week of logs that overwrite themselves, beside the data.
        yield return ("logging_collector", "on");
        yield return ("log_directory", "../log");
        yield return ("log_filename", "postgresql-%a.log");
        yield return ("log_truncate_on_rotation", "on");
        yield return ("log_rotation_age", "1d");
        yield return ("log_rotation_size", "0");
        yield return ("log_min_duration_statement", "2s");
        // Parameters, failing rows and COPY lines would carry mail into the log.
        yield return ("log_error_verbosity", "terse");
        yield return ("log_parameter_max_length", "0");
        yield return ("log_parameter_max_length_on_error", "0");
    }

    private static string Quote(string value) => $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // A list setting: a comma or quote in the folder's name needs PostgreSQL's own quotes.
    private static string QuoteList(string folder) => $"\"{folder.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
