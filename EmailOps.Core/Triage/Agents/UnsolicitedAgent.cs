using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Entities;
using EmailOps.Core.Triage.Lexicons;

namespace EmailOps.Core.Triage.Agents;

/// <summary>
/// How much the mail looks like advertising nobody asked for. It never puts a mail away: it keeps a likely one from being answered without a person, and says why. A customer's words,
/// a running thread and automated mail (which is filed anyway) stand against it.
/// </summary>
internal sealed class UnsolicitedAgent : IAgent
{
    /// <summary>From here a person looks before anything is answered.</summary>
    public const double HoldFrom = 0.55;
    private const int ManyLinks = 4;
    private const int LeastLettersForShouting = 40;

    private static readonly AttackLexicon s_lexicon = AttackLexicon.Unsolicited;

    public string Name => "unsolicited";

    public string? SkipReason(TriageContext context)
        => context.Found.IsAutomated ? "A machine wrote it; it is filed anyway."
            : context.Message.ThreadPosition > 0 ? "It belongs to a running thread."
            : context.Text.Tokens.IsEmpty ? "There are no words." : null;

    public string Run(TriageContext context)
    {
        var concepts = s_lexicon.Concepts(context.Text.Tokens, context.PhraseHits);
        if (context.Found.Entities.Count(e => e.Kind == EntityReader.Url) >= ManyLinks)
            concepts |= s_lexicon["many-links"];
        if (Shouts(context.SubjectLetters + context.BodyLetters))
            concepts |= s_lexicon["shouting"];
        var left = 1.0;
        AttackRule? first = null;
        foreach (var rule in s_lexicon.Rules)
            if ((concepts & rule.Needs) == rule.Needs && (concepts & rule.Forbids) == 0)
            {
                left *= 1 - rule.Weight;
                if (first is null || rule.Weight > first.Weight)
                    first = rule;
            }
        var found = context.Found;
        found.Unsolicited = Math.Round(1 - left, 3);
        if (first is null)
            return "Nothing of advertising.";
        found.Signals.Add(new Signal("unsolicited", -found.Unsolicited, first.Reason));
        if (found.Unsolicited >= HoldFrom)
            found.Ceilings.Add(new Ceiling(DecisionKind.HoldForReview, $"It looks like advertising nobody asked for: {first.Reason}"));
        return first.Reason;
    }

    private static bool Shouts(LetterCount count) => count.Letters >= LeastLettersForShouting && count.Capitals * 4 > count.Letters;
}
