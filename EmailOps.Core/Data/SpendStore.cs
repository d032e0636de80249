using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Routing;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What was spent on language models, a row a day and mailbox; row 0 is everybody's. The row's lock is what keeps the limit across processes.</summary>
internal sealed class SpendStore(NpgsqlDataSource source, LanguageModelOptions options, TimeProvider clock) : IModelBudget
{
    private const long Everybody = 0;
    /// <summary>Rows older than this are of no use to anybody.</summary>
    private const int KeepDays = 400;

    public async Task<string?> ReserveAsync(Reservation reservation, CancellationToken cancel)
    {
        if (await TryReserveAsync(reservation, cancel) is not { } refused) return null;
        // What killed processes left is looked for only where it may matter.
        return await ReleaseLostAsync(cancel) ? await TryReserveAsync(reservation, cancel) : refused;
    }

    private async Task<string?> TryReserveAsync(Reservation reservation, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Everybody's row last, so that a busy mailbox at its own limit does not hold up the others; always in this order, so that nobody waits in a ring.
        if (reservation.MailboxId is { } mailbox && await RefusedAsync(connection, reservation, mailbox, reservation.Mailbox, cancel) is { } own) return $"The mailbox's budget of today is spent ({own}).";
        if (await RefusedAsync(connection, reservation, Everybody, reservation.Overall, cancel) is { } all) return $"The budget of today is spent ({all}).";
        await Sql.ExecuteAsync(connection, "insert into model_reservation (id, day, mailbox_id, tokens, money, expires_at) values ($1, $2, $3::bigint, $4, $5, now() + $6)",
            [reservation.Id, reservation.Day, reservation.MailboxId, reservation.Tokens, reservation.Money, reservation.Lease], cancel);
        await transaction.CommitAsync(cancel);
        return null;
    }

    /// <summary>Releases what calls had set aside whose processes never settled them.</summary>
    /// <returns>False when there was none.</returns>
    private async Task<bool> ReleaseLostAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var lost = await Sql.QueryAsync(connection, "delete from model_reservation where ctid in (select ctid from model_reservation where expires_at < now() limit 1000 for update skip locked) returning day, coalesce(mailbox_id, 0), tokens, money", [],
            r => (Day: r.GetFieldValue<DateOnly>(0), Mailbox: r.GetInt64(1), Tokens: r.GetInt64(2), Money: r.GetDecimal(3)), cancel);
        if (lost.Count == 0) return false;
        // Everybody's row last, as where it is set aside.
        foreach (var row in lost.Where(l => l.Mailbox != Everybody).GroupBy(l => (l.Day, l.Mailbox)).OrderBy(g => g.Key)) await ReleaseAsync(row.Key.Day, row.Key.Mailbox, row.Sum(l => l.Tokens), row.Sum(l => l.Money));
        foreach (var row in lost.GroupBy(l => l.Day).OrderBy(g => g.Key)) await ReleaseAsync(row.Key, Everybody, row.Sum(l => l.Tokens), row.Sum(l => l.Money));
        await transaction.CommitAsync(cancel);
        return true;

        Task<int> ReleaseAsync(DateOnly day, long mailbox, long tokens, decimal money) => Sql.ExecuteAsync(connection,
            "update model_spend set tokens_reserved = tokens_reserved - $3, money_reserved = money_reserved - $4 where day = $1 and mailbox_id = $2", [day, mailbox, tokens, money], cancel);
    }

    public async Task SettleAsync(Reservation reservation, long tokens, decimal money, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Settled after its time, it was released before: what it cost is counted all the same.
        var isHeld = await Sql.ExecuteAsync(connection, "delete from model_reservation where ctid = (select ctid from model_reservation where id = $1 limit 1 for update)", [reservation.Id], cancel) > 0;
        foreach (var row in reservation.MailboxId is { } mailbox ? new[] { mailbox, Everybody } : [Everybody])
            await Sql.ExecuteAsync(connection, "update model_spend set calls = calls + 1, tokens = tokens + $3, money = money + $4, tokens_reserved = tokens_reserved - $5, money_reserved = money_reserved - $6 where day = $1 and mailbox_id = $2",
                [reservation.Day, row, tokens, money, isHeld ? reservation.Tokens : 0, isHeld ? reservation.Money : 0], cancel);
        await transaction.CommitAsync(cancel);
    }

    public async Task<BudgetView> TodayAsync(CancellationToken cancel)
    {
        var day = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        await ReleaseLostAsync(cancel);
        await using var connection = await source.OpenConnectionAsync(cancel);
        var rows = await Sql.QueryAsync(connection, """
            select s.mailbox_id, coalesce(b.address, ''), s.calls, s.tokens + s.tokens_reserved, s.money + s.money_reserved from model_spend s left join mailbox b on b.id = s.mailbox_id
            where s.day = $1 order by s.tokens desc, s.mailbox_id limit 1000
            """, [day], r => new MailboxSpend(r.GetInt64(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.GetDecimal(4)), cancel);
        var all = rows.Find(r => r.MailboxId == Everybody);
        return new BudgetView(day, all?.Calls ?? 0, all?.Tokens ?? 0, all?.Money ?? 0, options.Budget.TokensPerDay, options.Budget.MoneyPerDay, [.. rows.Where(r => r.MailboxId != Everybody)]);
    }

    private static async Task<string?> RefusedAsync(NpgsqlConnection connection, Reservation wanted, long row, DailyLimit limit, CancellationToken cancel)
    {
        if (await Sql.ExecuteAsync(connection, "insert into model_spend (day, mailbox_id) values ($1, $2) on conflict do nothing", [wanted.Day, row], cancel) > 0 && row == Everybody)
            await Sql.ExecuteAsync(connection, "delete from model_spend where day < $1", [wanted.Day.AddDays(-KeepDays)], cancel);
        var reserved = await Sql.ExecuteAsync(connection, """
            update model_spend set tokens_reserved = tokens_reserved + $3, money_reserved = money_reserved + $4
            where day = $1 and mailbox_id = $2 and ($5::bigint is null or tokens + tokens_reserved + $3 <= $5) and ($6::numeric is null or $4 = 0 or money + money_reserved + $4 <= $6)
            """, [wanted.Day, row, wanted.Tokens, wanted.Money, limit.Tokens, limit.Money], cancel);
        if (reserved > 0) return null;
        return (await Sql.QueryAsync(connection, "select tokens + tokens_reserved, money + money_reserved from model_spend where day = $1 and mailbox_id = $2", [wanted.Day, row], r =>
            $"{r.GetInt64(0):N0} of {(limit.Tokens is { } t ? $"{t:N0}" : "any number of")} tokens and {r.GetDecimal(1):0.00} of {(limit.Money is { } m ? $"{m:0.00}" : "any amount")} in money are used or set aside; this call may need {wanted.Tokens:N0} and {wanted.Money:0.00##}", cancel)).Single();
    }
}
