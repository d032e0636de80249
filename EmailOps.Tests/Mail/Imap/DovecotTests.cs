using System.Text;
using EmailOps.Mail.Imap;
using EmailOps.Tests.MailServers;

namespace EmailOps.Tests.Mail.Imap;

/// <summary>What an intake does all day, against a real Dovecot.</summary>
public sealed class DovecotTests(MailServersFixture mail) : IClassFixture<MailServersFixture>
{
    [Fact]
    public async Task Two_thousand_messages_come_pipelined_and_byte_for_byte()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Enumerable.Range(1, 2_000).Select(number => Letters.Plain(number, 500 + (number % 700))));
        await using var client = await ImapLogin.OpenAsync(servers, user);
        var folder = await client.SelectAsync("INBOX", readOnly: true);
        Assert.Equal(2_000u, folder.Exists);
        var uids = await client.SearchAsync(ImapSearch.NewFrom(1));
        Assert.Equal("1:2000", uids.ToString());

        var seen = new List<uint>();
        await foreach (var message in client.FetchAsync(uids))
        {
            using (message)
            {
                Assert.Equal(Letters.Plain((int)message.Uid, 500 + ((int)message.Uid % 700)), Encoding.UTF8.GetString(message.Content.Span));
                Assert.Equal(message.Content.Length, message.Size);
                Assert.False(message.Flags.Has(ImapSystemFlags.Seen));
                Assert.NotNull(message.InternalDate);
                seen.Add(message.Uid);
            }
        }
        // Dovecot works on several commands at once, so the order is not promised.
        Assert.Equal(Enumerable.Range(1, 2_000).Select(number => (uint)number), seen.Order());
        await client.LogoutAsync();
    }
}
