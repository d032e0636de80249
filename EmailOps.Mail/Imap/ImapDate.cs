using System.Buffers.Text;
using System.Globalization;

namespace EmailOps.Mail.Imap;

/// <summary>Date and time as IMAP writes them: <c>" 7-Jul-1996 02:44:25 -0700"</c>.</summary>
internal static class ImapDate
{
    /// <summary>Null where it is none.</summary>
    public static DateTimeOffset? Parse(ReadOnlySpan<byte> text)
    {
        text = text.Trim((byte)' ');
        if (!Number(ref text, '-', out var day) || text.Length < 4 || Month(text[..3]) is not (> 0 and var month) || text[3] != '-')
            return null;
        text = text[4..];
        if (!Number(ref text, ' ', out var year) || !Number(ref text, ':', out var hour) || !Number(ref text, ':', out var minute) || !Number(ref text, ' ', out var second))
            return null;
        text = text.TrimStart((byte)' ');
        if (text.Length < 5 || text[0] is not ((byte)'+' or (byte)'-') || !Utf8Parser.TryParse(text[1..5], out int zone, out var length) || length != 4)
            return null;
        var offset = TimeSpan.FromMinutes((zone / 100 * 60) + (zone % 100));
        if (year is < 1 or > 9998 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60 || offset > TimeSpan.FromHours(14))
            return null;
        var local = new DateTime(year, month, day, hour, minute, Math.Min(second, 59), DateTimeKind.Unspecified);
        offset = text[0] == '-' ? -offset : offset;
        return local.Year < 2 ? null : new DateTimeOffset(local, offset);
    }

    public static string Write(DateTimeOffset date)
    {
        var minutes = (int)date.Offset.Duration().TotalMinutes;
        var zone = $"{(date.Offset < TimeSpan.Zero ? '-' : '+')}{minutes / 60:00}{minutes % 60:00}";
        return date.ToString("dd-MMM-yyyy HH:mm:ss ", CultureInfo.InvariantCulture) + zone;
    }

    private static bool Number(ref ReadOnlySpan<byte> text, char end, out int number)
    {
        if (!Utf8Parser.TryParse(text, out number, out var length) || number < 0 || length >= text.Length || text[length] != end)
            return false;
        text = text[(length + 1)..];
        return true;
    }

    private static int Month(ReadOnlySpan<byte> name)
    {
        var months = "JanFebMarAprMayJunJulAugSepOctNovDec"u8;
        for (var i = 0; i < 12; i++)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(months.Slice(i * 3, 3), name))
                return i + 1;
        }
        return 0;
    }
}
