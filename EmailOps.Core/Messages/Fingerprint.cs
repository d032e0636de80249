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
    /// <summary>Key of a copy that an operator released from one line of the ledger: always the same, so that releasing twice stores once.</summary>
    public static byte[] Released(byte[] dedupeKey, long ledgerLine)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("released"u8);
        hash.AppendData(BitConverter.GetBytes(ledgerLine));
        hash.AppendData(dedupeKey);
        return hash.GetHashAndReset();
    }

    /// <summary>Address of kept bytes: SHA-256 of them, and of the true size as well where only the head was kept, since many mails may begin alike.</summary>
    public static byte[] OfBytes(OfferedMail mail)
    {
        if (mail.SizeBytes <= mail.Raw.Length) return SHA256.HashData(mail.Raw.Span);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(mail.Raw.Span);
        hash.AppendData(BitConverter.GetBytes(mail.SizeBytes));
        return hash.GetHashAndReset();
    }

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
        AddLength(hash, field.Length);
        hash.AppendData(MemoryMarshal.AsBytes(field.AsSpan()));
    }

    /// <summary>Fields must not run into each other, whatever characters are in them.</summary>
    private static void AddLength(IncrementalHash hash, int length) => hash.AppendData(BitConverter.GetBytes(length));

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
        AddLength(hash, length);
        hash.AppendData(MemoryMarshal.AsBytes(buffer.AsSpan(0, length)));
        ArrayPool<char>.Shared.Return(buffer);
    }
}
