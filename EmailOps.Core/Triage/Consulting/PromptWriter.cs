using System.Globalization;
using System.Text;
using EmailOps.Core.Knowledge;
using EmailOps.Core.LanguageModels.Strict;
using EmailOps.Core.Learning;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>An earlier message of the thread.</summary>
/// <param name="IsOurs">We wrote it.</param>
internal sealed record EarlierMessage(bool IsOurs, DateTimeOffset At, string Text);

/// <summary>
/// Writes questions: fills the prompt files with what is known about a message. Everything a stranger wrote stands inside the fence, in the part of
/// the user, cut to what is needed; the part of the system holds the team's own words only.
/// </summary>
/// <param name="fenceKey">Secret, of this installation.</param>
internal sealed class PromptWriter(PromptLibrary prompts, Taxonomy taxonomy, ConsultOptions limits, byte[] fenceKey)
{
    public const string JudgeAgent = "consult-judge", SummaryAgent = "consult-summary", DraftAgent = "consult-draft";
    private const int SubjectLimit = 300, EarlierLimit = 800, MostEarlier = 8, MostPassages = 6, PassageLimit = 900;

    private readonly AnswerShape _judge = Shapes.Judge(taxonomy.Categories.Select(c => c.Id));
    private readonly string _categories = string.Join('\n', taxonomy.Categories.Select(c => $"{c.Id}: {c.Title}. {OneLine(c.Description)}"));

    public Question Judge(IncomingMessage message, IReadOnlyList<CorrectedExample> examples)
    {
        var mail = Mail(message);
        var fence = Fence.For(fenceKey, [mail, .. examples.Select(e => e.Text)]);
        var shown = new StringBuilder();
        foreach (var example in examples)
            shown.Append(fence.Around("example, sorted by the team", example.Text)).Append("The team's category: ").Append(example.Category).Append("\n\n");
        return Write(JudgeAgent, PromptLibrary.Judge, fence, mail, _judge, 200, [], new()
        {
            [PromptSlots.Categories] = _categories, [PromptSlots.Examples] = shown.ToString(), [PromptSlots.Language] = taxonomy.Reply.DefaultLanguage,
        });
    }

    /// <param name="earlier">Oldest first.</param>
    public Question Summary(IncomingMessage message, IReadOnlyList<EarlierMessage> earlier, string language)
    {
        var mail = Mail(message);
        var kept = earlier.TakeLast(MostEarlier).Select(e => e with { Text = Cut(e.Text, EarlierLimit) }).ToList();
        var fence = Fence.For(fenceKey, [mail, .. kept.Select(e => e.Text)]);
        var shown = new StringBuilder();
        foreach (var one in kept)
            shown.Append(fence.Around(string.Create(CultureInfo.InvariantCulture, $"earlier mail of {one.At:yyyy-MM-dd}, written by {(one.IsOurs ? "the team" : "the writer")}"), one.Text)).Append('\n');
        return Write(SummaryAgent, PromptLibrary.Summary, fence, mail, Shapes.Summary, 250, [], new()
        {
            [PromptSlots.Thread] = shown.ToString(), [PromptSlots.Language] = Known(language),
        });
    }

    /// <summary>What a draft is asked from: the best passages of all questions.</summary>
    public static IReadOnlyList<PassageHit> Passages(TriageResult result)
        => [.. result.Questions.SelectMany(q => q.Hits).DistinctBy(h => h.Passage).OrderByDescending(h => h.Score).Take(MostPassages)];

    public Question Draft(IncomingMessage message, IReadOnlyList<PassageHit> passages, string language)
    {
        var mail = Mail(message);
        var fence = Fence.For(fenceKey, [mail]);
        var shown = string.Join("\n\n", passages.Select((hit, i) => string.Create(CultureInfo.InvariantCulture,
            $"[{i + 1}] {OneLine(hit.Passage.Article.Title)}{(hit.Passage.Heading.Length > 0 ? $", {OneLine(hit.Passage.Heading)}" : "")}\n{Cut(hit.Passage.Text, PassageLimit)}")));
        return Write(DraftAgent, PromptLibrary.Draft, fence, mail, Shapes.Draft(passages.Count), 900, passages, new()
        {
            [PromptSlots.Passages] = shown, [PromptSlots.Language] = Known(language),
        });
    }

    private Question Write(string agent, string prompt, Fence fence, string mail, AnswerShape shape, int output, IReadOnlyList<PassageHit> passages, Dictionary<string, string> slots)
    {
        slots[PromptSlots.Team] = taxonomy.Reply.Team;
        slots[PromptSlots.Fence] = fence.Mark;
        slots[PromptSlots.Mail] = fence.Around("mail", mail);
        var file = prompts[prompt];
        var (system, user) = (PromptFile.Fill(file.System, slots), PromptFile.Fill(file.User, slots).Trim());
        // Answers are taken from these two, and may say what they say.
        slots[PromptSlots.Categories] = slots[PromptSlots.Passages] = "";
        return new Question(agent, file.Version, shape, system, user, PromptFile.Fill(file.System, slots), output, passages);
    }

    /// <summary>Who wrote it is left out: it decides nothing here, and is nobody else's business.</summary>
    private string Mail(IncomingMessage message) => $"Subject: {Cut(OneLine(message.Subject), SubjectLimit)}\n\n{Cut(message.NewText, limits.PromptCharacters)}";

    /// <summary>A code is put into a prompt only as a code.</summary>
    private string Known(string language) => language.Length is 2 or 3 && language != Languages.Undetermined && language.All(char.IsAsciiLetterLower) ? language : taxonomy.Reply.DefaultLanguage;

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Cut(string text, int limit)
    {
        text = text.Trim();
        if (text.Length <= limit) return text;
        // Not between the halves of a character.
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit), " […]");
    }
}
