using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EmailOps.Benchmarks.MailServers;

/// <summary>Puts mails into mailboxes of <see cref="MailServerPair"/>, byte for byte or as a mail server would.</summary>
internal sealed class MailDelivery(string folder, int lmtpPort)
{
    private static long _lastDrop;

    /// <summary>Where the mails of a folder lie (cur, new, tmp).</summary>
    public string Maildir(MailUser user, string box = "INBOX") => box == "INBOX" ? Path.Combine(folder, "mail", user.Address) : Path.Combine(folder, "mail", user.Address, box);

    /// <summary>
    /// Thousands at once: written into the Maildir as they are (line ends too; IMAP serves CRLF). The server finds them at its next look, and tells
    /// an idling client within half a second. Files are complete when they appear; their order is that of the list.
    /// </summary>
    public void Drop(MailUser user, IEnumerable<ReadOnlyMemory<byte>> mails, string box = "INBOX")
    {
        var maildir = Maildir(user, box);
        if (!Directory.Exists(Path.Combine(maildir, "new"))) throw new InvalidOperationException($"{user.Address} has no folder {box} yet; deliver one by LMTP or make it with doveadm.");
        foreach (var mail in mails)
        {
            var number = Interlocked.Increment(ref _lastDrop);
            // Dovecot numbers new mails in the order of their names: seconds first, then what follows.
            var name = string.Create(CultureInfo.InvariantCulture, $"{1_700_000_000 + number:D10}.M{number:D9}P{Environment.ProcessId}.test");
            var draft = Path.Combine(maildir, "tmp", name);
            using (var file = File.OpenHandle(draft, FileMode.CreateNew, FileAccess.Write)) RandomAccess.Write(file, mail.Span, 0);
            File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            File.Move(draft, Path.Combine(maildir, "new", name));
        }
    }

    public void Drop(MailUser user, params IEnumerable<string> mails) => Drop(user, mails.Select(mail => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(mail)));

    /// <summary>As a mail server delivers (RFC 2033): Return-Path, Delivered-To and Received are added. Wakes an idling client at once. CRLF line ends.</summary>
    /// <returns>When the server has it for good.</returns>
    public async Task LmtpAsync(MailUser user, ReadOnlyMemory<byte> mail, string from = "sender@customer.example", CancellationToken cancel = default)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, lmtpPort, cancel);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        await ExpectAsync(reader, '2', cancel);
        foreach (var command in (string[])["LHLO test", $"MAIL FROM:<{from}>", $"RCPT TO:<{user.Address}>"])
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), cancel);
            await ExpectAsync(reader, '2', cancel);
        }
        await stream.WriteAsync("DATA\r\n"u8.ToArray(), cancel);
        await ExpectAsync(reader, '3', cancel);
        await stream.WriteAsync(Stuffed(mail.Span), cancel);
        await ExpectAsync(reader, '2', cancel);
        await stream.WriteAsync("QUIT\r\n"u8.ToArray(), cancel);
    }

    public Task LmtpAsync(MailUser user, string mail, string from = "sender@customer.example", CancellationToken cancel = default) => LmtpAsync(user, Encoding.UTF8.GetBytes(mail), from, cancel);

    /// <summary>Into any folder through doveadm, which makes the folder known to the server (30 ms).</summary>
    public async Task SaveAsync(MailUser user, ReadOnlyMemory<byte> mail, string box = "INBOX", CancellationToken cancel = default)
    {
        var start = new ProcessStartInfo("doveadm", ["-c", Path.Combine(folder, "dovecot.conf"), "save", "-u", user.Address, "-m", box]) { RedirectStandardInput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("doveadm did not start.");
        await process.StandardInput.BaseStream.WriteAsync(mail, cancel);
        process.StandardInput.Close();
        var said = await process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode != 0) throw new InvalidOperationException($"doveadm save: {said}");
    }

    /// <summary>The raw mails of a folder as they lie on the server's disk, in no order.</summary>
    public IEnumerable<byte[]> Stored(MailUser user, string box = "INBOX")
        => ((string[])["cur", "new"]).Select(part => Path.Combine(Maildir(user, box), part)).Where(Directory.Exists).SelectMany(Directory.EnumerateFiles).Select(File.ReadAllBytes);

    private static async Task ExpectAsync(StreamReader reader, char first, CancellationToken cancel)
    {
        while (true)
        {
            var line = await reader.ReadLineAsync(cancel) ?? throw new IOException("LMTP hung up.");
            if (line[0] != first) throw new IOException($"LMTP said: {line}");
            if (line.Length < 4 || line[3] == ' ') return;
        }
    }

    // A line that starts with a dot gets a second one; the end is a dot alone (RFC 5321 4.5.2).
    private static byte[] Stuffed(ReadOnlySpan<byte> mail)
    {
        var text = new MemoryStream(mail.Length + 64);
        var atStart = true;
        foreach (var octet in mail)
        {
            if (atStart && octet == '.') text.WriteByte((byte)'.');
            text.WriteByte(octet);
            atStart = octet == '\n';
        }
        text.Write(atStart ? ".\r\n"u8 : "\r\n.\r\n"u8);
        return text.ToArray();
    }
}
