using System.Text;

namespace EmailOps.Mail;

internal static class TransferEncodings
{
    /// <summary>7bit, which is what a part that says nothing is (section 6.1).</summary>
    public static bool IsSevenBit(HeaderList headers) =>
        headers.Find("Content-Transfer-Encoding") is not { } field || Ascii.EqualsIgnoreCase(Word(headers.RawBytes(field)), "7bit"u8);

    public static TransferEncoding Of(HeaderList headers)
    {
        if (headers.Find("Content-Transfer-Encoding") is not { } field)
            return TransferEncoding.None;
        var value = Word(headers.RawBytes(field));
        if (Ascii.EqualsIgnoreCase(value, "quoted-printable"u8) || Ascii.EqualsIgnoreCase(value, "quotedprintable"u8))
            return TransferEncoding.QuotedPrintable;
        if (Ascii.EqualsIgnoreCase(value, "base64"u8) || Ascii.EqualsIgnoreCase(value, "base-64"u8))
            return TransferEncoding.Base64;
        if (Ascii.EqualsIgnoreCase(value, "x-uuencode"u8) || Ascii.EqualsIgnoreCase(value, "uuencode"u8) ||
            Ascii.EqualsIgnoreCase(value, "x-uue"u8) || Ascii.EqualsIgnoreCase(value, "uue"u8))
            return TransferEncoding.UUEncode;
        return TransferEncoding.None;
    }

    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> raw)
    {
        var value = HeaderText.Trim(raw).Trim("\"' \t;"u8);
        // "base64 (comment)", "quoted-printable; charset=..."
        return value.IndexOfAny(" \t;("u8) is > 0 and var end ? value[..end] : value;
    }
}
