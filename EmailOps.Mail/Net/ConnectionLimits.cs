namespace EmailOps.Mail.Net;

/// <summary>How long a connection waits and how much it takes before it gives up. Every wait and every length has a bound here.</summary>
public sealed record ConnectionLimits
{
    public static readonly ConnectionLimits Default = new();

    /// <summary>From looking the name up to an open TCP connection, over all addresses. Guards a start-up against a server that drops packets.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Head start of one address before the next is tried beside it (RFC 8305, section 5).</summary>
    public TimeSpan NextAddress { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The TLS handshake.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest silence of the server while an answer is awaited.</summary>
    public TimeSpan Read { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time for a block of data to leave (a server that stops reading).</summary>
    public TimeSpan Write { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time from the first to the last byte of a line. Guards against a server that drips.</summary>
    public TimeSpan Line { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Slowest rate, in bytes a second, at which a counted run of bytes may come, after a first allowance of <see cref="Line"/>.</summary>
    public int SlowestRate { get; init; } = 512;

    /// <summary>Longest line in bytes. RFC 2683 asks clients for 8 kB; a SEARCH over a million messages is one line of 8 MB.</summary>
    public int MaxLine { get; init; } = 16 * 1024 * 1024;

    /// <summary>Size of the read buffer, in bytes.</summary>
    public int ReadBuffer { get; init; } = 256 * 1024;
}
