using System.Text;

namespace EmailOps.Mail;

internal static class TransferEncodings
{
    public static TransferEncoding Of(HeaderList headers)
    {
        if (headers.Find("Content-Transfer-Encoding") is not { } field)
            return TransferEncoding.None;
        var value = HeaderText.Trim(headers.RawBytes(field)).Trim("\"' \t;"u8);
        // "base64 (comment)", "quoted-printable; charset=..."
        if (value.IndexOfAny(" \t;("u8) is > 0 and var end)
            value = value[..end];
        if (Ascii.EqualsIgnoreCase(value, "quoted-printable"u8) || Ascii.EqualsIgnoreCase(value, "quotedprintable"u8))
            return TransferEncoding.QuotedPrintable;
        if (Ascii.EqualsIgnoreCase(value, "base64"u8) || Ascii.EqualsIgnoreCase(value, "base-64"u8))
            return TransferEncoding.Base64;
        if (Ascii.EqualsIgnoreCase(value, "x-uuencode"u8) || Ascii.EqualsIgnoreCase(value, "uuencode"u8) ||
            Ascii.EqualsIgnoreCase(value, "x-uue"u8) || Ascii.EqualsIgnoreCase(value, "uue"u8))
            return TransferEncoding.UUEncode;
        return TransferEncoding.None;
    }
}
