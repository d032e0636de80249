using System.Text;
using EmailOps.Mail;

namespace EmailOps.Tests.Mail.Mime;

/// <summary>Messages from source text: line feeds become CR LF, characters become bytes one to one (ISO 8859-1).</summary>
internal static class MailText
{
    public static MailMessage Parse(string text, MimeLimits? limits = null) => MailMessage.Parse(Bytes(text), limits);

    public static byte[] Bytes(string text) =>
        Encoding.Latin1.GetBytes(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));

    /// <summary>The text as UTF-8 bytes, each shown as one character, for use inside <see cref="Bytes"/>.</summary>
    public static string Utf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
