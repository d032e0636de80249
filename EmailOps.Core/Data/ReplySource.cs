using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>How each mailbox's replies begin and end. A mailbox that says nothing has the taxonomy's; the same settings are the same templates, so that what is read of them is read once.</summary>
internal sealed class ReplySource(NpgsqlDataSource source, TriageFiles files)
{
    private volatile IReadOnlyDictionary<long, (string Json, ReplyTemplates Templates)> _known = new Dictionary<long, (string, ReplyTemplates)>();

    /// <summary>Of the mailboxes that have words of their own, as they are stored now.</summary>
    public async Task<IReadOnlyDictionary<long, ReplyTemplates>> LoadAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var rows = await Sql.QueryAsync(connection, "select id, settings->>'reply' from mailbox where settings->'reply' is not null order by id", [], r => (Id: r.GetInt64(0), Json: r.GetString(1)), cancel);
        var known = _known;
        var now = rows.ToDictionary(r => r.Id, r => known.TryGetValue(r.Id, out var same) && same.Json == r.Json ? same : (r.Json, MailboxReplies.Of(files.Setup.Taxonomy.Reply, Sql.FromJson<ReplySettings>(r.Json))));
        _known = now;
        return now.ToDictionary(n => n.Key, n => n.Value.Item2);
    }
}
