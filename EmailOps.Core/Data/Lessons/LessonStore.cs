using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Lessons;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data.Lessons;

/// <summary>A lesson with where it stands.</summary>
/// <param name="LearnedIn">The version that dealt with it; null: it waits.</param>
internal sealed record StoredLesson(Lesson Lesson, int? LearnedIn, string Actor);

/// <summary>One lesson to be kept.</summary>
internal sealed record NewLesson(long MailboxId, long MessageId, LessonKind Kind, string Category, string Actor, string? WasCategory = null, int? Priority = null, int? WasPriority = null,
    long? DraftId = null, double? Changed = null, long? CorrectionId = null, long? LabelId = null, bool? IsOn = null);

/// <summary>What people decided, as lessons for their mailbox's model.</summary>
internal sealed class LessonStore(NpgsqlDataSource source)
{
    private const string Columns = """
        l.id, l.message_id, l.kind, l.category, coalesce(l.priority, 0), coalesce(l.was_priority, 0), coalesce(l.changed, 0), m.subject, left(coalesce(m.new_text, m.text), 16000), l.learned_in, l.actor
        """;

    /// <summary>Keeps a lesson in the caller's transaction and has the worker learn it.</summary>
    public static async Task AddAsync(NpgsqlConnection connection, NewLesson lesson, DateTimeOffset now, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, """
            insert into lesson (mailbox_id, message_id, kind, category, was_category, priority, was_priority, draft_id, changed, correction_id, actor, at, label_id, is_on)
            values ($1, $2, $3, $4, $5::text, $6::smallint, $7::smallint, $8::bigint, $9::real, $10::bigint, $11, $12, $13::bigint, $14::boolean)
            """,
            [lesson.MailboxId, lesson.MessageId, lesson.Kind.ToString(), lesson.Category, lesson.WasCategory, (short?)lesson.Priority, (short?)lesson.WasPriority, lesson.DraftId, (float?)lesson.Changed,
                lesson.CorrectionId, StoredText.Clean(lesson.Actor), now, lesson.LabelId, lesson.IsOn], cancel);
        await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.Learning, lesson.MessageId, lesson.MailboxId, 9)], cancel);
    }

    /// <summary>The lessons of a mailbox that were not taken back, oldest first; those about labels are another model's.</summary>
    public async Task<List<StoredLesson>> LoadAsync(long mailboxId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"select {Columns} from lesson l join message m on m.id = l.message_id where l.mailbox_id = $1 and l.kind <> 'Label' and l.undone_at is null order by l.id", [mailboxId], Read, cancel);
    }

    /// <summary>Lessons by id, also those that were taken back since: what a version was taught stays what it was taught.</summary>
    public async Task<List<Lesson>> FindAsync(IReadOnlyCollection<long> ids, CancellationToken cancel)
    {
        if (ids.Count == 0) return [];
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"select {Columns} from lesson l join message m on m.id = l.message_id where l.id = any($1) order by l.id", [ids.ToArray()], r => Read(r).Lesson, cancel);
    }

    /// <summary>The newest lessons, for people.</summary>
    public async Task<List<LessonView>> ListAsync(long mailboxId, int take, CancellationToken cancel, long before = long.MaxValue)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, """
            select l.id, l.message_id, m.subject, l.kind, l.category, l.was_category, l.priority, l.was_priority, l.changed, l.actor, l.at, l.learned_in, l.undone_at, l.undone_by, b.name, l.is_on
            from lesson l join message m on m.id = l.message_id left join label b on b.id = l.label_id where l.mailbox_id = $1 and l.id < $3 order by l.id desc limit $2
            """, [mailboxId, take, before], r =>
            {
                string? Text(int i) => r.IsDBNull(i) ? null : r.GetString(i);
                var kind = Enum.Parse<LessonKind>(r.GetString(3));
                var detail = kind switch
                {
                    LessonKind.Category => $"{Text(5)} → {r.GetString(4)}",
                    LessonKind.Priority => $"{r.GetInt16(7)} → {r.GetInt16(6)} ({r.GetString(4)})",
                    LessonKind.Edited => $"{(r.IsDBNull(8) ? 0 : r.GetFloat(8)):0 %} of the words changed ({r.GetString(4)})",
                    LessonKind.Label => $"{Text(14)}: {(r.GetBoolean(15) ? "put on" : "taken off")}",
                    _ => r.GetString(4),
                };
                return new LessonView(r.GetInt64(0), r.GetInt64(1), r.GetString(2), kind.ToString(), detail, r.GetString(9), r.GetFieldValue<DateTimeOffset>(10),
                    r.IsDBNull(11) ? null : r.GetInt32(11), r.IsDBNull(12) ? null : r.GetFieldValue<DateTimeOffset>(12), Text(13));
            }, cancel);
    }

    private static StoredLesson Read(NpgsqlDataReader row) => new(
        new Lesson(row.GetInt64(0), row.GetInt64(1), Enum.Parse<LessonKind>(row.GetString(2)), row.GetString(3), row.GetInt16(4), row.GetInt16(5), row.GetFloat(6),
            TriageContext.WordsOf(row.GetString(7), row.GetString(8), out _, out _)),
        row.IsDBNull(9) ? null : row.GetInt32(9), row.GetString(10));
}
