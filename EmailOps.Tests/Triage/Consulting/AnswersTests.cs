using EmailOps.Core.Triage.Consulting;

namespace EmailOps.Tests.Triage.Consulting;

public class AnswersTests
{
    private static readonly string[] s_categories = ["orders", "returns"];

    [Fact]
    public void An_answer_of_the_asked_shape_is_read()
    {
        var answer = Answers.Judge("""{"category":"returns","priority":7,"reason":"Wants\nto send it\u200B back."}""", s_categories, out var problem);
        Assert.Equal(new JudgeAnswer("returns", 7, "Wants to send it back."), answer);
        Assert.Empty(problem);
        Assert.Null(Answers.Judge("""{"category":"none","priority":1,"reason":""}""", s_categories, out _)!.Category);
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
    [InlineData("""{"category":"\ud800","priority":5,"reason":"x"}""")]
    public void Anything_else_is_no_answer_and_says_why(string text)
    {
        Assert.Null(Answers.Judge(text, s_categories, out var problem));
        Assert.NotEmpty(problem);
    }

    [Theory]
    [InlineData("""{"paragraphs":[{"text":"","passages":[1]}]}""")]
    [InlineData("""{"paragraphs":[{"text":"x","passages":[]}]}""")]
    [InlineData("""{"paragraphs":[{"text":"x","passages":[3]}]}""")]
    [InlineData("""{"paragraphs":[{"text":"x","passages":[0]}]}""")]
    [InlineData("""{"paragraphs":[{"text":"x"}]}""")]
    [InlineData("""{"paragraphs":["x"]}""")]
    [InlineData("""{"paragraphs":{"text":"x"}}""")]
    [InlineData("""{"paragraphs":[{"text":"1","passages":[1]},{"text":"2","passages":[1]},{"text":"3","passages":[1]},{"text":"4","passages":[1]},{"text":"5","passages":[1]},{"text":"6","passages":[1]},{"text":"7","passages":[1]}]}""")]
    public void A_draft_stands_on_passages_that_were_given(string text)
    {
        Assert.Null(Answers.Draft(text, 2, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Words_are_cut_and_endless_ones_refused()
    {
        Assert.Equal(Answers.SummaryLimit, Answers.Summary($$"""{"summary":"{{new string('a', 2_000)}}"}""", out _)!.Length);
        Assert.Null(Answers.Summary($$"""{"summary":"{{new string('a', 30_000)}}"}""", out _));
        Assert.Null(Answers.Draft($$"""{"paragraphs":[{"text":"{{new string('a', 901)}}","passages":[1]}]}""", 2, out _));
        Assert.Empty(Answers.Draft("""{"paragraphs":[]}""", 2, out _)!);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(9);
        const string alphabet = "{}[]\":,.0123456789eE+-truefalsn \\u\n category priority reason summary paragraphs text passages";
        for (var i = 0; i < 5_000; i++)
        {
            var text = string.Create(random.Next(0, 120), random, (span, r) => { foreach (ref var c in span) c = alphabet[r.Next(alphabet.Length)]; });
            Answers.Judge(text, s_categories, out _);
            Answers.Summary(text, out _);
            Answers.Draft(text, 3, out _);
        }
    }
}
