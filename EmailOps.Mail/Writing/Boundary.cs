using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Mail.Writing;

/// <summary>
/// Delimiters of multiparts, taken from what the mail holds, so that the same mail is written with the same ones. They begin with "=_", which neither
/// base64 nor quoted-printable can hold (RFC 2045, section 6.7), and text that has a line beginning so is never written as it is: they cannot occur inside
/// a part. Enclosed mails, which may not be encoded, are looked through.
/// </summary>
internal static class Boundary
{
    /// <summary>How each delimiter line begins.</summary>
    public static ReadOnlySpan<byte> Mark => "--=_"u8;

    /// <summary>A stem for the boundaries of a mail; each adds a character of its own.</summary>
    public static string Stem(ReadOnlySpan<byte> header, OutgoingMail mail)
    {
        for (var attempt = 0; ; attempt++)
        {
            var stem = $"=_{Convert.ToHexStringLower(Digest(header, mail, attempt).AsSpan(0, 12))}";
            if (!mail.Files.Any(file => FilePart.IsEnclosedMail(file) && file.Content.Span.IndexOf(Encoding.ASCII.GetBytes(stem)) >= 0))
                return stem;
        }
    }

    private static byte[] Digest(ReadOnlySpan<byte> header, OutgoingMail mail, int attempt)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        hash.AppendData(Encoding.UTF8.GetBytes($"{attempt}\0{mail.Text}\0{mail.Html}\0"));
        foreach (var file in mail.Files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Name}\0{file.ContentType}\0{file.ContentId}\0{file.Content.Length}\0"));
            hash.AppendData(file.Content.Span);
        }
        return hash.GetHashAndReset();
    }
}
