using EmailOps.Core.LanguageModels.Strict;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>What a model said of category and priority.</summary>
/// <param name="Category">Null: none of the known ones.</param>
internal sealed record JudgeAnswer(string? Category, int Priority, string Reason);

/// <summary>A paragraph of a model's draft, and the passages it says it is taken from (from 1).</summary>
internal sealed record DraftParagraph(string Text, IReadOnlyList<int> Passages);

/// <summary>
/// What may be answered. Everything else is no answer: a model that says more than it was asked may have been talked into it.
/// </summary>
internal static class Shapes
{
    public const string NoCategory = "none";
    public const int SummaryLimit = 400, ReasonLimit = 200, ParagraphLimit = 900, MostParagraphs = 6, MostPassages = 20;

    public static AnswerShape Judge(IEnumerable<string> categories)
        => new AnswerShape("consult_judge").Choice("category", [.. categories, NoCategory]).Whole("priority", 1, 10).Line("reason", ReasonLimit, mayBeEmpty: true);

    public static JudgeAnswer Judge(StrictFields said) => new(said.Text("category") is var category and not NoCategory ? category : null, said.Whole("priority"), said.Text("reason"));

    public static AnswerShape Summary { get; } = new AnswerShape("consult_summary").Line("summary", SummaryLimit);

    public static string Words(StrictFields said) => said.Text("summary");

    /// <param name="passages">How many it is given.</param>
    public static AnswerShape Draft(int passages)
        => new AnswerShape("consult_draft").Objects("paragraphs", new AnswerShape("paragraph").Text("text", ParagraphLimit).Wholes("passages", 1, passages, MostPassages), MostParagraphs);

    /// <returns>Empty when the model finds nothing to answer.</returns>
    public static IReadOnlyList<DraftParagraph> Paragraphs(StrictFields said) => [.. said.Objects("paragraphs").Select(p => new DraftParagraph(p.Text("text"), p.Wholes("passages")))];
}
