namespace EmailOps.Core.Data;

/// <summary>
/// How start-up treats the store; bound to the section <c>Database</c>. The address and the pool are in <c>ConnectionStrings:emailops</c>, into
/// which the settings DATABASE_POOL_* were already merged.
/// </summary>
internal sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>How long start-up waits for a server that does not answer yet.</summary>
    public TimeSpan StartupWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <returns>Null, or what to change.</returns>
    public string? Problem() => StartupWait < TimeSpan.Zero ? $"{Section}:StartupWait is {StartupWait}; set it to 00:00:00 or longer." : null;
}
