namespace EmailOps.Core.Data;

/// <summary>How the store is reached; bound to the section <c>Database</c>. The address itself is <c>ConnectionStrings:emailops</c>.</summary>
internal sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>Connections kept ready at most (DATABASE_POOL_SIZE).</summary>
    public int PoolSize { get; set; } = 20;
    /// <summary>Connections allowed beyond <see cref="PoolSize"/> under load (DATABASE_MAX_OVERFLOW); together they guard the server's max_connections.</summary>
    public int MaxOverflow { get; set; } = 30;
    /// <summary>Seconds one statement may take.</summary>
    public int CommandTimeoutSeconds { get; set; } = 60;
    /// <summary>Seconds a connection may be kept before it is renewed.</summary>
    public int RecycleSeconds { get; set; } = 3600;
    /// <summary>How long start-up waits for a server that does not answer yet.</summary>
    public TimeSpan StartupWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <returns>Null, or what to change.</returns>
    public string? Problem() => this switch
    {
        { PoolSize: < 1 or > 1000 } => $"{Section}:PoolSize (DATABASE_POOL_SIZE) is {PoolSize}; set it between 1 and 1000.",
        { MaxOverflow: < 0 or > 1000 } => $"{Section}:MaxOverflow (DATABASE_MAX_OVERFLOW) is {MaxOverflow}; set it between 0 and 1000.",
        { CommandTimeoutSeconds: < 1 } => $"{Section}:CommandTimeoutSeconds is {CommandTimeoutSeconds}; set it to 1 or more.",
        { RecycleSeconds: < 1 } => $"{Section}:RecycleSeconds is {RecycleSeconds}; set it to 1 or more.",
        _ => null,
    };
}
