using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using EmailOps.Core.Policy;
using EmailOps.Core.Policy.Risk;
using Npgsql;

namespace EmailOps.Core.Data.Lessons;

/// <summary>Budgets of wrong automatic answers and the thresholds that outcomes give them.</summary>
internal sealed class RiskStore(NpgsqlDataSource source, OutcomeStore outcomes, PolicyOptions defaults)
{
    /// <summary>Every mailbox's budgets, as policy reads them.</summary>
    public static async Task<Dictionary<long, Dictionary<string, RiskRule>>> RulesAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await Sql.QueryAsync(connection, "select mailbox_id, category, most_wrong, doubt, state, threshold, missing, outcomes from risk_budget", [], r => (Mailbox: r.GetInt64(0), Rule: Read(r)), cancel);
        return rows.GroupBy(r => r.Mailbox).ToDictionary(g => g.Key, g => g.ToDictionary(r => r.Rule.Category, r => r.Rule));
    }

    /// <summary>Computes the thresholds of a mailbox anew from its outcomes.</summary>
    public async Task RecomputeAsync(long mailboxId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var rules = await RulesAsync(connection, mailboxId, cancel);
        if (rules.Count == 0) return;
        var known = await outcomes.LoadAsync(mailboxId, cancel);
        var band = await BandAsync(connection, mailboxId, cancel);
        foreach (var rule in rules)
        {
            var found = RiskControl.Find(Of(known, rule.Category, rules), rule.MostWrong, rule.Doubt, band);
            // Only what the budget was computed for: one saved meanwhile is computed by who saved it.
            await Sql.ExecuteAsync(connection, """
                update risk_budget set state = $5, threshold = $6::double precision, missing = $7, outcomes = $8, computed_at = now() where mailbox_id = $1 and category = $2 and most_wrong = $3 and doubt = $4
                """, [mailboxId, rule.Category, rule.MostWrong, rule.Doubt, found.State.ToString(), found.Threshold, found.Missing, found.Outcomes], cancel);
        }
    }

    /// <summary>Sets, changes or takes away a budget.</summary>
    /// <param name="version">The one that was seen, 0 for none; null: whatever is there.</param>
    public async Task<WriteOutcome> SaveAsync(long mailboxId, int? version, SaveRiskBudget budget, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            if (await Sql.QueryAsync(connection, "select id from mailbox where id = $1 for update", [mailboxId], r => r.GetInt64(0), cancel) is []) return WriteOutcome.NotFound;
            var there = await Sql.QueryAsync(connection, "select version from risk_budget where mailbox_id = $1 and category = $2", [mailboxId, budget.Category], r => r.GetInt32(0), cancel);
            if (version is { } seen && seen != (there is [var now] ? now : 0)) return WriteOutcome.VersionConflict;
            if (budget.MostWrong is { } most)
                await Sql.ExecuteAsync(connection, """
                    insert into risk_budget (mailbox_id, category, most_wrong, doubt, state) values ($1, $2, $3, $4, 'Waiting')
                    on conflict (mailbox_id, category) do update set most_wrong = excluded.most_wrong, doubt = excluded.doubt, state = 'Waiting', threshold = null, missing = 0, version = risk_budget.version + 1
                    """, [mailboxId, budget.Category, most, budget.Doubt], cancel);
            else await Sql.ExecuteAsync(connection, "delete from risk_budget where mailbox_id = $1 and category = $2", [mailboxId, budget.Category], cancel);
            var what = budget.MostWrong is { } share
                ? string.Create(CultureInfo.InvariantCulture, $"At most {share * 100:0.##} % of automatic answers{For(budget.Category)} may be wrong (doubt {budget.Doubt * 100:0.##} %).")
                : $"The risk budget{For(budget.Category)} was taken away; the bands hold.";
            await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, 'policy.risk', 'mailbox', $2, $3)", [actor, mailboxId, what], cancel);
            await LiveEvents.AnnounceAsync(connection, "model", mailboxId, cancel);
            await transaction.CommitAsync(cancel);
        }
        await RecomputeAsync(mailboxId, cancel);
        return WriteOutcome.Done;
    }

    /// <summary>A mailbox's budgets with their curves; without a budget for all, the curve of all comes with version 0.</summary>
    public async Task<List<RiskBudgetView>> ListAsync(long mailboxId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var stamps = (await Sql.QueryAsync(connection, "select category, version, computed_at from risk_budget where mailbox_id = $1", [mailboxId],
            r => (r.GetString(0), Version: r.GetInt32(1), At: r.IsDBNull(2) ? (DateTimeOffset?)null : r.GetFieldValue<DateTimeOffset>(2)), cancel)).ToDictionary(r => r.Item1);
        var rules = await RulesAsync(connection, mailboxId, cancel);
        if (!rules.Exists(r => r.Category.Length == 0)) rules.Insert(0, new RiskRule("", 0, 0.1, RiskState.Waiting, null, 0, 0));
        var known = await outcomes.LoadAsync(mailboxId, cancel);
        return [.. rules.OrderBy(r => r.Category, StringComparer.Ordinal).Select(rule =>
        {
            var mine = Of(known, rule.Category, rules);
            var curve = RiskControl.Curve(mine, rule.Doubt);
            var stamp = stamps.GetValueOrDefault(rule.Category);
            return new RiskBudgetView(mailboxId, rule.Category, rule.MostWrong, rule.Doubt, rule.MostWrong == 0 ? "None" : rule.State.ToString(), rule.Threshold, rule.Missing, mine.Count, Explain(rule, mine.Count), stamp.At, stamp.Version,
                [.. curve.Select(p => new RiskCurvePoint(p.Threshold, p.Kept, p.Coverage, p.Error, p.Upper))]);
        })];
    }

    public static string Explain(RiskRule rule, int outcomes)
    {
        var most = Percent(rule.MostWrong);
        return rule switch
        {
            { MostWrong: 0 } => $"There is no budget; the bands hold. {outcomes} outcomes are known.",
            { State: RiskState.Set } => $"From confidence {rule.Threshold:0} on at most {most} of answers are wrong, as {outcomes} outcomes show (this may fail with probability {Percent(rule.Doubt)}).",
            { State: RiskState.Refused } => $"The {outcomes} outcomes contradict a budget of {most} even at the automatic band, so nothing is answered automatically.",
            _ => $"The bands hold: {rule.Missing} more right outcomes are needed before a threshold for {most} can be computed; {outcomes} are known.",
        };
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} %");

    private static List<Outcome> Of(Dictionary<string, List<Outcome>> known, string category, List<RiskRule> rules)
        => category.Length > 0 ? known.GetValueOrDefault(category) ?? [] : [.. known.Where(k => !rules.Exists(r => r.Category == k.Key)).SelectMany(k => k.Value)];

    private static Task<List<RiskRule>> RulesAsync(NpgsqlConnection connection, long mailboxId, CancellationToken cancel)
        => Sql.QueryAsync(connection, "select mailbox_id, category, most_wrong, doubt, state, threshold, missing, outcomes from risk_budget where mailbox_id = $1", [mailboxId], Read, cancel);

    private async Task<double> BandAsync(NpgsqlConnection connection, long mailboxId, CancellationToken cancel)
        => await Sql.QueryAsync(connection, "select rules from mailbox_policy where mailbox_id = $1", [mailboxId], r => Sql.FromJson<MailboxPolicy>(r.GetString(0)).AutoHandle, cancel) is [var own] ? own : defaults.AutoHandle;

    private static RiskRule Read(NpgsqlDataReader row) => new(row.GetString(1), row.GetDouble(2), row.GetDouble(3), Enum.Parse<RiskState>(row.GetString(4)), row.IsDBNull(5) ? null : row.GetDouble(5), row.GetInt32(6), row.GetInt32(7));

    private static string For(string category) => category.Length == 0 ? "" : $" for {category}";
}
