using EmailOps.Core.Learning.Redaction;
using EmailOps.Core.Triage.Consulting;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Mails whose category people corrected, as examples for prompts; read anew once a minute at most.</summary>
internal sealed class ExampleStore(NpgsqlDataSource source, TimeProvider clock)
{
    /// <summary>The newest are kept: what was corrected long ago is in the built-in model by now.</summary>
    private const int Most = 500;
    /// <summary>Mail that smells of an attack is no example, whatever people corrected.</summary>
    private const float MostHostility = 0.2f;
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);
    private volatile Known? _known;

    private sealed record Known(NearestExamples Examples, long ReadAt);

    /// <summary>Examples are other people's mail: secrets, addresses and numbers are taken out of them, whoever reads the prompt.</summary>
    public async ValueTask<NearestExamples> NowAsync(CancellationToken cancel)
    {
        if (_known is { } known && clock.GetElapsedTime(known.ReadAt) < s_every) return known.Examples;
        var readAt = clock.GetTimestamp();
        await using var connection = await source.OpenConnectionAsync(cancel);
        var rows = await Sql.QueryAsync(connection, """
            select m.id, t.category, left(m.subject, 200), left(coalesce(m.new_text, m.text), $2)
            from (select message_id, max(id) id from correction group by message_id order by max(id) desc limit $1) c
            join message m on m.id = c.message_id join triage_result t on t.message_id = m.id
            where t.corrected_from is not null and t.hostility < $3 and not t.is_automated order by c.id desc
            """, [Most, CorrectedExample.Limit, MostHostility], r => new CorrectedExample(r.GetInt64(0), r.GetString(1), new Redaction().Hide($"{r.GetString(2)}\n{r.GetString(3)}")), cancel);
        _known = new Known(new NearestExamples(rows), readAt);
        return _known.Examples;
    }
}
