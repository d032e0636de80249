using System.Text.Json;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>What a model said of category and priority.</summary>
/// <param name="Category">Null: none of the known ones.</param>
internal sealed record JudgeAnswer(string? Category, int Priority, string Reason);

/// <summary>A paragraph of a model's draft, and the passages it says it is taken from (from 1).</summary>
internal sealed record DraftParagraph(string Text, IReadOnlyList<int> Passages);

/// <summary>
/// Answers count only when they are one JSON object of the asked shape with values of the closed lists; words are cut to length. Everything else is no answer:
/// a model that says more than it was asked may have been talked into it.
/// </summary>
internal static class Answers
{
    public const string NoCategory = "none";
    public const int SummaryLimit = 400, ReasonLimit = 200, ParagraphLimit = 900, MostParagraphs = 6;
    private const int LongestAnswer = 20_000;

    public static JudgeAnswer? Judge(string text, IReadOnlyCollection<string> categories, out string problem)
    {
        JudgeAnswer? answer = null;
        problem = Read(text, ["category", "priority", "reason"], root =>
        {
            if (Text(root, "category") is not { } category) return "\"category\" is missing or no text.";
            var known = categories.FirstOrDefault(c => c.Equals(category.Trim(), StringComparison.Ordinal));
            if (known == null && category.Trim() != NoCategory) return "The category is none of the list.";
            if (!root.TryGetProperty("priority", out var number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var priority) || priority is < 1 or > 10) return "\"priority\" is no whole number from 1 to 10.";
            answer = new JudgeAnswer(known, priority, Line(Text(root, "reason") ?? "", ReasonLimit));
            return null;
        });
        return answer;
    }

    public static string? Summary(string text, out string problem)
    {
        string? answer = null;
        problem = Read(text, ["summary"], root =>
        {
            if (Text(root, "summary") is not { } summary || string.IsNullOrWhiteSpace(summary)) return "\"summary\" is missing or empty.";
            answer = Line(summary, SummaryLimit);
            return null;
        });
        return answer;
    }

    /// <returns>Empty when the model finds nothing to answer; null when the answer cannot be used.</returns>
    public static IReadOnlyList<DraftParagraph>? Draft(string text, int passages, out string problem)
    {
        List<DraftParagraph>? answer = null;
        problem = Read(text, ["paragraphs"], root =>
        {
            if (!root.TryGetProperty("paragraphs", out var list) || list.ValueKind != JsonValueKind.Array) return "\"paragraphs\" is missing or no list.";
            if (list.GetArrayLength() > MostParagraphs) return $"There are more than {MostParagraphs} paragraphs.";
            List<DraftParagraph> found = [];
            foreach (var item in list.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Object || Text(item, "text") is not { } words || string.IsNullOrWhiteSpace(words)) return "A paragraph has no text.";
                if (words.Length > ParagraphLimit) return $"A paragraph has more than {ParagraphLimit} characters.";
                if (!item.TryGetProperty("passages", out var numbers) || numbers.ValueKind != JsonValueKind.Array || numbers.GetArrayLength() is 0 or > 20) return "A paragraph names no passage.";
                List<int> named = [];
                foreach (var number in numbers.EnumerateArray())
                {
                    if (number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var passage) || passage < 1 || passage > passages) return "A paragraph names a passage that it was not given.";
                    if (!named.Contains(passage)) named.Add(passage);
                }
                found.Add(new DraftParagraph(VisibleText.Of(words, out _, out _).ReplaceLineEndings("\n").Trim(), named));
            }
            answer = found;
            return null;
        });
        return answer;
    }

    private static string Read(string text, string[] names, Func<JsonElement, string?> read)
    {
        if (text.Length > LongestAnswer) return $"The answer has more than {LongestAnswer} characters.";
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object) return "The answer is no JSON object.";
            return document.RootElement.EnumerateObject().Any(p => !names.Contains(p.Name)) ? "The answer has fields that were not asked for." : read(document.RootElement) ?? "";
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair, which JSON can spell and a text cannot hold.
            return "The answer is no JSON.";
        }
    }

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>One line of visible characters.</summary>
    private static string Line(string text, int limit)
    {
        var line = string.Join(' ', VisibleText.Of(text, out _, out _).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= limit ? line : string.Concat(line.AsSpan(0, limit - 1), "…");
    }
}
