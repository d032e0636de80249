namespace EmailOps.Core.Data.Redis;

/// <summary>How Redis is used; bound to the section <c>Redis</c>. Where it is stands in <c>ConnectionStrings:redis</c> (REDIS_URL); without that there is none.</summary>
internal sealed class RedisOptions
{
    public const string Section = "Redis";

    /// <summary>Before all keys and channels. Two installations that share one Redis need two of them.</summary>
    public string Prefix { get; set; } = "emailops";
    /// <summary>How long a command may take. Later answers are thrown away and the twin serves: nobody waits longer for Redis than this.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMilliseconds(250);
    /// <summary>How long connecting may take. Nobody waits for it: it happens in the background.</summary>
    public TimeSpan ConnectPatience { get; set; } = TimeSpan.FromSeconds(2);
    /// <summary>How often Redis is asked whether it and the way back from it still work.</summary>
    public TimeSpan BeatEvery { get; set; } = TimeSpan.FromSeconds(1);
    /// <summary>Longest pause between attempts to reach one that is away; the first is a tenth of it.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(2);

    /// <returns>Null, or what to change.</returns>
    public string? Problem()
    {
        if (Prefix.Length is 0 or > 40 || !Prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            return $"{Section}:Prefix is \"{Prefix}\"; use 1 to 40 letters, digits, dashes, dots.";
        if (Patience < TimeSpan.FromMilliseconds(10) || Patience > TimeSpan.FromSeconds(10)) return $"{Section}:Patience is {Patience}; set it from 00:00:00.010 to 00:00:10.";
        if (ConnectPatience < TimeSpan.FromMilliseconds(100) || ConnectPatience > TimeSpan.FromMinutes(1)) return $"{Section}:ConnectPatience is {ConnectPatience}; set it from 00:00:00.100 to 00:01:00.";
        if (BeatEvery < TimeSpan.FromMilliseconds(50) || BeatEvery > TimeSpan.FromMinutes(1)) return $"{Section}:BeatEvery is {BeatEvery}; set it from 00:00:00.050 to 00:01:00.";
        return LongestPause < TimeSpan.FromMilliseconds(100) || LongestPause > TimeSpan.FromMinutes(5) ? $"{Section}:LongestPause is {LongestPause}; set it from 00:00:00.100 to 00:05:00." : null;
    }
}
