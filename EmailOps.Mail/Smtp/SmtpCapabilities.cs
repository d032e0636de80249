namespace EmailOps.Mail.Smtp;

/// <summary>What a server said to EHLO (RFC 5321, section 4.1.1.1).</summary>
public sealed class SmtpCapabilities
{
    internal static readonly SmtpCapabilities None = new([]);

    private readonly Dictionary<string, string> _extensions = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _mechanisms = [];

    /// <param name="lines">The lines of the answer after the first: <c>SIZE 1000</c>, <c>AUTH PLAIN LOGIN</c>, <c>AUTH=LOGIN</c> (before RFC 2554).</param>
    internal SmtpCapabilities(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var end = line.IndexOfAny([' ', '=']);
            var (name, value) = end < 0 ? (line, "") : (line[..end], line[(end + 1)..]);
            if (name.Length == 0)
                continue;
            _extensions.TryAdd(name, value);
            if (name.Equals("AUTH", StringComparison.OrdinalIgnoreCase))
                _mechanisms.AddRange(value.Split([' ', '='], StringSplitOptions.RemoveEmptyEntries));
        }
    }

    public IReadOnlyCollection<string> Names => _extensions.Keys;

    /// <summary>SASL mechanisms, as the server names them (RFC 4954).</summary>
    public IReadOnlyList<string> Mechanisms => _mechanisms;

    public bool StartTls => Has("STARTTLS");

    /// <summary>RFC 2920.</summary>
    public bool Pipelining => Has("PIPELINING");

    /// <summary>RFC 6152.</summary>
    public bool EightBitMime => Has("8BITMIME");

    /// <summary>RFC 6531.</summary>
    public bool SmtpUtf8 => Has("SMTPUTF8");

    /// <summary>RFC 1870: mail sizes may be told in advance.</summary>
    public bool Size => Has("SIZE");

    /// <summary>The largest mail the server takes, in bytes; null when it does not say or has no fixed limit.</summary>
    public long? MaxSize => _extensions.TryGetValue("SIZE", out var value) && long.TryParse(value, out var size) && size > 0 ? size : null;

    public bool Has(string extension) => _extensions.ContainsKey(extension);
}
