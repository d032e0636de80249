using System.Text;
using System.Text.Json;
using EmailOps.Mail.Replies;

namespace EmailOps.Tests.Mail.Replies;

/// <summary>The bar on the public half of the reply-stripping corpus, judged as its scorer does.</summary>
public class ReplyCorpusTests
{
    [Fact]
    public void At_least_92_percent_of_the_corpus_pass_and_no_customer_text_is_lost()
    {
        if (SharedData.Find("reply-stripping") is not { } folder)
            return;
        List<string> missed = [];
        var cases = 0;
        foreach (var line in File.ReadLines(Path.Combine(folder, "cases.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            var test = json.RootElement;
            var checks = test.GetProperty("checks");
            if (!Judges(checks))
                continue;
            cases++;
            var input = test.GetProperty("input").GetString()!;
            var reply = test.GetProperty("kind").GetString() == "html" ? ReplyParser.ParseHtml(input) : ReplyParser.Parse(input);
            var id = test.GetProperty("id").GetString()!;
            Assert.True(Texts(checks, "contains").All(t => Plain(reply.NewText).Contains(Plain(t), StringComparison.Ordinal)), $"customer text lost in {id}");
            if (!Passes(checks, reply.NewText))
                missed.Add(id);
        }

        Assert.True(missed.Count <= cases * 0.08, $"{missed.Count} of {cases} missed: {string.Join(", ", missed)}");
    }

    private static bool Judges(JsonElement checks) =>
        new[] { "equals", "equals_nospace", "contains", "not_contains" }.Any(name => checks.TryGetProperty(name, out _));

    private static bool Passes(JsonElement checks, string reply) =>
        (!checks.TryGetProperty("equals", out var equals) || Plain(reply) == Plain(equals.GetString()!))
        && (!checks.TryGetProperty("equals_nospace", out var tight) || Plain(reply).Replace(" ", "", StringComparison.Ordinal) == Plain(tight.GetString()!).Replace(" ", "", StringComparison.Ordinal))
        && !Texts(checks, "not_contains").Any(t => Plain(reply).Contains(Plain(t), StringComparison.Ordinal));

    private static IEnumerable<string> Texts(JsonElement checks, string name) =>
        checks.TryGetProperty(name, out var list) ? list.EnumerateArray().Select(t => t.GetString()!) : [];

    private static string Plain(string text)
    {
        var result = new StringBuilder();
        foreach (var c in text.Normalize(NormalizationForm.FormC))
        {
            if (c == '\u200B')
                continue;
            if (!char.IsWhiteSpace(c))
                result.Append(c);
            else if (result.Length > 0 && result[^1] != ' ')
                result.Append(' ');
        }

        return result.ToString().Trim();
    }
}
