using EmailOps.Core.Contracts;
using EmailOps.Core.Learning.Labels;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Labels;
using Npgsql;

namespace EmailOps.Core.Data.Labels;

/// <summary>What people decided, as lessons about labels, and the texts of the messages they are about.</summary>
internal sealed class LabelLessons(NpgsqlDataSource source)
{
    /// <summary>The newest lessons that are learned from. Guards time and memory of a training.</summary>
    public const int MostLessons = 4_000;
    private const string Columns = "id, message_id, label_id, coalesce(is_on, false), at, actor, learned_in is null";

    /// <summary>Those of a mailbox that were not taken back, oldest first: what was said of labels, and which messages people handled.</summary>
    public async Task<List<LabelLesson>> LoadAsync(long mailboxId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"select * from (select {Columns} from lesson where mailbox_id = $1 and undone_at is null order by id desc limit $2) newest order by id", [mailboxId, MostLessons], Read, cancel);
    }

    /// <summary>Lessons by id, also those that were taken back since: what a version was taught stays what it was taught.</summary>
    public async Task<List<LabelLesson>> FindAsync(IReadOnlyList<long> ids, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"select {Columns} from lesson where id = any($1) order by id", [ids.ToArray()], Read, cancel);
    }

    /// <summary>Examples with their texts, as triage reads them. A message that is gone is left out.</summary>
    public async Task<(List<LabelExample> Examples, List<LabelledText> Texts)> TextsAsync(IReadOnlyList<LabelExample> examples, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var messages = (await Sql.QueryAsync(connection, "select id, subject, left(coalesce(new_text, text), 16000), from_address, attachments, thread_position from message where id = any($1)", [examples.Select(e => e.MessageId).ToArray()],
            r => (Id: r.GetInt64(0), Text: TriageContext.WordsOf(r.GetString(1), r.GetString(2), out _, out _),
                Facts: LabelFacts.Of(r.GetString(3), r.IsDBNull(4) ? [] : Sql.FromJson<AttachmentInfo[]>(r.GetString(4)), r.GetInt32(5))), cancel)).ToDictionary(m => m.Id);
        var known = examples.Where(e => messages.ContainsKey(e.MessageId)).ToList();
        return (known, known.ConvertAll(e => new LabelledText(messages[e.MessageId].Text, messages[e.MessageId].Facts, e.Has, e.Unknown)));
    }

    private static LabelLesson Read(NpgsqlDataReader r)
        => new(r.GetInt64(0), r.GetInt64(1), r.IsDBNull(2) ? null : r.GetInt64(2), r.GetBoolean(3), r.GetFieldValue<DateTimeOffset>(4), r.GetString(5), r.GetBoolean(6));
}
