using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage.Labels;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data.Labels;

/// <summary>What came of an order about a label.</summary>
/// <param name="Problem">What to change, when the order itself cannot be carried out.</param>
internal readonly record struct LabelWrite(WriteOutcome Outcome, long Id = 0, string? Problem = null);

/// <summary>The labels of mailboxes' teams. Every write is conditional on the version that was seen and leaves an audit entry.</summary>
internal sealed class LabelStore(NpgsqlDataSource source, LabelLessons lessons, LabelModels models, TimeProvider clock)
{
    /// <summary>All of a mailbox, retired ones too, oldest first.</summary>
    internal static Task<List<TeamLabel>> LoadAsync(NpgsqlConnection connection, long mailboxId, CancellationToken cancel)
        => Sql.QueryAsync(connection, "select id, mailbox_id, name, description, created_at, retired_at is not null, version from label where mailbox_id = $1 order by id", [mailboxId], Read, cancel);

    public async Task<List<LabelView>> ListAsync(long mailboxId, bool retired, CancellationToken cancel)
    {
        List<TeamLabel> labels;
        await using (var connection = await source.OpenConnectionAsync(cancel)) labels = await LoadAsync(connection, mailboxId, cancel);
        if (labels.Count == 0) return [];
        var said = new LabelExamples(await lessons.LoadAsync(mailboxId, cancel));
        var proposed = await models.ProposedAsync(mailboxId, cancel);
        return [.. labels.Where(l => retired || !l.IsRetired).OrderBy(l => l.IsRetired).ThenBy(l => l.Name, StringComparer.OrdinalIgnoreCase).Select(l => View(l, said.Count(l), proposed))];
    }

    /// <summary>Those in use in all mailboxes.</summary>
    public async Task<List<LabelName>> NamesAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, "select id, mailbox_id, name from label where retired_at is null order by lower(name), id", [], r => new LabelName(r.GetInt64(0), r.GetInt64(1), r.GetString(2)), cancel);
    }

    public async Task<LabelView?> FindAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var mailbox = await Sql.QueryAsync(connection, "select mailbox_id from label where id = $1", [id], r => r.GetInt64(0), cancel);
        return mailbox is [var of] ? (await ListAsync(of, retired: true, cancel)).Find(l => l.Id == id) : null;
    }

    /// <param name="save">Valid.</param>
    public async Task<LabelWrite> AddAsync(long mailboxId, SaveLabel save, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Locked, so that two who add at once cannot pass the limit together.
        if (await Sql.QueryAsync(connection, "select id from mailbox where id = $1 for update", [mailboxId], r => r.GetInt64(0), cancel) is []) return new(WriteOutcome.NotFound);
        if (await Sql.QueryAsync(connection, "select count(*) from label where mailbox_id = $1 and retired_at is null", [mailboxId], r => r.GetInt64(0), cancel) is [>= LabelRules.MostLabels])
            return new(WriteOutcome.WrongState, Problem: $"The mailbox has {LabelRules.MostLabels} labels, more are not kept apart. Retire one first.");
        var (name, description) = Clean(save);
        var added = await Sql.QueryAsync(connection, """
            insert into label (mailbox_id, name, description, created_by, created_at) values ($1, $2, $3, $4, $5)
            on conflict (mailbox_id, lower(name)) where retired_at is null do nothing returning id
            """, [mailboxId, name, description, StoredText.Clean(actor), clock.GetUtcNow()], r => r.GetInt64(0), cancel);
        if (added is not [var id]) return Taken(name);
        await DoneAsync(connection, transaction, mailboxId, actor, "label.add", $"Label \"{name}\" was made.", cancel);
        return new(WriteOutcome.Done, id);
    }

    /// <param name="version">The one that was seen; null: whatever is there.</param>
    public Task<LabelWrite> ChangeAsync(long id, int? version, SaveLabel save, string actor, CancellationToken cancel)
        => WriteAsync(id, version, actor, "label.change", async (connection, label) =>
        {
            var (name, description) = Clean(save);
            await Sql.ExecuteAsync(connection, "update label set name = $2, description = $3 where id = $1", [id, name, description], cancel);
            return label.Name == name ? $"Label \"{name}\" was described anew." : $"Label \"{label.Name}\" is now called \"{name}\".";
        }, Clean(save).Name, cancel);

    public Task<LabelWrite> RetireAsync(long id, int? version, string actor, CancellationToken cancel)
        => WriteAsync(id, version, actor, "label.retire", async (connection, label) =>
        {
            if (label.IsRetired) return null;
            await Sql.ExecuteAsync(connection, "update label set retired_at = now() where id = $1", [id], cancel);
            await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.Learning, 0, label.MailboxId, 8)], cancel);
            return $"Label \"{label.Name}\" was retired.";
        }, null, cancel);

    public Task<LabelWrite> RestoreAsync(long id, int? version, string actor, CancellationToken cancel)
        => WriteAsync(id, version, actor, "label.restore", async (connection, label) =>
        {
            if (!label.IsRetired) return null;
            await Sql.ExecuteAsync(connection, "update label set retired_at = null where id = $1", [id], cancel);
            await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.Learning, 0, label.MailboxId, 8)], cancel);
            return $"Label \"{label.Name}\" is in use again.";
        }, null, cancel);

    private async Task<LabelWrite> WriteAsync(long id, int? version, string actor, string action, Func<NpgsqlConnection, TeamLabel, Task<string?>> write, string? name, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var found = await Sql.QueryAsync(connection, "select id, mailbox_id, name, description, created_at, retired_at is not null, version from label where id = $1 for update", [id], Read, cancel);
        if (found is not [var label]) return new(WriteOutcome.NotFound);
        if (await Sql.ExecuteAsync(connection, "update label set version = version + 1 where id = $1 and ($2::int is null or version = $2::int)", [id, version], cancel) == 0) return new(WriteOutcome.VersionConflict);
        try
        {
            if (await write(connection, label) is not { } done) return new(WriteOutcome.WrongState, Problem: label.IsRetired ? $"\"{label.Name}\" is retired already." : $"\"{label.Name}\" is in use already.");
            await DoneAsync(connection, transaction, label.MailboxId, actor, action, done, cancel);
            return new(WriteOutcome.Done, id);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return Taken(name ?? label.Name);
        }
    }

    private static LabelWrite Taken(string name) => new(WriteOutcome.WrongState, Problem: $"The mailbox has a label \"{name}\" already.");

    private static async Task DoneAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long mailboxId, string actor, string action, string detail, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, $2, 'mailbox', $3, $4)", [StoredText.Clean(actor), action, mailboxId, detail], cancel);
        await LiveEvents.AnnounceAsync(connection, "model", mailboxId, cancel);
        await transaction.CommitAsync(cancel);
    }

    private static (string Name, string Description) Clean(SaveLabel save) => (StoredText.Clean(save.Name.Trim()), StoredText.Clean(save.Description?.Trim() ?? ""));

    private static LabelView View(TeamLabel l, LabelCount count, IReadOnlyList<long> proposed) => new(l.Id, l.MailboxId, l.Name, l.Description, l.IsRetired, l.Version, count.With, count.Without, count.Missing,
        !l.IsRetired && proposed.Contains(l.Id)) { MissingWords = l.IsRetired ? null : count.Words };

    private static TeamLabel Read(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetFieldValue<DateTimeOffset>(4), r.GetBoolean(5), r.GetInt32(6));
}
