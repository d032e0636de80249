using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Lexicons;

/// <summary>Asks the classifier about each sentence of a mail, and whether the sentence belongs to the mail at all.</summary>
internal sealed class OrderJudge(OrderModel orders, float orderFrom = OrderJudge.OrderFrom, float taskFrom = OrderJudge.TaskFrom)
{
    /// <summary>Least probability at which a sentence counts; chosen on mail of others than what the classifier was made of.</summary>
    public const float OrderFrom = 0.80f, TaskFrom = 0.75f, SureOfOrder = 0.97f;
    /// <summary>A strange task counts only inside a mail about something else.</summary>
    public const int LeastOtherWords = 12;

    private static readonly HashSet<uint> s_personal = [.. "i my me we our us mine i'm you your yours your's this these ich mein meine wir unser je mon ma mes nous notre yo mi mis io mio mia".Split(' ').Select(w => Hash32.OfFolded(w))];
    private static readonly ulong s_spoken = new[] { "your-answer", "reader", "override", "mode", "innards", "tool", "string", "odd-shape", "heading" }.Aggregate(0UL, (bits, name) => bits | AttackLexicon.Default[name]);

    private static readonly WordSet s_stopWords = StopWords.Of("en");

    private readonly Dictionary<uint, int> _none = [];

    /// <summary>The classifier that ships: learned from our patterns, and from what customers of this team write and its articles say.</summary>
    /// <param name="ordinary">Mails and passages of the team.</param>
    public static OrderJudge BuiltIn(IEnumerable<string> ordinary, IEnumerable<OrderExample>? more = null)
        => new(OrderModel.Train([.. OrderTexts.All().Select(t => new OrderExample(t.Text, t.Label)), .. ordinary.SelectMany(SentencesOf).Select(t => new OrderExample(t, OrderLabel.Mail)), .. more ?? []]));

    /// <summary>Sentences of a text, as the injection agent cuts it.</summary>
    public static IEnumerable<string> SentencesOf(string text)
    {
        List<Sentence> found = [];
        Sentences.Split(text, 0, found);
        return found.Select(s => s.Of(text).ToString());
    }

    /// <summary>Words of a text that carry meaning, counted, to see what a sentence shares with the rest.</summary>
    public static Dictionary<uint, int> Count(TextTokens text)
    {
        var counts = new Dictionary<uint, int>();
        foreach (ref readonly var token in text.Tokens)
            if (Counts(token))
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, token.Hash, out _)++;
        return counts;
    }

    /// <returns>A signal with its weight and reason; null when the sentence is an ordinary one.</returns>
    /// <param name="concepts">Of the text, by <see cref="AttackLexicon.Default"/>.</param>
    public (string Signal, double Weight, string Reason)? Judge(TextTokens text, int first, int end, ReadOnlySpan<char> sentence, Lazy<Dictionary<uint, int>>? counts, ConceptHits concepts)
    {
        if (end - first < 3)
            return null;
        var (order, task) = orders.Judge(text, first, end, sentence, concepts);
        var isInside = text.Tokens.Length - (end - first) >= LeastOtherWords;
        // Words that only a model is spoken to with, or a very clear order inside a mail about something else.
        if (order >= orderFrom && (isInside && order >= SureOfOrder || (concepts.In(first, end, out _) & s_spoken) != 0))
            return ("attack-order", 0.5, "It gives an order to whatever writes the answer.");
        if (task + order < taskFrom || !isInside || IsPersonal(text, first, end) || Belongs(text, first, end, counts?.Value ?? _none))
            return null;
        return ("attack-foreign-task", 0.5, "It contains a task that has nothing to do with the rest.");
    }

    private static bool IsPersonal(TextTokens text, int first, int end)
    {
        // "Can you show me" and "How do I" begin tasks and questions alike.
        for (var i = first + 4; i < end; i++)
            if (s_personal.Contains(text.Tokens[i].Hash))
                return true;
        return false;
    }

    /// <summary>Shares a word that carries meaning with the rest of the mail.</summary>
    private static bool Belongs(TextTokens text, int first, int end, Dictionary<uint, int> counts)
    {
        for (var i = first; i < end; i++)
        {
            var token = text.Tokens[i];
            if (!Counts(token))
                continue;
            var own = 0;
            for (var k = first; k < end; k++)
                own += text.Tokens[k].Hash == token.Hash ? 1 : 0;
            if (counts.GetValueOrDefault(token.Hash) > own)
                return true;
        }
        return false;
    }

    private static bool Counts(in Token token) => token.Kind == TokenKind.Word && token.Length >= 4 && !s_stopWords.Contains(token.Hash);
}
