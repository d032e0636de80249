namespace EmailOps.Core.Audit;

/// <summary>Limits of signing in and of asking the Api; bound to the section <c>Access</c>.</summary>
internal sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>A session that nobody uses ends after this.</summary>
    public TimeSpan SessionIdle { get; set; } = TimeSpan.FromHours(12);
    /// <summary>And each after this, used or not.</summary>
    public TimeSpan SessionLongest { get; set; } = TimeSpan.FromDays(7);
    /// <summary>How long an invitation is good for.</summary>
    public TimeSpan Invitation { get; set; } = TimeSpan.FromDays(3);
    /// <summary>Wrong passwords in a row after which a name is locked: half a minute, then twice that, up to <see cref="LongestLock"/>.</summary>
    public int LockAfter { get; set; } = 5;
    public TimeSpan LongestLock { get; set; } = TimeSpan.FromMinutes(15);
    /// <summary>Attempts to sign in from one address in five minutes; guards against one password tried on many names.</summary>
    public int AttemptsPerAddress { get; set; } = 30;
    /// <summary>Requests a minute of one key or one person; 0: no limit (for load tests).</summary>
    public int RequestsPerMinute { get; set; } = 12_000;
    /// <summary>Requests a minute from one address without a key that is known; 0: no limit.</summary>
    public int StrangersPerMinute { get; set; } = 600;

    /// <returns>Null, or what to change.</returns>
    public string? Problem()
    {
        if (SessionIdle < TimeSpan.FromMinutes(1) || SessionLongest < SessionIdle || SessionLongest > TimeSpan.FromDays(90)) return "Access:SessionIdle must be at least a minute, and Access:SessionLongest between it and 90 days.";
        if (Invitation < TimeSpan.FromMinutes(1) || Invitation > TimeSpan.FromDays(30)) return "Access:Invitation must be between a minute and 30 days.";
        if (LockAfter is < 1 or > 100 || LongestLock < TimeSpan.FromSeconds(30) || LongestLock > TimeSpan.FromDays(1)) return "Access:LockAfter must be 1 to 100, and Access:LongestLock between 30 seconds and a day.";
        if (AttemptsPerAddress is < 1 or > 10_000) return "Access:AttemptsPerAddress must be between 1 and 10000.";
        return RequestsPerMinute is < 0 or > 10_000_000 || StrangersPerMinute is < 0 or > 10_000_000 ? "Access:RequestsPerMinute and Access:StrangersPerMinute must be between 0 (no limit) and 10000000." : null;
    }
}
