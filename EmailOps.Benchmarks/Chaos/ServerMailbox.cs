using System.Globalization;
using System.Security.Cryptography;
using EmailOps.Benchmarks.MailServers;

namespace EmailOps.Benchmarks.Chaos;

/// <summary>One mail as the IMAP server holds it.</summary>
/// <param name="Sha256">Of the bytes that IMAP hands out, in hexadecimal.</param>
internal sealed record ServerMail(long UidValidity, long Uid, string Sha256);

/// <summary>What a folder of the IMAP server holds, read from its disk: the judge does not use the code it judges.</summary>
internal static class ServerMailbox
{
    /// <returns>Null while the server has not yet given every mail its UID.</returns>
    public static IReadOnlyList<ServerMail>? Read(MailServerPair servers, MailUser user, string box = "INBOX")
    {
        var folder = servers.Delivery.Maildir(user, box);
        var list = Path.Combine(folder, "dovecot-uidlist");
        var files = ((string[])["cur", "new"]).Select(part => Path.Combine(folder, part)).Where(Directory.Exists).SelectMany(Directory.EnumerateFiles).ToList();
        if (!File.Exists(list)) return files.Count == 0 ? [] : null;
        // First line: 3 V<uidvalidity> N<next uid> G<guid>. Then, a line a mail: <uid> [W<size>] [S<size>] :<file name without flags>.
        var lines = File.ReadAllLines(list);
        var validity = long.Parse(lines[0].Split(' ').First(field => field[0] == 'V').AsSpan(1), CultureInfo.InvariantCulture);
        var uids = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in lines.Skip(1))
            uids[line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]] = long.Parse(line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        var mails = new List<ServerMail>(files.Count);
        foreach (var file in files)
        {
            if (!uids.TryGetValue(Path.GetFileName(file).Split(":2,")[0], out var uid)) return null;
            mails.Add(new ServerMail(validity, uid, Convert.ToHexString(SHA256.HashData(OnTheWire(File.ReadAllBytes(file))))));
        }
        return mails;
    }

    /// <summary>The Message-IDs of a folder's mails, without angle brackets.</summary>
    public static IEnumerable<string> MessageIds(MailServerPair servers, MailUser user, string box)
        => servers.Delivery.Stored(user, box).Select(raw => new SubmittedMail(0, default, null, [], [], null, false, OnTheWire(raw)).Header("Message-ID")?.Trim('<', '>') ?? "");

    // Mails that the server itself wrote have bare LF on its disk; it sends CRLF.
    private static byte[] OnTheWire(byte[] stored)
    {
        if (stored.AsSpan().IndexOf("\r\n"u8) >= 0) return stored;
        var wire = new MemoryStream(stored.Length + 256);
        foreach (var octet in stored)
        {
            if (octet == '\n') wire.WriteByte((byte)'\r');
            wire.WriteByte(octet);
        }
        return wire.ToArray();
    }
}
