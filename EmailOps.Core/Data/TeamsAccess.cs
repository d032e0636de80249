using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Graph;

namespace EmailOps.Core.Data;

/// <summary>
/// In whose name chats are opened in Teams: the user of a mailbox who signed in and consented to it (M365_TEAMS). Microsoft lets no app post into chats in its own name.
/// </summary>
internal sealed class TeamsAccess(GrantStore grants, MailboxAccess access, MailboxTokens tokens, GraphClients clients, GraphHttp http)
{
    /// <returns>Null when nobody signed in for it.</returns>
    public async Task<TeamsUser?> FindAsync(CancellationToken cancel)
    {
        foreach (var grant in await grants.AllAsync(cancel))
        {
            if (grant.Provider != MailboxProvider.Graph || !GraphPermission.ChatSend.IsIn([.. grant.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => s[(s.LastIndexOf('/') + 1)..])])) continue;
            if (await access.OpenAsync(grant.MailboxId, cancel) is not { } mailbox) continue;
            var way = http.Access($"teams/{grant.MailboxId}", tokens.For(mailbox, MailboxProvider.Graph));
            return new TeamsUser(grant.Account, way, clients.For(way, "teams"));
        }
        return null;
    }
}

/// <param name="Account">Address of the user: must be among the members of a chat that is made.</param>
internal sealed record TeamsUser(string Account, GraphAccess Access, GraphClient Client);
