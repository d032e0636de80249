using System.Collections.Concurrent;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>Clients by name, kept so that everybody who asks in one name waits when one is told to.</summary>
internal sealed class GraphClients(GraphHttp http, GraphLogin login, Microsoft365Options options, TimeProvider clock)
{
    /// <summary>Guards memory; beyond it a client is not shared.</summary>
    private const int Most = 2000;
    private readonly ConcurrentDictionary<(string Name, string For), GraphClient> _clients = new();

    public Microsoft365Options Options => options;

    /// <summary>The app in its own name, for one mailbox.</summary>
    /// <exception cref="GraphException">No app registration is configured.</exception>
    public GraphClient ForMailbox(string address)
    {
        if (!options.HasSecret) throw new GraphException(GraphFailure.SignIn, "No app registration is configured: set M365_CLIENT_ID and EMAILBOT_M365_CLIENT_SECRET.");
        return For(login.App(login.TenantOf(address)), MailboxAddress.Normal(address));
    }

    /// <summary>The app in its own name, for what belongs to no mailbox (chats, people).</summary>
    /// <exception cref="GraphException">No app registration, or no tenant, is configured.</exception>
    public GraphClient ForApp()
    {
        if (!options.HasSecret) throw new GraphException(GraphFailure.SignIn, "No app registration is configured: set M365_CLIENT_ID and EMAILBOT_M365_CLIENT_SECRET.");
        if (string.IsNullOrWhiteSpace(options.TenantId)) throw new GraphException(GraphFailure.SignIn, "The directory is not known: set M365_TENANT_ID.");
        return For(login.App(options.TenantId.Trim()), "");
    }

    private GraphClient For(GraphSignIn signIn, string about) => For(http.Access(signIn.Name, signIn.TokenAsync), about);

    /// <summary>A user who signed in.</summary>
    /// <param name="name">Whose token it is, for keeping clients apart; no secret.</param>
    public GraphClient ForUser(string name, TokenSource token) => For(http.Access(name, token), "");

    /// <summary>In somebody's name, by any way.</summary>
    /// <param name="about">What Graph counts by: a mailbox's address, or nothing.</param>
    public GraphClient For(GraphAccess access, string about)
    {
        var made = new GraphClient(access, options, clock);
        return _clients.Count >= Most ? made : _clients.GetOrAdd((access.Name, about), made);
    }
}
