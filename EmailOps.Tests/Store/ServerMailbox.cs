using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Messages;

namespace EmailOps.Tests.Store;

/// <summary>A mailbox read from a server that checks senders as <c>mx.shop.example</c>, with a reply that was sent.</summary>
internal sealed class ServerMailbox
{
    public const string Server = "mx.shop.example";
    private readonly TestStore _store;
    private readonly long _folder;
    private uint _uid;

    private ServerMailbox(TestStore store, long folder, ReplyMarks marks) => (_store, _folder, Marks) = (store, folder, marks);

    public ReplyMarks Marks { get; }

    public static async Task<ServerMailbox> CreateAsync(TestStore store, params string[] trusted)
    {
        await store.ExecuteAsync($"update mailbox set settings = '{Sql.Json(new MailboxSettings { TrustedAuthServers = trusted })}' where id = {store.Mailbox}");
        var folder = await store.AskAsync<long>($"insert into mailbox_folder (mailbox_id, name, uid_validity) values ({store.Mailbox}, 'INBOX', 1) returning id");
        return new ServerMailbox(store, folder, await store.Get<ReplyMarkKey>().MarksAsync(CancellationToken.None));
    }

    public Task<IReadOnlyList<IntakeResult>> ReceiveAsync(params string[] raws)
        => _store.StoreAsync(raws.Select(r => new OfferedMail("INBOX", Encoding.UTF8.GetBytes(r), Encoding.UTF8.GetByteCount(r), null, new ServerPlace(_folder, 1, ++_uid))));

    /// <summary>A reply to a stored message, as delivery leaves it.</summary>
    /// <returns>Its Message-ID.</returns>
    public async Task<string> SentAsync(long messageId, string recipient = "ada@customer.example")
    {
        var draft = await _store.AskAsync<long>($"insert into draft (message_id, body, language, citations, state, version, created_at) values ({messageId}, 'Hello', 'en', '[]', 'Approved', 2, now()) returning id");
        var id = Marks.InternetMessageId(draft, TestStore.Address);
        await _store.ExecuteAsync($"""
            insert into outbound_message (message_id, draft_id, mailbox_id, internet_message_id, recipient, subject, body, state, created_at, sent_at)
            values ({messageId}, {draft}, {_store.Mailbox}, '{id}', '{recipient}', 'Re: Where is my parcel', 'Hello', 'Sent', now(), now())
            """);
        return id;
    }

    /// <summary>The header block of a mail as the mailbox's own server left it.</summary>
    public static string Checked(string results) => $"Received: from mail.elsewhere.example by {Server} with ESMTPS id 1;\r\n Mon, 2 Nov 2026 08:12:00 +0000\r\nAuthentication-Results: {Server}; {results}\r\n";
}
