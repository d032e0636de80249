using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;

namespace EmailOps.Worker.Delivery;

/// <summary>The folder of a mailbox's server where sent mail is kept, for one visit.</summary>
internal sealed class SentFolder : IAsyncDisposable
{
    private const string Usual = "Sent";
    private readonly ImapClient _client;
    private readonly string _name;

    private SentFolder(ImapClient client, string name) => (_client, _name) = (client, name);

    /// <exception cref="MailConnectionException">The server cannot be reached or does not let us in.</exception>
    /// <exception cref="ImapCommandException">It refuses to list folders.</exception>
    public static async Task<SentFolder> OpenAsync(OpenedMailbox mailbox, MailServerSettings imap, TimeProvider clock, CancellationToken cancel)
    {
        var client = await ImapClient.ConnectAsync(imap.Server(), time: clock, cancel: cancel);
        try
        {
            await client.LoginAsync(mailbox.Credentials(imap, mailbox.ImapSecret) ?? throw new MailConnectionException(ConnectionFailure.Authentication, "No password is stored for IMAP."), cancel);
            return new SentFolder(client, string.IsNullOrEmpty(mailbox.Settings.SentFolder) ? await FindAsync(client, cancel) : mailbox.Settings.SentFolder);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    private static async Task<string> FindAsync(ImapClient client, CancellationToken cancel)
    {
        var folders = (await client.ListAsync(cancel: cancel)).Where(f => f.CanSelect).ToArray();
        return (folders.FirstOrDefault(f => f.Use == ImapFolderUse.Sent) ?? folders.FirstOrDefault(f => f.Name.Equals(Usual, StringComparison.OrdinalIgnoreCase)))?.Name ?? Usual;
    }

    /// <summary>Whether a mail with this Message-ID is there.</summary>
    public async Task<bool> HasAsync(string internetMessageId, CancellationToken cancel)
    {
        try
        {
            // Chosen anew each time: some servers show what others put there only then.
            await _client.SelectAsync(_name, readOnly: true, cancel: cancel);
        }
        catch (ImapCommandException refused) when (refused.Command == "EXAMINE" && !refused.IsTemporary)
        {
            return false; // there is no such folder yet
        }
        return !(await _client.SearchAsync(ImapSearch.MessageId(internetMessageId), cancel)).IsEmpty;
    }

    /// <summary>Puts a copy there, read, unless there is one. Makes the folder where the server has none.</summary>
    public async Task KeepAsync(string internetMessageId, ReadOnlyMemory<byte> raw, DateTimeOffset sentAt, CancellationToken cancel)
    {
        if (await HasAsync(internetMessageId, cancel)) return;
        try
        {
            await _client.AppendAsync(_name, raw, ImapFlags.Seen, sentAt, cancel);
        }
        catch (ImapCommandException refused) when (refused.Code == "TRYCREATE")
        {
            await _client.CreateFolderAsync(_name, cancel);
            await _client.AppendAsync(_name, raw, ImapFlags.Seen, sentAt, cancel);
        }
    }

    public ValueTask DisposeAsync() => new(_client.LogoutAsync());
}
