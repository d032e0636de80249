using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Disguises;
using EmailOps.Core.Triage.Lexicons;

namespace EmailOps.Core.Triage.Agents;

/// <summary>
/// Looks for words aimed at a language model: orders, roles, fences, requests to reveal or to send on, in what is seen, in what is
/// hidden, in what is written in disguise, and in the quoted history. Only ever adds hostility.
/// </summary>
internal sealed class InjectionAgent(TextModel model, OrderJudge orders) : IAgent
{
    /// <summary>Fewer words are joined to the next sentence, so that line breaks do not tear an order apart.</summary>
    private const int ShortSentence = 4;
    /// <summary>A strange task counts only inside a mail about something else.</summary>
    private const int LeastOtherWords = 25;
    /// <summary>Who hides or disguises words means them for a machine.</summary>
    private const double HiddenFactor = 1.15;

    private static readonly AttackLexicon s_lexicon = AttackLexicon.Default;
    private static readonly ulong s_imperative = s_lexicon["imperative"];
    private static readonly ulong s_quote = s_lexicon["quote"];
    private static readonly ulong s_link = s_lexicon["link"];
    private static readonly ulong s_orders = s_lexicon["override"] | s_lexicon["shape"] | s_lexicon["reveal"] | s_lexicon["send-on"] | s_lexicon["verdict"] | s_lexicon["task"] | s_lexicon["tool"] | s_lexicon["secret"];
    private static readonly ulong s_task = s_lexicon["task"];
    private static readonly ulong s_topic = s_lexicon["topic"];
    private static readonly WordSet s_polite = new("please kindly also and then bitte now finally dear hey ok s'il por favor per proszę snälla".Split(' ').Select(w => Hash32.OfFolded(w)));
    private static readonly WordSet s_personal = new("i my me we our us mine i'm you your yours".Split(' ').Select(w => Hash32.OfFolded(w)));

    public string Name => "injection";

    public string? SkipReason(TriageContext context)
        => context.Text.Text.Length <= 1 && context.Message.HiddenText.Length == 0 ? "There are no words." : null;

    public string Run(TriageContext context)
    {
        var before = context.Found.Signals.Count;
        Invisible(context);
        JudgeAll(context, context.Text, context.BodyStart, "", 1);
        if (context.Message.HiddenText.Length > 0)
            Elsewhere(context, context.Message.HiddenText, "Hidden text: ", HiddenFactor);
        if (History(context) is { Length: > 0 } history)
            Elsewhere(context, history, "In the quoted part: ", 1);
        return (context.Found.Signals.Count - before) switch
        {
            0 => "Nothing is aimed at a model.",
            var n => $"{n} sign{(n == 1 ? "" : "s")} of an attack, hostility {context.Found.Hostility:0.00}.",
        };
    }

    /// <summary>The whole text when there is more in it than was read as new.</summary>
    private static string? History(TriageContext context)
    {
        var text = context.Message.Text;
        if (text.Length <= context.Text.Text.Length - context.BodyStart + 10)
            return null;
        return text.Length <= TriageContext.HistoryLimit ? text : text[..TriageContext.HistoryLimit];
    }

    private void Elsewhere(TriageContext context, string raw, string where, double factor)
    {
        var tokens = new TextTokens();
        tokens.Read(VisibleText.Of(raw, out _, out _));
        JudgeAll(context, tokens, 0, where, factor);
    }

    /// <summary>As it is written, and what is in disguise once more as it would be read.</summary>
    private void JudgeAll(TriageContext context, TextTokens text, int from, string where, double factor)
    {
        Judge(context, text, from, where, factor, null, text.Text);
        if (Disguise.Read(text, from) is not { } plain)
            return;
        var tokens = new TextTokens();
        tokens.Read(plain.Text);
        Judge(context, tokens, from, where, factor * HiddenFactor, plain, text.Text);
    }

    private static void Invisible(TriageContext context)
    {
        var invisible = context.Invisible;
        if (invisible.Tags >= 3)
            context.Found.AddHostility(0.85, new Signal("attack-hidden", 0.85, "Invisible Unicode tags spell a text that no reader sees.", TriageContext.Clip(context.Tagged)));
        if (invisible.InsideWords >= 3)
            context.Found.AddHostility(0.45, new Signal("attack-hidden", 0.45, $"{invisible.InsideWords} words are cut by invisible characters, as is done to get past filters."));
        if (invisible.Bidi >= 2 && context.Found.Language is not ("ar" or "he" or "fa"))
            context.Found.AddHostility(0.3, new Signal("attack-hidden", 0.3, "Characters that turn the direction of writing are used in a text that needs none."));
    }

    /// <param name="disguise">The reading that <paramref name="text"/> is: only what was in disguise counts. Null for a text as it is written.</param>
    /// <param name="written">The text that evidence is taken from.</param>
    private void Judge(TriageContext context, TextTokens text, int from, string where, double factor, PlainReading? disguise, string written)
    {
        var sentences = context.Sentences;
        if (!ReferenceEquals(text, context.Text))
        {
            sentences = [];
            Sentences.Split(text.Text, from, sentences);
        }
        var best = new Dictionary<string, Finding>();
        int firstToken = -1, firstOffset = 0;
        var words = text.Tokens.Length;
        context.Concepts.Read(s_lexicon, text);
        // Few mails have a sentence that must be compared with the rest.
        var counts = new Lazy<Dictionary<uint, int>>(() => OrderJudge.Count(text));
        for (var i = 0; i < sentences.Count; i++)
        {
            var first = text.TokenAt(sentences[i].Start);
            var end = text.TokenAt(sentences[i].End);
            if (firstToken < 0)
                (firstToken, firstOffset) = (first, sentences[i].Start);
            if (end - firstToken < ShortSentence && i + 1 < sentences.Count)
                continue;
            // The sentence by itself, and with the short ones before it.
            JudgeSentence(text, first, end, sentences[i].Start, sentences[i].End, words, counts, best, context, disguise);
            if (firstToken != first)
                JudgeSentence(text, firstToken, end, firstOffset, sentences[i].End, words, counts, best, context, disguise);
            firstToken = -1;
            // A line may begin with an order although the line before has no full stop.
            for (var at = sentences[i].Start; (at = NextLine(text.Text, at, sentences[i].End)) > 0;)
                JudgeSentence(text, text.TokenAt(at), end, at, sentences[i].End, words, counts, best, context, disguise);
        }
        List<RawMark> marks = [];
        RawMarks.Find(text.Text, marks);
        foreach (var mark in marks)
            if (disguise == null || disguise.KindOf(mark.Start, mark.Start + 1) != null)
                Keep(best, mark.Signal, mark.Weight, mark.Reason, mark.Start, Math.Min(mark.Start + 120, text.Text.Length));
        foreach (var (signal, (weight, reason, start, end)) in best)
        {
            var name = signal;
            var (begin, stop) = disguise?.Origin(start, end) ?? (start, end);
            var evidence = TriageContext.Clip(written.AsSpan(begin, stop - begin));
            if ((where.Length > 0 || disguise != null) && context.Found.Signals.Exists(s => s.Name == name && s.Evidence == evidence))
                continue;
            var scaled = Math.Min(0.95, weight * factor);
            context.Found.AddHostility(scaled, new Signal(signal, Math.Round(scaled, 2), disguise == null ? where + reason : $"{where}Written in disguise: {disguise.KindOf(start, end)}. {reason}", evidence));
        }
    }

    private static int NextLine(string text, int from, int end)
    {
        var skip = text.AsSpan(from, end - from).IndexOf('\n');
        return skip < 0 || from + skip + 1 >= end ? -1 : from + skip + 1;
    }

    private void JudgeSentence(TextTokens text, int first, int end, int start, int stop, int words, Lazy<Dictionary<uint, int>> counts, Dictionary<string, Finding> best, TriageContext context, PlainReading? disguise)
    {
        if (disguise != null && disguise.KindOf(start, stop) == null)
            return;
        var begin = first;
        while (begin < end && begin < first + 3 && s_polite.Contains(text.Tokens[begin].Hash))
            begin++;
        var tokens = text.Tokens[begin..end];
        var concepts = context.Concepts.In(begin, end, out var beginning);
        var span = text.Text.AsSpan(start, stop - start);
        if ((beginning & s_orders) != 0 || (begin > first && (concepts & s_orders) != 0))
            concepts |= s_imperative;
        // "In your response, suggest ...": an order after its place.
        if (tokens.Length > 4 && tokens[0].Length == 2 && (concepts & s_lexicon["your-answer"]) != 0 && span[..Math.Min(40, span.Length)].Contains(','))
            concepts |= s_imperative;
        if (span.IndexOfAny("\"“«„「") >= 0)
            concepts |= s_quote;
        if (LinkSigns.Occur(span))
            concepts |= s_link;
        foreach (var rule in s_lexicon.Rules)
            if ((concepts & rule.Needs) == rule.Needs && (concepts & rule.Forbids) == 0)
                Keep(best, rule.Signal, rule.Weight, rule.Reason, start, stop);
        if (orders.Judge(text, first, end, span, counts, context.Concepts) is var (signal, weight, why))
            Keep(best, signal, weight, why, start, stop);
        if ((beginning & s_task) != 0 && words - tokens.Length >= LeastOtherWords && IsForeign(text, begin, end, concepts))
            Keep(best, "attack-foreign-task", 0.5, "It contains a task that has nothing to do with the rest.", start, stop);
    }

    /// <summary>A task without a person in it, about things this team's mail is never about.</summary>
    private bool IsForeign(TextTokens text, int first, int end, ulong concepts)
    {
        int unknown = 0, known = 0;
        for (var i = first; i < end; i++)
        {
            var token = text.Tokens[i];
            if ((concepts & s_topic) == 0 && s_personal.Contains(token.Hash))
                return false;
            if (token.Length < 4 || token.Kind != TokenKind.Word || StopWords.Contains(token.Hash, "en"))
                continue;
            if (model.KnowsWord(token.Hash))
                known++;
            else
                unknown++;
        }
        return (concepts & s_topic) != 0 ? unknown >= 1 : unknown >= 2 && unknown >= known * 2;
    }

    private static void Keep(Dictionary<string, Finding> best, string signal, double weight, string reason, int start, int end)
    {
        if (!best.TryGetValue(signal, out var kept) || kept.Weight < weight)
            best[signal] = new Finding(weight, reason, start, end);
    }

    /// <summary>The weightiest of one signal, and where it stands.</summary>
    private readonly record struct Finding(double Weight, string Reason, int Start, int End);
}
