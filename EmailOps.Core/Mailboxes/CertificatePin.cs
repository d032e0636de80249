namespace EmailOps.Core.Mailboxes;

/// <summary>The SHA-256 of a certificate as people copy it: hexadecimal, with or without colons and blanks.</summary>
internal static class CertificatePin
{
    private const int Digits = 64;

    /// <returns>64 upper-case digits; null for anything else.</returns>
    public static string? Read(string text)
    {
        if (text.Length > 4 * Digits) return null;
        var digits = string.Concat(text.Where(c => c is not (':' or ' '))).ToUpperInvariant();
        return digits.Length == Digits && digits.All(char.IsAsciiHexDigit) ? digits : null;
    }
}
