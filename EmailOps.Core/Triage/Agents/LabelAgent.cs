using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Labels;

namespace EmailOps.Core.Triage.Agents;

/// <summary>
/// Proposes the labels of the mailbox's team, as people put them on mail like this. Only in pipelines of mailboxes whose people label: others pay nothing. A proposal
/// changes nothing by itself; policy does not read it.
/// </summary>
internal sealed class LabelAgent(LearnedLabels learned) : IAgent
{
    /// <summary>Words and facts named in a reason.</summary>
    private const int MostNamed = 3;

    public string Name => "labels";

    public string? SkipReason(TriageContext context) => learned.Model is null ? "No label has enough messages yet." : null;

    public string Run(TriageContext context)
    {
        var (model, card) = (learned.Model!, learned.Card);
        var message = context.Message;
        var facts = LabelFacts.Of(message.From.Address, message.Attachments, message.ThreadPosition);
        Span<float> probabilities = stackalloc float[model.Labels.Count];
        model.Probabilities(context.Text, facts, probabilities);
        List<LabelProposal> proposals = [];
        for (var i = 0; i < probabilities.Length; i++)
            if (probabilities[i] >= card.Threshold)
                proposals.Add(new LabelProposal(card.Labels[i], Math.Round(probabilities[i], 4), Reason(context, facts, i)));
        proposals.Sort((a, b) => b.Probability.CompareTo(a.Probability));
        context.Found.Labels = proposals;
        return proposals.Count switch { 0 => $"None of {card.Labels.Count} labels is likely enough.", 1 => "1 label proposed.", var many => $"{many} labels proposed." };
    }

    private string Reason(TriageContext context, List<string> facts, int label)
    {
        var (words, named) = Learning.Labels.LabelExplanation.Of(learned.Model!, context.Text, facts, label, MostNamed, hash => StopWords.Contains(hash, context.Found.Language));
        var parts = words.Select(w => $"\"{TriageContext.Clip(w)}\"").Concat(named.Select(f => TriageContext.Clip(LabelFacts.Words(f)))).ToList();
        var count = learned.Card.Score.Labels[label].With;
        return parts.Count == 0 ? $"It is like {count} messages that have it." : $"As in {count} messages that have it: {string.Join(", ", parts)}.";
    }
}
