namespace EmailOps.Mail.Authentication;

/// <summary>
/// The trace fields of a message that tell who checked its sender: Received (RFC 5321, 4.4), Authentication-Results (RFC 8601) and Received-SPF
/// (RFC 7208, 9.1). Read without knowing whom to believe; <see cref="Believed"/> then picks what the trusted servers wrote. Results that were
/// carried along from elsewhere (ARC, RFC 8617) are left aside: their chain would have to be verified first.
/// </summary>
public sealed class AuthenticationTrace
{
    /// <summary>Trace fields looked at, from the top. Guards time; what trusted servers write stands among the first few.</summary>
    public const int MaxFields = 60;

    private const int MaxLength = 16_384;

    /// <summary>The trace of a message without trace fields.</summary>
    public static AuthenticationTrace None { get; } = new();

    private readonly List<Entry> _entries = [];

    private sealed record Entry(bool IsHop, string? Server, bool IsInternal, AuthenticationResults? Results, string? SpfHint);

    /// <summary>Nothing in the message speaks of a check.</summary>
    public bool IsEmpty => !_entries.Exists(e => e.Results is not null || e.SpfHint is not null);

    /// <summary>Never throws.</summary>
    public static AuthenticationTrace Of(HeaderList headers)
    {
        var trace = new AuthenticationTrace();
        foreach (var header in headers)
        {
            if (trace._entries.Count >= MaxFields)
                break;
            if (header.Is("Received"))
                trace._entries.Add(Hop(Value(header)));
            else if (header.Is("Authentication-Results") && AuthenticationResults.Parse(Value(header)) is var results)
                trace._entries.Add(new Entry(false, results.Server, false, results, null));
            else if (header.Is("Received-SPF"))
                trace._entries.Add(new Entry(false, null, false, null, FirstWord(Value(header))));
        }

        return trace;
    }

    /// <summary>
    /// What the trusted servers said. Only the topmost run of their fields counts, and only above the first Received that another server wrote: whatever
    /// lies lower may have been written by the sender, under any name.
    /// </summary>
    /// <param name="servers">authserv-ids; each stands for the hosts below it as well. <c>protection.outlook.com</c> stands for the nameless fields of Microsoft 365.</param>
    public BelievedResults Believed(IReadOnlyCollection<string> servers)
    {
        List<AuthenticationResult> results = [];
        string? hint = null, by = null;
        var (hasTrustedHop, hasField) = (false, false);
        for (var i = 0; i < _entries.Count; i++)
        {
            var entry = _entries[i];
            if (entry.IsHop)
            {
                // A field found: the run ends with the next hop. No field yet: the hand-overs inside our own servers may lie above.
                if (hasField)
                    break;
                var isTrusted = IsOf(entry.Server, servers, sameOrganisation: true);
                if (!isTrusted && (hasTrustedHop || !entry.IsInternal))
                    break;
                hasTrustedHop |= isTrusted;
            }
            else if (entry.SpfHint is { } said)
            {
                hint ??= said;
            }
            else if (entry.Results is { } found && IsOf(found.Server ?? HopBelow(i), servers, sameOrganisation: found.Server is null))
            {
                (hasField, by) = (true, by ?? found.Server ?? HopBelow(i));
                results.AddRange(found.Results);
            }
        }

        return new BelievedResults(by, results, hint);
    }

    // A nameless field was added by the server that wrote the Received below it.
    private string? HopBelow(int at)
    {
        for (var i = at + 1; i < _entries.Count; i++)
        {
            if (_entries[i].IsHop)
                return _entries[i].Server;
        }

        return null;
    }

    private static bool IsOf(string? server, IReadOnlyCollection<string> servers, bool sameOrganisation)
    {
        if (server is null)
            return false;
        foreach (var trusted in servers)
        {
            if (server.Equals(trusted, StringComparison.OrdinalIgnoreCase) || (server.Length > trusted.Length && server.EndsWith(trusted, StringComparison.OrdinalIgnoreCase) && server[^(trusted.Length + 1)] == '.'))
                return true;
            if (sameOrganisation && trusted.Contains('.', StringComparison.Ordinal) && OrganisationalDomain.AreAligned(server, trusted))
                return true;
        }

        return false;
    }

    // from mail.customer.example ([192.0.2.7]) by mx.shop.example (Postfix) with ESMTPS id 4; Mon, 2 Nov 2026 08:11:53 +0000
    private static Entry Hop(string value)
    {
        var words = FieldText.WithoutComments(value).Split((char[])[' ', '\t', '\r', '\n', ';'], StringSplitOptions.RemoveEmptyEntries);
        var by = Array.FindIndex(words, w => w.Equals("by", StringComparison.OrdinalIgnoreCase));
        var from = Array.FindIndex(words, w => w.Equals("from", StringComparison.OrdinalIgnoreCase));
        var server = by >= 0 && by + 1 < words.Length ? words[by + 1].TrimEnd('.').ToLowerInvariant() : null;
        // Written when a server hands on to itself: "by 2002:a05:6a10:8c0a with SMTP id ...", "from localhost by mx.shop.example".
        var isInternal = from != 0 || (words.Length > 1 && words[1] is "localhost" or "127.0.0.1" or "[127.0.0.1]" or "[::1]");
        return new Entry(true, server, isInternal, null, null);
    }

    private static string FirstWord(string value)
    {
        var clean = FieldText.WithoutComments(value).TrimStart();
        var end = clean.AsSpan().IndexOfAny(" \t\r\n;");
        return (end < 0 ? clean : clean[..end]).ToLowerInvariant();
    }

    private static string Value(Header header) => header.Value is { Length: > MaxLength } longer ? longer[..MaxLength] : header.Value;
}

/// <summary>What trusted servers said about a sender.</summary>
/// <param name="Server">The topmost of them; null when none said anything.</param>
/// <param name="Results">In order, topmost field first.</param>
/// <param name="SpfHint">The word of the topmost Received-SPF; a hint only, since nothing in that field says who wrote it.</param>
public sealed record BelievedResults(string? Server, IReadOnlyList<AuthenticationResult> Results, string? SpfHint)
{
    public bool IsEmpty => Server is null;

    /// <summary>The first result of a method, or null.</summary>
    public AuthenticationResult? First(string method) => Results.FirstOrDefault(r => r.Method == method);

    /// <summary>Whether a method passed for a domain that belongs to the same organisation (RFC 7489, 3.1: relaxed alignment).</summary>
    public AuthenticationResult? Aligned(string method, string result, string fromDomain) =>
        Results.FirstOrDefault(r => r.Method == method && r.Result == result && r.Domain is { } domain && OrganisationalDomain.AreAligned(domain, fromDomain));
}
