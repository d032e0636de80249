namespace EmailOps.AppHost.Postgres;

/// <summary>Where a private cluster lives and how careful it is.</summary>
public sealed record PrivatePostgresOptions
{
    /// <summary>Holds the cluster, its socket and its logs; made when missing, and then only the server's user enters it.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// For tests: nothing is synced to disk, and the folder is deleted when the cluster stops or this process ends, however it ends.
    /// </summary>
    public bool ThrowAway { get; init; }

    /// <summary>Guards the server against a runaway client. The three hosts together pool fewer than this.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>PostgreSQL's own page cache, in its notation ("256MB").</summary>
    public string SharedBuffers { get; init; } = "256MB";

    /// <summary>What the planner may assume the operating system caches, in PostgreSQL's notation.</summary>
    public string EffectiveCacheSize { get; init; } = "1GB";

    /// <summary>Told before a step that a person may wait for.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>A cluster in a new temporary folder that goes with this process.</summary>
    public static PrivatePostgresOptions ForTests() => new()
    {
        // A short path outside TMPDIR: a socket path may have 107 bytes, and root's server user must be able to enter.
        Folder = $"/tmp/emailops-test-{Environment.ProcessId}-{Guid.NewGuid():N}"[..40],
        ThrowAway = true,
        MaxConnections = 300,
        SharedBuffers = "128MB",
    };
}
