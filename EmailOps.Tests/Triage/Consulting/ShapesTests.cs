using EmailOps.Core.LanguageModels.Strict;
using EmailOps.Core.Triage.Consulting;

namespace EmailOps.Tests.Triage.Consulting;

/// <summary>What counts as an answer to the three questions, and nothing beside it.</summary>
public class ShapesTests
{
    private static JudgeAnswer? Judge(string text, out string problem) => Read(Shapes.Judge(["orders", "returns"]), text, out problem) is { } said ? Shapes.Judge(said) : null;

    private static string? Summary(string text, out string problem) => Read(Shapes.Summary, text, out problem) is { } said ? Shapes.Words(said) : null;

    private static IReadOnlyList<DraftParagraph>? Draft(string text, int passages, out string problem) => Read(Shapes.Draft(passages), text, out problem) is { } said ? Shapes.Paragraphs(said) : null;

    private static StrictFields? Read(AnswerShape shape, string text, out string problem)
    {
        var result = shape.Read(text);
        problem = string.Join("; ", result.Problems);
        return result.Fields;
    }

    [Fact]
    public void An_answer_of_the_asked_shape_is_read()
    {
        var answer = Judge("""{"category":"returns","priority":7,"reason":"Wants\nto send it\u200B back."}""", out var problem);
        Assert.Equal(new JudgeAnswer("returns", 7, "Wants to send it back."), answer);
        Assert.Empty(problem);
        Assert.Null(Judge("""{"category":"none","priority":1,"reason":""}""", out _)!.Category);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"orders\"")]
    [InlineData("{\"category\":\"orders\",\"priority\":5,\"reason\":\"cut o")]
    [InlineData("""{"category":"orders","priority":5,"reason":"x"} and more""")]
    [InlineData("""Sure! {"category":"orders","priority":5,"reason":"x"}""")]
    [InlineData("""{"category":"Orders","priority":5,"reason":"x"}""")]
    [InlineData("""{"category":"admin","priority":5,"reason":"x"}""")]
    [InlineData("""{"category":["orders"],"priority":5,"reason":"x"}""")]
    [InlineData("""{"category":"orders","priority":"5","reason":"x"}""")]
    [InlineData("""{"category":"orders","priority":0,"reason":"x"}""")]
    [InlineData("""{"category":"orders","priority":11,"reason":"x"}""")]
    [InlineData("""{"category":"orders","priority":5.5,"reason":"x"}""")]
    [InlineData("""{"category":"orders","priority":1e99,"reason":"x"}""")]
    [InlineData("""{"category":"orders","category":"returns","priority":5,"reason":"x"}""")]
    [InlineData("""{"category":"orders","priority":5,"reason":"x","send_reply":true}""")]
    [InlineData("""{"priority":5,"reason":"x"}""")]
    [InlineData("""{"category":"orders","priority":5}""")]
    [InlineData("""{"category":"\ud800","priority":5,"reason":"x"}""")]
    public void Anything_else_is_no_answer_and_says_why(string text)
    {
        Assert.Null(Judge(text, out var problem));
        Assert.NotEmpty(problem);
    }

    [Theory]
    [InlineData("""{"paragraphs":[{"text":"","passages":[1]}]}""")]
    [InlineData("""{"paragraphs":[{"text":"x","passages":[]}]}""")]
    [InlineData("""{"paragraphs":[{"text":"x","passages":[3]}]}""")]
    [InlineData("""{"paragraphs":[{"text":"x","passages":[0]}]}""")]
    [InlineData("""{"paragraphs":[{"text":"x"}]}""")]
    [InlineData("""{"paragraphs":[{"text":"x","passages":["1"]}]}""")]
    [InlineData("""{"paragraphs":[{"text":"x","passages":[1],"send":true}]}""")]
    [InlineData("""{"paragraphs":[{"text":"\u200b","passages":[1]}]}""")]
    [InlineData("""{"paragraphs":["x"]}""")]
    [InlineData("""{"paragraphs":{"text":"x"}}""")]
    [InlineData("""{"paragraphs":[{"text":"1","passages":[1]},{"text":"2","passages":[1]},{"text":"3","passages":[1]},{"text":"4","passages":[1]},{"text":"5","passages":[1]},{"text":"6","passages":[1]},{"text":"7","passages":[1]}]}""")]
    public void A_draft_stands_on_passages_that_were_given(string text)
    {
        Assert.Null(Draft(text, 2, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void A_paragraph_keeps_its_lines_and_names_each_passage_once()
    {
        var paragraph = Assert.Single(Draft("""{"paragraphs":[{"text":"One.\r\nT\u200bwo.","passages":[2,1,2]}]}""", 2, out _)!);
        Assert.Equal("One.\nTwo.", paragraph.Text);
        Assert.Equal([2, 1], paragraph.Passages);
    }

    [Fact]
    public void Words_are_cut_and_endless_ones_refused()
    {
        Assert.Equal(Shapes.SummaryLimit, Summary($$"""{"summary":"{{new string('a', 4 * Shapes.SummaryLimit)}}"}""", out _)!.Length);
        Assert.Null(Summary($$"""{"summary":"{{new string('a', 4 * Shapes.SummaryLimit + 1)}}"}""", out _));
        Assert.Null(Summary($$"""{"summary":"{{new string('a', 30_000)}}"}""", out _));
        Assert.Null(Draft($$"""{"paragraphs":[{"text":"{{new string('a', 901)}}","passages":[1]}]}""", 2, out _));
        Assert.Empty(Draft("""{"paragraphs":[]}""", 2, out _)!);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(9);
        const string alphabet = "{}[]\":,.0123456789eE+-truefalsn \\u\n category priority reason summary paragraphs text passages";
        for (var i = 0; i < 5_000; i++)
        {
            var text = string.Create(random.Next(0, 120), random, (span, r) => { foreach (ref var c in span) c = alphabet[r.Next(alphabet.Length)]; });
            Judge(text, out _);
            Summary(text, out _);
            Draft(text, 3, out _);
        }
    }
}
