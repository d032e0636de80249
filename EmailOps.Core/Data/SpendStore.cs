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
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Everybody's row last, so that a busy mailbox at its own limit does not hold up the others; always in this order, so that nobody waits in a ring.
        if (reservation.MailboxId is { } mailbox && await RefusedAsync(connection, reservation, mailbox, reservation.Mailbox, cancel) is { } own) return $"The mailbox's budget of today is spent ({own}).";
        if (await RefusedAsync(connection, reservation, Everybody, reservation.Overall, cancel) is { } all) return $"The budget of today is spent ({all}).";
        await transaction.CommitAsync(cancel);
        return null;
    }

    public async Task SettleAsync(Reservation reservation, long tokens, decimal money, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        foreach (var row in reservation.MailboxId is { } mailbox ? new[] { mailbox, Everybody } : [Everybody])
            await Sql.ExecuteAsync(connection, "update model_spend set calls = calls + 1, tokens = tokens + $3, money = money + $4, tokens_reserved = tokens_reserved - $5, money_reserved = money_reserved - $6 where day = $1 and mailbox_id = $2",
                [reservation.Day, row, tokens, money, reservation.Tokens, reservation.Money], cancel);
        await transaction.CommitAsync(cancel);
    }

    public async Task<BudgetView> TodayAsync(CancellationToken cancel)
    {
        var day = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
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
