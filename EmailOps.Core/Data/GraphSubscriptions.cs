using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Graph;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// Change notifications of Microsoft Graph: one subscription a folder, made where a public address is configured, renewed before it ends. A notification wakes the mailbox's
/// loop and says nothing more: what came is found by the delta query, as without it, so a lost or forged one costs nothing.
/// </summary>
internal sealed class GraphSubscriptions(NpgsqlDataSource source, MailboxStore mailboxes, MailboxTokens tokens, GraphHttp http, Microsoft365Options options, TimeProvider clock)
{
    /// <summary>Graph allows 7 days for mail.</summary>
    private static readonly TimeSpan s_lasts = TimeSpan.FromDays(3), s_renew = TimeSpan.FromDays(1.5);

    private sealed record Subscription(string Folder, string Id, DateTimeOffset Until);

    /// <returns>How many there are now, what was made or renewed, and what did not work, mailbox by mailbox.</returns>
    public async Task<(int There, int Changed, IReadOnlyList<string> Problems)> KeepAsync(CancellationToken cancel)
    {
        var (there, changed, problems) = (0, 0, new List<string>());
        foreach (var mailbox in (await mailboxes.ListAsync(cancel)).Where(m => m is { IsEnabled: true, Settings.Provider: MailboxProvider.Graph }))
        {
            try
            {
                var client = new GraphClient(http.Access($"mailbox/{mailbox.Id}", tokens.For(new Mailboxes.OpenedMailbox(mailbox, null, null), MailboxProvider.Graph)), options, clock);
                foreach (var name in mailbox.Settings.Folders)
                {
                    if (await new GraphFolders(client, $"users/{Uri.EscapeDataString(mailbox.Address)}").FindAsync(name, cancel) is not { } folder) continue;
                    if (await KeepAsync(client, mailbox, folder.Id, cancel)) changed++;
                    there++;
                }
            }
            catch (GraphException failure)
            {
                problems.Add($"{mailbox.Address}: {failure.Message}");
            }
        }
        await ExecuteAsync("delete from graph_subscription where until < $1", [clock.GetUtcNow()], cancel);
        return (there, changed, problems);
    }

    /// <returns>True when it was made or renewed.</returns>
    private async Task<bool> KeepAsync(GraphClient client, MailboxSetup mailbox, string folder, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var known = (await Sql.QueryAsync(connection, "select folder, subscription_id, until from graph_subscription where mailbox_id = $1 and folder = $2", [mailbox.Id, folder],
            r => new Subscription(r.GetString(0), r.GetString(1), r.GetFieldValue<DateTimeOffset>(2)), cancel)).SingleOrDefault();
        var (now, until) = (clock.GetUtcNow(), clock.GetUtcNow() + s_lasts);
        if (known is not null && known.Until - now > s_renew) return false;
        if (known is not null && known.Until > now && await RenewAsync(client, known, until, cancel))
        {
            await Sql.ExecuteAsync(connection, "update graph_subscription set until = $3 where mailbox_id = $1 and folder = $2", [mailbox.Id, folder, until], cancel);
            return true;
        }
        var state = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var made = await client.SendAsync(GraphRequest.Post("subscriptions", new
        {
            changeType = "created", notificationUrl = options.NotificationUrl, resource = $"users/{mailbox.Address}/mailFolders('{folder}')/messages", expirationDateTime = until.UtcDateTime, clientState = state,
        }, GraphPermission.MailRead), cancel);
        if (made.ValueKind != JsonValueKind.Object || !made.TryGetProperty("id", out var id) || id.GetString() is not { Length: > 0 and < 200 } text) throw new GraphException(GraphFailure.BadAnswer, "A subscription of Microsoft Graph has no id.");
        await Sql.ExecuteAsync(connection, """
            insert into graph_subscription (mailbox_id, folder, subscription_id, state_hash, until) values ($1, $2, $3, $4, $5)
            on conflict (mailbox_id, folder) do update set subscription_id = $3, state_hash = $4, until = $5
            """, [mailbox.Id, folder, text, Hash(state), until], cancel);
        return true;
    }

    /// <returns>False when Graph has it no more.</returns>
    private static async Task<bool> RenewAsync(GraphClient client, Subscription known, DateTimeOffset until, CancellationToken cancel)
    {
        try
        {
            await client.SendAsync(GraphRequest.Patch($"subscriptions/{Uri.EscapeDataString(known.Id)}", new { expirationDateTime = until.UtcDateTime }, GraphPermission.MailRead), cancel);
            return true;
        }
        catch (GraphException gone) when (gone.Kind == GraphFailure.NotFound)
        {
            return false;
        }
    }

    /// <summary>Wakes the loops of those whose client state is the one we gave.</summary>
    /// <returns>How many.</returns>
    public async Task<int> WakeAsync(IReadOnlyCollection<(string Id, string State)> notified, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var ours = await Sql.QueryAsync(connection, "select subscription_id, state_hash, mailbox_id from graph_subscription where subscription_id = any($1)", [notified.Select(n => n.Id).Distinct().ToArray()],
            r => (Id: r.GetString(0), Hash: r.GetFieldValue<byte[]>(1), Mailbox: r.GetInt64(2)), cancel);
        var woken = ours.Where(o => notified.Any(n => n.Id == o.Id && CryptographicOperations.FixedTimeEquals(Hash(n.State), o.Hash))).Select(o => o.Mailbox).Distinct().ToArray();
        foreach (var mailbox in woken) await LoopStore.WakeAsync(connection, mailbox, cancel);
        return woken.Length;
    }

    private static byte[] Hash(string state) => SHA256.HashData(Encoding.UTF8.GetBytes(state));

    private async Task ExecuteAsync(string sql, object?[] values, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, sql, values, cancel);
    }
}
