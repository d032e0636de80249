using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EmailOps.Mail.Writing;

namespace EmailOps.Core.Messages;

/// <summary>
/// The marks our replies carry and answers bring back: a Message-ID made from the draft's id, and a plus-address made from the thread's. Both are signed
/// (HMAC-SHA256, cut to 80 bits), so whoever shows one has seen our mail and nobody can make one up. Both are computable again after a crash.
/// Letters are those of Crockford's base32 in lower case, since servers on the way change the case.
/// </summary>
/// <param name="key">The installation's mark key: the same for every worker.</param>
internal sealed class ReplyMarks(byte[] key)
{
    private const string IdPrefix = "emailops.";
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int SealBytes = 10, SealLength = 16, MaxNumberLength = 13;
    /// <summary>RFC 5321, 4.5.3.1.1.</summary>
    private const int MaxLocalPart = 64;
    /// <summary>Message-IDs looked for in one text. Guards against a report made of nothing else.</summary>
    private const int MaxFound = 20;
    private const byte DraftUse = 1, ThreadUse = 2;

    /// <summary>Message-ID of a draft's reply, without angle brackets: always the same for one draft, so that a look in the Sent folder after a crash finds it.</summary>
    public string InternetMessageId(long draftId, string mailboxAddress)
    {
        var at = mailboxAddress.LastIndexOf('@');
        // In ASCII (RFC 5890, 2.3.2.1), since a Message-ID has no other characters.
        var domain = at >= 0 && AddrSpec.TryNormalise("x" + mailboxAddress[at..], out var normal, out _) ? normal[2..] : "emailops.invalid";
        return $"{IdPrefix}{Seal(DraftUse, draftId)}{Number(draftId)}@{domain}";
    }

    /// <summary>The draft that a Message-ID of ours belongs to; null for every other id.</summary>
    public long? DraftOf(string internetMessageId)
    {
        var at = internetMessageId.IndexOf('@', StringComparison.Ordinal);
        return at > IdPrefix.Length && internetMessageId.StartsWith(IdPrefix, StringComparison.OrdinalIgnoreCase) ? Open(DraftUse, internetMessageId.AsSpan(IdPrefix.Length, at - IdPrefix.Length)) : null;
    }

    /// <summary>The mailbox's address with a thread's token: support+t0k3n@shop.example. Null when the local part would exceed what servers must take.</summary>
    public string? PlusAddress(long threadId, string mailboxAddress)
    {
        var at = mailboxAddress.LastIndexOf('@');
        if (at <= 0) return null;
        var local = $"{mailboxAddress[..at]}+t{Seal(ThreadUse, threadId)}{Number(threadId)}";
        return Encoding.UTF8.GetByteCount(local) > MaxLocalPart ? null : local + mailboxAddress[at..];
    }

    /// <summary>The thread that a plus-address of ours belongs to; null for every other address.</summary>
    public long? ThreadOf(string address)
    {
        var at = address.LastIndexOf('@');
        var plus = at < 0 ? -1 : address.LastIndexOf('+', at);
        return plus > 0 && plus + 1 < at && address[plus + 1] is 't' or 'T' ? Open(ThreadUse, address.AsSpan(plus + 2, at - plus - 2)) : null;
    }

    /// <summary>What looks like Message-IDs of ours in a text or raw mail, for reports that name them nowhere else. Signatures are not checked yet.</summary>
    public static IReadOnlyList<string> Candidates(ReadOnlySpan<char> text)
    {
        List<string> found = [];
        while (found.Count < MaxFound && text.IndexOf(IdPrefix, StringComparison.OrdinalIgnoreCase) is >= 0 and var start)
        {
            text = text[(start + IdPrefix.Length)..];
            var length = text.IndexOfAnyExcept(Letters);
            if (length is < SealLength or > SealLength + MaxNumberLength || text[length] != '@') continue;
            found.Add($"{IdPrefix}{text[..length]}@");
        }
        return found;
    }

    private static readonly SearchValues<char> Letters = SearchValues.Create(Digits + Digits.ToUpperInvariant());

    private string Seal(byte use, long number)
    {
        Span<byte> said = stackalloc byte[9];
        said[0] = use;
        BinaryPrimitives.WriteInt64BigEndian(said[1..], number);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, said, mac);
        var letters = new char[SealLength];
        for (var i = 0; i < SealLength; i++)
        {
            // Five bits a letter: 16 letters are the first 10 bytes.
            var bit = i * 5;
            var two = (mac[bit / 8] << 8) | (bit / 8 + 1 < SealBytes ? mac[bit / 8 + 1] : 0);
            letters[i] = Digits[(two >> (11 - bit % 8)) & 31];
        }
        return new string(letters);
    }

    private static string Number(long number)
    {
        var text = "";
        for (var rest = (ulong)number; rest > 0; rest >>= 5) text = Digits[(int)(rest & 31)] + text;
        return text;
    }

    private long? Open(byte use, ReadOnlySpan<char> token)
    {
        if (token.Length is <= SealLength or > SealLength + MaxNumberLength) return null;
        var number = 0UL;
        foreach (var c in token[SealLength..])
        {
            if (number >> 59 != 0 || Digits.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal) is not (>= 0 and var digit)) return null;
            number = (number << 5) | (uint)digit;
        }
        // Compared in a time that tells nothing; a seal of any other case is the same seal.
        var given = Encoding.UTF8.GetBytes(token[..SealLength].ToString().ToLowerInvariant());
        return number is > 0 and <= long.MaxValue && CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(Seal(use, (long)number))) ? (long)number : null;
    }
}
