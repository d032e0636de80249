using EmailOps.Core.Contracts;

namespace EmailOps.Core.Data.Redis;

/// <summary>How the link is and was, for people and metrics.</summary>
internal sealed class RedisState(string where, TimeProvider clock)
{
    private static readonly TimeSpan s_recently = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_remembered = TimeSpan.FromHours(1);
    private readonly Lock _turn = new();
    private DateTimeOffset _awaySince = clock.GetUtcNow();
    private long _awayAt = clock.GetTimestamp();
    private bool _isAway = true;
    private TimeSpan _before;
    private string? _reason;
    private string? _version;
    private (string Text, long At)? _refusal;

    public string Where => where;
    public bool IsAway
    {
        get
        {
            lock (_turn) return _isAway;
        }
    }
    public TimeSpan AwayFor
    {
        get
        {
            lock (_turn) return _isAway ? clock.GetElapsedTime(_awayAt) : TimeSpan.Zero;
        }
    }
    /// <summary>How long the twins served, all together.</summary>
    public TimeSpan Fallback
    {
        get
        {
            lock (_turn) return _before + (_isAway ? clock.GetElapsedTime(_awayAt) : TimeSpan.Zero);
        }
    }

    public void Back(string? version)
    {
        lock (_turn)
        {
            if (_isAway) _before += clock.GetElapsedTime(_awayAt);
            (_isAway, _reason, _version) = (false, null, version);
        }
    }

    /// <returns>True when that is news.</returns>
    public bool Away(string reason)
    {
        lock (_turn)
        {
            var isNews = !_isAway || _reason is null;
            if (!_isAway) (_isAway, _awayAt, _awaySince) = (true, clock.GetTimestamp(), clock.GetUtcNow());
            _reason = reason;
            return isNews;
        }
    }

    /// <returns>True when nothing was refused lately.</returns>
    public bool Refused(string text)
    {
        lock (_turn)
        {
            var isNews = _refusal is not { } last || clock.GetElapsedTime(last.At) > s_recently;
            _refusal = (text, isNews ? clock.GetTimestamp() : _refusal!.Value.At);
            return isNews;
        }
    }

    /// <summary>What should lie there may lie with the twin.</summary>
    public bool RefusedLately
    {
        get
        {
            lock (_turn) return _refusal is { } last && clock.GetElapsedTime(last.At) <= s_remembered;
        }
    }

    /// <summary>Never unhealthy: its twins serve.</summary>
    public ComponentHealth Health()
    {
        lock (_turn)
        {
            if (_isAway) return new ComponentHealth("degraded", $"Redis at {where} is away since {_awaySince:yyyy-MM-dd HH:mm:ss} UTC ({_reason ?? "connecting"}). PostgreSQL and memory serve meanwhile, nothing is lost. Check {RedisAddress.Key} and that Redis runs.");
            return _refusal is { } refusal && clock.GetElapsedTime(refusal.At) <= s_recently
                ? new ComponentHealth("degraded", $"Redis {_version} at {where} refuses commands: {refusal.Text} PostgreSQL and memory serve where it does. Check its memory (maxmemory) and the rights of its user.")
                : new ComponentHealth("healthy", $"Redis {_version} at {where}; away for {_before.TotalSeconds:0} s since the start.");
        }
    }

    /// <summary>An endpoint's text without the family the runtime puts before names: "Unspecified/redis:6379".</summary>
    public static string Name(string endpoint) => endpoint[(endpoint.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
