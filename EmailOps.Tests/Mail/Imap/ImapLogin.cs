using EmailOps.Benchmarks.MailServers;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;

namespace EmailOps.Tests.Mail.Imap;

/// <summary>Ways into the Dovecot of the tests.</summary>
internal static class ImapLogin
{
    public static MailServer Server(MailServerPair servers, TransportSecurity security = TransportSecurity.ImplicitTls) =>
        new("localhost", security == TransportSecurity.ImplicitTls ? servers.ImapsPort : servers.ImapPort, security)
        {
            Trust = new ServerTrust { ExtraRoots = [servers.Certificate] },
        };

    public static async Task<ImapClient> OpenAsync(MailServerPair servers, MailUser user, ImapLimits? limits = null, IProtocolLog? log = null, TimeProvider? time = null)
    {
        var client = await ImapClient.ConnectAsync(Server(servers), limits, log: log, time: time);
        await client.LoginAsync(MailCredentials.ForPassword(user.Address, user.Password));
        return client;
    }
}
