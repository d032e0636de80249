using System.Diagnostics;
using EmailOps.Mail;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;

namespace EmailOps.Benchmarks.Imap;

/// <summary>Our client over the same mailbox, each time on a new connection.</summary>
internal sealed class ImapFetchRun(BusinessMailbox mailbox, ImapLimits limits, bool tls)
{
    /// <summary>Seconds from the first FETCH to the last message, content bytes, and bytes allocated meanwhile.</summary>
    public async Task<(double Seconds, long Bytes, long Allocated)> RunAsync(bool parse, CancellationToken cancel)
    {
        var server = new MailServer("localhost", tls ? mailbox.Servers.ImapsPort : mailbox.Servers.ImapPort, tls ? TransportSecurity.ImplicitTls : TransportSecurity.None)
        {
            Trust = new ServerTrust { ExtraRoots = [mailbox.Servers.Certificate] },
        };
        await using var client = await ImapClient.ConnectAsync(server, limits, cancel: cancel);
        await client.LoginAsync(MailCredentials.ForPassword(mailbox.User.Address, mailbox.User.Password), cancel);
        await client.SelectAsync("INBOX", readOnly: true, cancel: cancel);
        var uids = await client.SearchAsync(ImapSearch.All, cancel);

        var (count, bytes, characters) = (0, 0L, 0L);
        var allocated = GC.GetTotalAllocatedBytes();
        var began = Stopwatch.GetTimestamp();
        await foreach (var message in client.FetchAsync(uids, new ImapFetch { OwnedBytes = parse }, cancel))
        {
            using (message)
            {
                count++;
                bytes += message.Content.Length;
                if (parse) characters += Read(message.TakeArray());
            }
        }
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (count != mailbox.Messages || bytes != mailbox.Bytes || (parse && characters == 0))
            throw new InvalidOperationException($"{count} messages and {bytes} bytes came; the mailbox has {mailbox.Messages} and {mailbox.Bytes}.");
        return (seconds, bytes, GC.GetTotalAllocatedBytes() - allocated);
    }

    private static long Read(byte[] raw)
    {
        var mail = MailMessage.Parse(raw);
        return mail.Subject.Length + mail.VisibleText.Length;
    }
}
