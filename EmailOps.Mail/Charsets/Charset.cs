using System.Collections.Concurrent;
using System.Text;

namespace EmailOps.Mail;

/// <summary>
/// Turns the charset names found in mail into encodings and bytes into text. Never throws: an unknown name, or bytes the named charset
/// cannot hold, are read as UTF-8 where they are valid UTF-8 and as windows-1252 otherwise (WHATWG Encoding Standard's fallback).
/// </summary>
internal static class Charset
{
    private const int MaxCachedNames = 500;

    public static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
    public static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    private static readonly ConcurrentDictionary<string, Encoding?> Resolved = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The encoding that mail means by a charset name (not always the one it names), or null when the name says nothing.</summary>
    public static Encoding? Resolve(ReadOnlySpan<char> name)
    {
        name = name.Trim(" \t\"'<>");
        if (name.IsEmpty || name.Length > 64)
            return null;
        if (name.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return Utf8;
        if (name.Equals("iso-8859-1", StringComparison.OrdinalIgnoreCase) || name.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
            return Windows1252;
        var lookup = Resolved.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(name, out var known))
            return known;
        var found = CharsetNames.Find(name.ToString().ToLowerInvariant());
        // Names are hostile input: the cache must not grow with them.
        if (Resolved.Count < MaxCachedNames)
            lookup[name] = found;
        return found;
    }

    /// <summary>True when bytes above 127 in a text with this label say nothing about the charset.</summary>
    public static bool IsUndeclared(ReadOnlySpan<char> name) => Resolve(name) is null || name.Contains("ascii", StringComparison.OrdinalIgnoreCase);

    /// <summary>True when a line end is not the byte 10: UTF-16 and UTF-32, named or marked.</summary>
    public static bool IsWide(string? name, ReadOnlySpan<byte> bytes) =>
        bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || (name is not null && Resolve(name)?.CodePage is 1200 or 1201 or 12000 or 12001);

    public static string Decode(ReadOnlySpan<byte> bytes, ReadOnlySpan<char> declared, out bool guessed)
    {
        var encoding = Choose(ref bytes, declared, out guessed);
        return encoding is null ? Encoding.Latin1.GetString(bytes) : encoding.GetString(bytes);
    }

    public static void Decode(scoped ReadOnlySpan<byte> bytes, scoped ReadOnlySpan<char> declared, ref CharBuffer into)
    {
        var encoding = Choose(ref bytes, declared, out _);
        if (encoding is null)
            into.AppendLatin1(bytes);
        else
            into.AppendDecoded(bytes, encoding);
    }

    /// <summary>Bytes that have no label of their own: UTF-8 where they are that, else the charset of what stands near, else windows-1252.</summary>
    public static void DecodeUnlabelled(scoped ReadOnlySpan<byte> bytes, string? hint, ref CharBuffer into)
    {
        var isUtf8 = hint is null || System.Text.Unicode.Utf8.IsValid(bytes) && Resolve(hint) is not Utf7;
        // A western label near it says little about bytes that look like another script.
        var encoding = isUtf8 ? null : Resolve(hint);
        if (ReferenceEquals(encoding, Windows1252))
            isUtf8 = true;
        Decode(bytes, isUtf8 ? default : hint, ref into);
    }

    /// <summary>The encoding to read these bytes with; null when they are plain ASCII (the fast path). Cuts a byte order mark off.</summary>
    private static Encoding? Choose(ref ReadOnlySpan<byte> bytes, ReadOnlySpan<char> declared, out bool guessed)
    {
        guessed = false;
        var encoding = Resolve(declared);
        var ascii = Ascii.IsValid(bytes);
        if (ascii && (encoding is null || !CharsetNames.IsStateful(encoding)))
            return IsUndeclared(declared) && CharsetDetector.LooksLikeIso2022Jp(bytes) ? CharsetNames.Iso2022Jp : null;
        if (CharsetDetector.ByteOrderMark(ref bytes) is { } marked)
            return marked;
        if (encoding is null || IsUndeclared(declared))
        {
            guessed = true;
            return CharsetDetector.Guess(bytes);
        }
        if (encoding.CodePage is 1200 or 1201)
            return CharsetDetector.Utf16(bytes, encoding, out guessed);
        if (ReferenceEquals(encoding, Utf8) && !System.Text.Unicode.Utf8.IsValid(bytes))
        {
            guessed = true;
            return CharsetDetector.HasUtf8Sequence(bytes) ? Utf8 : CharsetDetector.Guess(bytes);
        }
        // "charset=windows-1251" on UTF-8: text of a single-byte charset is hardly ever well-formed UTF-8.
        if (encoding.IsSingleByte && CharsetDetector.IsConvincingUtf8(bytes, ReferenceEquals(encoding, Windows1252) ? 1 : 2))
        {
            guessed = true;
            return Utf8;
        }
        return encoding;
    }
}
