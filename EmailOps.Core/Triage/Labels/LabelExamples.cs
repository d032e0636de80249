namespace EmailOps.Core.Triage.Labels;

/// <summary>What a person's decision says about a message's labels.</summary>
/// <param name="LabelId">Null: the person handled the message (corrected it, decided about its draft) and touched no label.</param>
internal sealed record LabelLesson(long Id, long MessageId, long? LabelId, bool IsOn, DateTimeOffset At, string Actor, bool IsWaiting);

/// <summary>A message and what is known of its labels.</summary>
/// <param name="Has">Indexes of the labels it has.</param>
/// <param name="Unknown">Indexes of labels nobody has said anything about.</param>
internal sealed record LabelExample(long MessageId, IReadOnlyList<int> Has, IReadOnlyList<int> Unknown, bool IsNew);

/// <summary>How many messages speak for and against a label.</summary>
internal readonly record struct LabelCount(int With, int Without)
{
    /// <summary>Fewer messages with a label, or without it, and nothing is guessed.</summary>
    public const int Least = 8;

    public int Missing => Math.Max(0, Least - With) + Math.Max(0, Least - Without);
    public bool IsEnough => Missing == 0;

    public string? Words => (Math.Max(0, Least - With), Math.Max(0, Least - Without)) switch
    {
        (0, 0) => null,
        (var with, 0) => $"{Messages(with)} with it missing before it is proposed.",
        (0, var without) => $"{Messages(without)} handled without it missing before it is proposed.",
        var (with, without) => $"{Messages(with)} with it and {without} handled without it missing before it is proposed.",
    };

    private static string Messages(int count) => count == 1 ? "1 message" : $"{count} messages";
}

/// <summary>
/// Makes people's decisions into examples. A message has a label when a person put it on; it has not when a person took it off, or handled the message after the label
/// was made and left it off. Everything else is unknown: a message handled before a label existed says nothing about it.
/// </summary>
internal sealed class LabelExamples
{
    private readonly List<(long Message, Dictionary<long, bool> Said, DateTimeOffset Seen, bool IsNew)> _messages = [];

    /// <param name="lessons">Not taken back, oldest first.</param>
    public LabelExamples(IEnumerable<LabelLesson> lessons)
    {
        foreach (var message in lessons.GroupBy(l => l.MessageId).OrderBy(g => g.Key))
        {
            var said = new Dictionary<long, bool>();
            foreach (var lesson in message)
                if (lesson.LabelId is { } label) said[label] = lesson.IsOn;
            _messages.Add((message.Key, said, message.Max(l => l.At), message.Any(l => l.IsWaiting && l.LabelId is not null)));
        }
    }

    public LabelCount Count(TeamLabel label)
    {
        var (with, without) = (0, 0);
        foreach (var (_, said, seen, _) in _messages)
            switch (Has(said, seen, label))
            {
                case true: with++; break;
                case false: without++; break;
                default: break;
            }
        return new LabelCount(with, without);
    }

    /// <summary>The messages of which anything is known, in order of their ids.</summary>
    public List<LabelExample> Of(IReadOnlyList<TeamLabel> labels)
    {
        List<LabelExample> examples = [];
        foreach (var (message, said, seen, isNew) in _messages)
        {
            List<int> has = [], unknown = [];
            for (var i = 0; i < labels.Count; i++)
                (Has(said, seen, labels[i]) switch { true => has, null => unknown, _ => null })?.Add(i);
            if (unknown.Count < labels.Count) examples.Add(new LabelExample(message, has, unknown, isNew));
        }
        return examples;
    }

    private static bool? Has(Dictionary<long, bool> said, DateTimeOffset seen, TeamLabel label)
        => said.TryGetValue(label.Id, out var isOn) ? isOn : seen >= label.CreatedAt ? false : null;
}
