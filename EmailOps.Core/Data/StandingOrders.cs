using EmailOps.Core.Contracts;
using EmailOps.Core.Delivery;
using EmailOps.Core.Messages;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What may be ordered; names are stored.</summary>
internal enum OrderKind
{
    /// <summary>Automatic answers are held.</summary>
    Pause,
    /// <summary>Workers claim nothing more.</summary>
    Drain,
    /// <summary>Messages below a priority are triaged and then wait.</summary>
    Urgent,
}

/// <summary>
/// Orders to all processes at once. They are obeyed where work is claimed and answers leave, in the statement itself, so no process can be late to hear of them;
/// notifications only make the change quick.
/// </summary>
internal sealed class StandingOrders(NpgsqlDataSource source, DeliveryOptions options)
{
    public const int LongestReason = 500;
    /// <summary>For statements that claim something: false while workers drain.</summary>
    public const string MayClaim = "not exists (select from standing_order where kind = 'Drain')";
    /// <summary>For claims of work items, behind an alias and a dot or alone: only triage knows a priority, so what follows it is chosen by it. Replies on their way are left alone.</summary>
    public const string IsUrgent = "priority >= coalesce((select level from standing_order where kind = 'Urgent' and $1 in (2, 7)), -32768)";
    private const int Leaving = 0x456D_5061; // "EmPa": held shared by answers that leave, alone by who pauses
    private const string IsHeld = "o.is_automatic and o.state in ('Held', 'Queued') and (o.hold_until is null or o.hold_until <= now())";

    public async Task<OperationsView> ViewAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await ViewAsync(connection, cancel);
    }

    public static async Task<OperationsView> ViewAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var orders = await Sql.QueryAsync(connection, "select kind, ordered_at, ordered_by, reason, level from standing_order", [],
            r => (Kind: r.GetString(0), View: new StandingOrderView(r.GetFieldValue<DateTimeOffset>(1), r.GetString(2), r.IsDBNull(3) ? null : r.GetString(3), r.IsDBNull(4) ? null : r.GetInt16(4))), cancel);
        var view = new OperationsView(Find(OrderKind.Pause), 0, Find(OrderKind.Drain), 0, Find(OrderKind.Urgent));
        if (view.Paused is not null) view = view with { HeldAnswers = await CountAsync($"select count(*) from outbound_message o where {IsHeld}") };
        if (view.Draining is not null)
            view = view with
            {
                InHand = await CountAsync("""
                    select (select count(*) from work_item where lease is not null and died_at is null and available_at > now()) + (select count(*) from mailbox_loop where owner_until > now())
                         + (select count(*) from assessment where finished_at is null and owner_until > now())
                    """),
            };
        return view;

        StandingOrderView? Find(OrderKind kind) => orders.Find(o => o.Kind == kind.ToString()).View;
        async Task<long> CountAsync(string sql) => (await Sql.QueryAsync(connection, sql, [], r => r.GetInt64(0), cancel)).Single();
    }

    /// <summary>In force when this returns: what leaves or is claimed after it obeys. One that is in force already stays as it was given.</summary>
    /// <param name="level">With <see cref="OrderKind.Urgent"/>: the least priority that goes on; another one replaces that in force.</param>
    public async Task<OperationsView> GiveAsync(OrderKind kind, string actor, string? reason, CancellationToken cancel, int? level = null)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            // Answers that asked before us have committed Sending when we have this; those that ask after us see the order.
            await Sql.ExecuteAsync(connection, "select pg_advisory_xact_lock($1, $2)", [Leaving, (int)kind], cancel);
            reason = string.IsNullOrWhiteSpace(reason) ? null : StoredText.Clean(StoredText.Cut(reason.Trim(), LongestReason));
            var given = await Sql.ExecuteAsync(connection, """
                insert into standing_order (kind, ordered_at, ordered_by, reason, level) values ($1, now(), $2, $3::text, $4::smallint)
                on conflict (kind) do update set ordered_at = excluded.ordered_at, ordered_by = excluded.ordered_by, reason = excluded.reason, level = excluded.level where standing_order.level is distinct from excluded.level
                """, [kind.ToString(), actor, reason, (short?)level], cancel);
            if (given > 0)
            {
                var (action, what) = kind switch
                {
                    OrderKind.Pause => ("automation.pause", "Held all automatic answers"),
                    OrderKind.Drain => ("workers.drain", "Had the workers claim nothing more"),
                    _ => ("process.urgent", $"Had only messages of priority {level} and more go on"),
                };
                await TellAsync(connection, actor, action, reason is null ? $"{what}." : $"{what}: {reason}", cancel);
            }
            await transaction.CommitAsync(cancel);
        }
        return await ViewAsync(connection, cancel);
    }

    /// <summary>Ends the order; what waited for it goes on at once. Nothing happens when it is not in force.</summary>
    public async Task<OperationsView> EndAsync(OrderKind kind, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            if (await Sql.ExecuteAsync(connection, "delete from standing_order where kind = $1", [kind.ToString()], cancel) > 0)
            {
                if (kind == OrderKind.Pause) await LetGoAsync(connection, cancel);
                var (action, what) = kind switch
                {
                    OrderKind.Pause => ("automation.resume", "Automatic answers go on."),
                    OrderKind.Drain => ("workers.resume", "Workers claim again."),
                    _ => ("process.all", "Messages of every priority go on."),
                };
                await TellAsync(connection, actor, action, what, cancel);
            }
            await transaction.CommitAsync(cancel);
        }
        return await ViewAsync(connection, cancel);
    }

    /// <summary>Whether an automatic answer must wait; asked in the transaction that would have it leave.</summary>
    /// <returns>What to show with it; null: it may leave.</returns>
    public static async Task<string?> WhyPausedAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "select pg_advisory_xact_lock_shared($1, $2)", [Leaving, (int)OrderKind.Pause], cancel);
        // A statement of its own: it must see what was committed while we waited for the lock.
        return await Sql.QueryAsync(connection, "select ordered_by from standing_order where kind = 'Pause'", [], r => r.GetString(0), cancel) is [var by]
            ? $"It waits: automatic answers are paused by {by}."
            : null;
    }

    /// <summary>The wait is not held against them: none of them had its time to be tried.</summary>
    private async Task LetGoAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, $"""
            update work_item w set available_at = now() from outbound_message o
            where w.stage = $1 and w.subject_id = o.id and w.died_at is null and w.lease is null and w.available_at > now() and {IsHeld}
            """, [(short)Stage.Sending], cancel);
        await Sql.ExecuteAsync(connection, $"update outbound_message o set give_up_at = greatest(o.give_up_at, now() + $1), detail = case when o.detail like 'It waits: automatic answers are paused%' then null else o.detail end where {IsHeld}", [options.GiveUpAfter], cancel);
    }

    private static async Task TellAsync(NpgsqlConnection connection, string actor, string action, string detail, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, $2, 'installation', 0, $3)", [actor, action, detail], cancel);
        await LiveEvents.AnnounceAsync(connection, "operations", 0, cancel);
        // Empty: every stage and every mailbox loop looks.
        await Hints.SendAsync(connection, WorkQueue.Channel, "", cancel);
        await Hints.SendAsync(connection, LoopStore.Channel, "", cancel);
    }
}
