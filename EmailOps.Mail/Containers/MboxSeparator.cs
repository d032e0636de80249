using System.Buffers;
using System.Buffers.Text;

namespace EmailOps.Mail.Containers;

/// <summary>
/// The line between two mails of an mbox (RFC 4155 appendix A), in the forms that writers really use:
/// <c>From a@b.example Thu Jan  1 00:00:00 1970</c>, with a zone before or after the year (Gmail: <c>+0000 2013</c>), without seconds,
/// <c>From - Mon ...</c> (Mozilla), no sender at all, or an ISO date.
/// </summary>
internal static class MboxSeparator
{
    private static readonly SearchValues<byte> TimeBytes = SearchValues.Create("0123456789:"u8);

    private const string Months = "janfebmaraprmayjunjulaugsepoctnovdec";

    /// <summary>Longest line that can be a separator, in bytes; anything longer is text.</summary>
    public const int MaxLength = 512;

    public static bool IsSeparator(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("From "u8) || line.Length > MaxLength)
            return false;
        bool month = false, time = false, year = false;
        foreach (var range in line[5..].SplitAny((byte)' ', (byte)'\t'))
        {
            var word = line[5..][range].TrimEnd((byte)'\r');
            month |= IsMonth(word);
            time |= IsTime(word);
            year |= word.Length == 4 && Utf8Parser.TryParse(word, out int y, out var used) && used == 4 && y is >= 1970 and < 2200;
            if (!IsIsoDate(word))
                continue;
            (month, year) = (true, true);
            time |= word.Length >= 16 && word[10] == 'T';
        }

        return month && time && year;
    }

    /// <summary><c>&gt;From </c>, <c>&gt;&gt;From </c>: a line that the writer quoted (mboxrd).</summary>
    public static bool IsQuotedFrom(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] != '>')
            return false;
        return line.TrimStart((byte)'>').StartsWith("From "u8);
    }

    /// <summary>Whether what follows a separator can begin a mail: a field, an empty line, or nothing (a file cut off).</summary>
    public static bool CanFollow(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd((byte)'\r');
        if (line.IsEmpty || IsQuotedFrom(line))
            return true;
        var colon = line.IndexOf((byte)':');
        return colon is > 0 and < 80 && !line[..colon].TrimEnd((byte)' ').ContainsAnyExceptInRange((byte)'!', (byte)'~');
    }

    private static bool IsMonth(ReadOnlySpan<byte> word)
    {
        if (word.Length != 3)
            return false;
        Span<char> lower = [(char)(word[0] | 0x20), (char)(word[1] | 0x20), (char)(word[2] | 0x20)];
        var at = Months.AsSpan().IndexOf(lower);
        return at >= 0 && at % 3 == 0;
    }

    private static bool IsTime(ReadOnlySpan<byte> word) =>
        word.Length is >= 4 and <= 8 && word.IndexOf((byte)':') is 1 or 2 && !word.ContainsAnyExcept(TimeBytes);

    private static bool IsIsoDate(ReadOnlySpan<byte> word) =>
        word.Length >= 10 && word[4] == '-' && word[7] == '-' && Utf8Parser.TryParse(word[..4], out int y, out var used) && used == 4
        && y is >= 1970 and < 2200 && !word[5..7].ContainsAnyExceptInRange((byte)'0', (byte)'9') && !word[8..10].ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
