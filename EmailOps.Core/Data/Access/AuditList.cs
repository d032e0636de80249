using System.Text;
using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Access;

/// <summary>What of the audit is asked for; null: all. See <see cref="AuditRoutes.All"/>.</summary>
internal sealed record AuditFilter(string? Actor = null, string? Action = null, string? Kind = null, long? Subject = null, string? Words = null, DateTimeOffset? From = null, DateTimeOffset? To = null, long? Before = null, int Take = 50);

/// <summary>Reads the audit page by page, from the newest; a page costs the same however far back it is.</summary>
internal sealed class AuditList(NpgsqlDataSource source, AuditChain chain)
{
    public const int Most = 200;
    public const int LongestWords = 200;

    public async Task<AuditPage> ReadAsync(AuditFilter filter, CancellationToken cancel)
    {
        var take = Math.Clamp(filter.Take, 1, Most);
        var where = new StringBuilder("true");
        List<object?> values = [take + 1];
        Add("a.id < ", filter.Before);
        Add("a.actor = ", filter.Actor);
        if (filter.Action is { } action) Add(action.EndsWith('.') ? "starts_with(a.action, $)" : "a.action = ", action);
        Add("a.subject_kind = ", filter.Kind);
        Add("a.subject_id = ", filter.Subject);
        Add("a.at >= ", filter.From?.ToUniversalTime());
        Add("a.at < ", filter.To?.ToUniversalTime());
        Add("strpos(lower(a.detail), lower($)) > 0", filter.Words is { Length: > LongestWords } long_ ? long_[..LongestWords] : filter.Words);
        await using var connection = await source.OpenConnectionAsync(cancel);
        var items = await Sql.QueryAsync(connection, $"""
            select a.id, a.at, a.actor, a.action, a.subject_kind, a.subject_id, a.detail, s.position
            from (select * from audit_entry a where {where} order by a.id desc limit $1) a left join audit_seal s on s.entry_id = a.id order by a.id desc
            """, [.. values], r => new AuditEntryView(r.GetInt64(0), r.GetFieldValue<DateTimeOffset>(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetInt64(5), r.GetString(6), r.IsDBNull(7) ? null : r.GetInt64(7)), cancel);
        return new AuditPage(items.Count > take ? items[..take] : items, items.Count > take ? items[take - 1].Id : null, await chain.ViewAsync(cancel));

        void Add(string condition, object? value)
        {
            if (value is null) return;
            values.Add(value is string text ? text.Replace("\0", "", StringComparison.Ordinal) : value);
            var place = $"${values.Count}";
            where.Append(" and ").Append(condition.Contains('$', StringComparison.Ordinal) ? condition.Replace("$", place, StringComparison.Ordinal) : condition + place);
        }
    }
}
