using EmailOps.Core.Analytics;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Learning;
using EmailOps.Core.Policy;
using EmailOps.Core.Policy.Risk;
using Npgsql;

namespace EmailOps.Core.Data.Assessments;

/// <summary>Past mail for replays, and the policies to try.</summary>
internal sealed class ReplaySource(NpgsqlDataSource source, TriageStore messages, PolicyStore policies, OutcomeStore outcomes)
{
    private const int MostMessages = 200_000;
    private const double Doubt = 0.1;

    public async Task<List<long>> IdsAsync(long? mailboxId, int days, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, "select id from message where received_at >= now() - make_interval(days => $1) and ($2::bigint is null or mailbox_id = $2::bigint) and not is_unparsable order by received_at desc, id desc limit $3",
            [days, mailboxId, MostMessages], r => r.GetInt64(0), cancel);
    }

    public async Task<List<ReplayCase>> LoadAsync(IReadOnlyCollection<long> ids, CancellationToken cancel)
    {
        var found = await messages.LoadAsync(ids, cancel);
        var cases = await policies.LoadAsync(ids, cancel);
        await using var connection = await source.OpenConnectionAsync(cancel);
        var decided = (await Sql.QueryAsync(connection, "select message_id, kind from decision where message_id = any($1)", [ids.ToArray()], r => (r.GetInt64(0), Enum.Parse<DecisionKind>(r.GetString(1))), cancel)).ToDictionary(r => r.Item1, r => r.Item2);
        return [.. ids.Where(id => found.ContainsKey(id) && cases.ContainsKey(id)).Select(id => new ReplayCase(found[id], cases[id].Policy, cases[id].Trust, decided.TryGetValue(id, out var kind) ? kind : null))];
    }

    /// <summary>What to do with a mailbox's policy to try what was asked for.</summary>
    /// <exception cref="AssessmentException">The bands make no sense.</exception>
    public async Task<Func<long, MailboxPolicy, MailboxPolicy>> PolicyAsync(AssessmentAsked asked, CancellationToken cancel)
    {
        var bands = asked.Bands is { } text ? Bands(text) : null;
        var risks = new Dictionary<long, RiskRule>();
        if (asked.Risk is { } risk)
        {
            await using var connection = await source.OpenConnectionAsync(cancel);
            foreach (var mailbox in await Sql.QueryAsync(connection, "select id from mailbox", [], r => r.GetInt64(0), cancel))
            {
                var known = (await outcomes.LoadAsync(mailbox, cancel)).Values.SelectMany(o => o).ToList();
                var found = RiskControl.Find(known, risk, Doubt, bands?.AutoHandle ?? MailboxPolicy.Default.AutoHandle);
                risks[mailbox] = new RiskRule("", risk, Doubt, found.State, found.Threshold, found.Missing, found.Outcomes);
            }
        }
        return (mailbox, policy) =>
        {
            if (bands is not null) policy = policy with { AutoHandle = bands.AutoHandle, SuggestResponse = bands.SuggestResponse, HumanReview = bands.HumanReview, Risk = new Dictionary<string, RiskRule>() };
            return risks.TryGetValue(mailbox, out var rule) ? policy with { Risk = new Dictionary<string, RiskRule> { [""] = rule } } : policy;
        };
    }

    /// <param name="text">For example <c>90/70/50</c>.</param>
    public static PolicyOptions Bands(string text)
    {
        var parts = text.Split('/');
        var numbers = parts.Select(p => double.TryParse(p, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : double.NaN).ToArray();
        if (numbers is not [var auto, var suggest, var review] || numbers.Any(double.IsNaN)) throw new AssessmentException($"\"{text}\" are no bands. Write three numbers from 100 down to 0, as 90/70/50.");
        var bands = new PolicyOptions { AutoHandle = auto, SuggestResponse = suggest, HumanReview = review };
        return bands.Problem() is null ? bands : throw new AssessmentException($"The bands {text} must fall from the first to the last, between 100 and 0.");
    }
}
