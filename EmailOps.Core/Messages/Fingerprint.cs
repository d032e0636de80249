using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EmailOps.Mail;

namespace EmailOps.Core.Messages;

/// <summary>
/// Tells copies from re-used ids: SHA-256 over the Message-ID, sender, date, subject, visible words and attachments. Headers that change on
/// the way (Received, Return-Path, signatures) are not in it, nor is how the body was encoded; white space counts as one space.
/// </summary>
internal static class Fingerprint
{
    public static byte[] Of(MailMessage message, string visibleText)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, message.MessageId ?? "");
        Add(hash, message.From.Count > 0 ? message.From[0].Addr.ToLowerInvariant() : "");
        Add(hash, message.Date?.UtcDateTime.ToString("u", System.Globalization.CultureInfo.InvariantCulture) ?? "");
        Add(hash, message.Subject);
        AddWords(hash, visibleText);
        foreach (var attachment in message.Attachments) Add(hash, attachment.Sha256);
        return hash.GetHashAndReset();
    }

    private static void Add(IncrementalHash hash, string field)
    {
        hash.AppendData(MemoryMarshal.AsBytes(field.AsSpan()));
        hash.AppendData([0, 0]); // fields must not run into each other
    }

    private static void AddWords(IncrementalHash hash, string text)
    {
        var buffer = ArrayPool<char>.Shared.Rent(text.Length + 1);
        var length = 0;
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c)) buffer[length++] = c;
            else if (length > 0 && buffer[length - 1] != ' ') buffer[length++] = ' ';
        }
        if (length > 0 && buffer[length - 1] == ' ') length--;
        hash.AppendData(MemoryMarshal.AsBytes(buffer.AsSpan(0, length)));
        hash.AppendData([0, 0]);
        ArrayPool<char>.Shared.Return(buffer);
    }
}
