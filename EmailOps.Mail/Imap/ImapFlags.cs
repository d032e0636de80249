using System.Text;

namespace EmailOps.Mail.Imap;

/// <summary>The flags that every server knows (RFC 9051, section 2.3.2).</summary>
[Flags]
public enum ImapSystemFlags
{
    None = 0,
    Seen = 1,
    Answered = 2,
    Flagged = 4,
    Deleted = 8,
    Draft = 16,
    Recent = 32,
}

/// <summary>Flags of a message: the system's, and keywords such as <c>$Forwarded</c>.</summary>
public readonly record struct ImapFlags(ImapSystemFlags System, IReadOnlyList<string> Keywords)
{
    private static readonly (string Name, ImapSystemFlags Flag)[] Names =
    [
        ("\\Seen", ImapSystemFlags.Seen), ("\\Answered", ImapSystemFlags.Answered), ("\\Flagged", ImapSystemFlags.Flagged),
        ("\\Deleted", ImapSystemFlags.Deleted), ("\\Draft", ImapSystemFlags.Draft), ("\\Recent", ImapSystemFlags.Recent),
    ];

    public ImapFlags(ImapSystemFlags system) : this(system, [])
    {
    }

    public static ImapFlags Seen => new(ImapSystemFlags.Seen);

    public bool Has(ImapSystemFlags flag) => (System & flag) == flag;

    public bool Has(string keyword) => (Keywords ?? []).Contains(keyword, StringComparer.OrdinalIgnoreCase);

    public override string ToString() => string.Join(' ', Words(all: true));

    /// <summary>As a client may set them; \Recent is the server's.</summary>
    internal IEnumerable<string> Words(bool all = false)
    {
        var system = System;
        var keywords = Keywords ?? [];
        return Names.Where(name => system.HasFlag(name.Flag) && (all || name.Flag != ImapSystemFlags.Recent)).Select(name => name.Name).Concat(keywords);
    }

    /// <summary>Reads <c>(\Seen $Label)</c>; anything else is passed over and reads as no flags.</summary>
    internal static ImapFlags Read(ref ImapCursor cursor, int maxKeywords)
    {
        if (!cursor.Take('('))
        {
            cursor.SkipValue();
            return new ImapFlags(ImapSystemFlags.None);
        }
        var system = ImapSystemFlags.None;
        List<string>? keywords = null;
        while (!cursor.AtEnd && !cursor.Take(')'))
        {
            var word = cursor.Atom();
            if (word.Length == 0)
                cursor.SkipValue();
            else if (SystemFlag(word) is var flag && flag != ImapSystemFlags.None)
                system |= flag;
            else if ((keywords ??= []).Count < maxKeywords)
                keywords.Add(Encoding.UTF8.GetString(word));
        }
        return new ImapFlags(system, keywords ?? (IReadOnlyList<string>)[]);
    }

    private static ImapSystemFlags SystemFlag(ReadOnlySpan<byte> word)
    {
        if (word[0] == '\\')
        {
            foreach (var (name, flag) in Names)
            {
                if (Ascii.EqualsIgnoreCase(word, name))
                    return flag;
            }
        }
        return ImapSystemFlags.None;
    }
}
