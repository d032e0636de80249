using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Entities;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Triage.Agents;

/// <summary>How urgent: where the category starts, moved by the taxonomy's words and measured facts; and whether a person is needed.</summary>
/// <param name="learned">Per category how far people move it.</param>
internal sealed class PriorityAgent(Taxonomy taxonomy, IReadOnlyDictionary<string, int> learned) : IAgent
{
    /// <summary>Shorter texts in capitals are a habit, not a mood.</summary>
    private const int LeastLettersForCapitals = 40;

    /// <summary>Its evidence is the number of steps.</summary>
    public const string LearnedSignal = "priority-learned";

    private readonly CueMatcher _words = new([.. taxonomy.Words.Select(w => w.Cues)]);
    private readonly CueMatcher _escalations = new([.. taxonomy.Escalations.Select(e => e.Cues)]);

    public string Name => "priority";

    public string? SkipReason(TriageContext context) => null;

    public string Run(TriageContext context)
    {
        var found = context.Found;
        var start = taxonomy.Find(found.Category)?.Priority ?? 5;
        if (found.IsAutomated || taxonomy.Find(found.Category)?.Autonomy == Autonomy.Quarantine && found.CategoryConfidence >= 0.6)
        {
            found.Priority = start;
            return $"{start}, as its category starts: nobody waits for an answer.";
        }
        var priority = start + Words(context) + Facts(context) + Learned(context);
        priority = Math.Clamp(priority, 1, 10);
        found.Priority = Escalate(context, priority);
        return found.Priority == start ? $"{start}, as its category starts." : $"{found.Priority}, from {start} where its category starts.";
    }

    private int Learned(TriageContext context)
    {
        if (!learned.TryGetValue(context.Found.Category, out var change)) return 0;
        context.Found.Signals.Add(new Signal(LearnedSignal, Scaled(change), $"People move the priority of {taxonomy[context.Found.Category].Title}.", change.ToString("+0;-0", CultureInfo.InvariantCulture)));
        return change;
    }

    private int Words(TriageContext context)
    {
        List<CueHit> hits = [];
        _words.Match(context.Stems, context.Found.Language, context.Found.SecondLanguage, context.PhraseHits, hits);
        var change = 0;
        var seen = new HashSet<int>();
        foreach (var hit in hits)
            if (seen.Add(hit.Rule))
            {
                var rule = taxonomy.Words[hit.Rule];
                change += rule.Change;
                context.Found.Signals.Add(new Signal($"priority-{rule.Id}", Scaled(rule.Change), $"{rule.Title}.", Covered(context, hit)));
            }
        return change;
    }

    private int Facts(TriageContext context)
    {
        var change = 0;
        foreach (var rule in taxonomy.Signals)
        {
            var measured = Measure(rule.Id, context);
            if (measured < rule.AtLeast)
                continue;
            change += rule.Change;
            context.Found.Signals.Add(new Signal($"priority-{rule.Id}", Scaled(rule.Change), $"{rule.Title}.", rule.Id == "vip-sender" ? context.Message.From.Address : measured.ToString("0.#", CultureInfo.InvariantCulture)));
        }
        return change;
    }

    private double Measure(string id, TriageContext context) => id switch
    {
        "angry-capitals" => Capitals(context.BodyLetters),
        "exclamations" => context.Text.Text.AsSpan(context.BodyStart).Count('!') + context.Text.Text.AsSpan(context.BodyStart).Count('！'),
        "repeat-contact" => context.Message.UnansweredBefore,
        "waiting-days" => context.Message.WaitingSince is { } since ? (context.Message.ReceivedAt - since).TotalDays : 0,
        "vip-sender" => IsVip(context.Message.From.Address) ? 1 : 0,
        "amount" => LargestAmount(context.Found.Entities),
        _ => 0,
    };

    private bool IsVip(string address)
    {
        if (taxonomy.Vip.Count == 0)
            return false;
        var lower = address.ToLowerInvariant();
        var at = lower.LastIndexOf('@');
        return taxonomy.Vip.Contains(lower) || (at >= 0 && taxonomy.Vip.Contains(lower[at..]));
    }

    /// <summary>Share of letters that are capitals, in per cent.</summary>
    private static double Capitals(LetterCount count) => count.Cased < LeastLettersForCapitals ? 0 : 100.0 * count.Capitals / count.Cased;

    /// <summary>In EUR or a currency of similar size; yen, crowns and the like are brought to that order of magnitude.</summary>
    private static double LargestAmount(List<Entity> entities)
    {
        double largest = 0;
        foreach (var entity in entities)
            if (entity.Kind == EntityReader.Amount && double.TryParse(entity.Value.AsSpan(0, entity.Value.IndexOf(' ', StringComparison.Ordinal)), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount))
                largest = Math.Max(largest, amount / (entity.Value[^3..] switch { "JPY" => 160, "HUF" => 390, "KRW" => 1500, "SEK" or "NOK" => 11, "DKK" or "CNY" => 7.5, "CZK" => 25, "PLN" => 4.3, "RUB" => 90, "TRY" or "UAH" => 40, "INR" => 90, "RON" => 5, _ => 1 }));
        return largest;
    }

    private int Escalate(TriageContext context, int priority)
    {
        List<CueHit> hits = [];
        _escalations.Match(context.Stems, context.Found.Language, context.Found.SecondLanguage, context.PhraseHits, hits);
        EscalationRule? first = null;
        var seen = new HashSet<int>();
        foreach (var hit in hits)
        {
            if (!seen.Add(hit.Rule))
                continue;
            var rule = taxonomy.Escalations[hit.Rule];
            if (first == null || rule.PriorityAtLeast > first.PriorityAtLeast)
                first = rule;
            priority = Math.Max(priority, rule.PriorityAtLeast);
            context.Found.Signals.Add(new Signal($"escalate-{rule.Id}", 1, $"{rule.Title}.", Covered(context, hit)));
        }
        if (first != null)
            context.Found.EscalationReason = $"{first.Title}.";
        return priority;
    }

    private static double Scaled(int change) => Math.Clamp(change / 4.0, -1, 1);

    private static string Covered(TriageContext context, in CueHit hit)
    {
        var (first, last) = (context.Text.Tokens[hit.FirstToken], context.Text.Tokens[hit.FirstToken + hit.TokenCount - 1]);
        return context.Evidence(first.Start, last.End - first.Start);
    }
}
