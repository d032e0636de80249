using EmailOps.Core.LanguageModels.Strict;

namespace EmailOps.Tests.LanguageModels;

public sealed class AnswerShapeTests
{
    private const string Instructions = "You sort the mail of a shop that sells outdoor clothing. Answer with the category that fits best, its priority and a summary of one sentence.";

    private static AnswerShape Shape => new AnswerShape("triage").Choice("category", ["refund", "delivery"]).Whole("priority", 1, 10).Line("summary", 40)
        .Objects("parts", new AnswerShape("part").Text("text", 20).Wholes("numbers", 1, 3, 2), 2);

    [Theory]
    [InlineData("""{"category":"refund","priority":3,"summary":"Wants money back","parts":[{"text":"late","numbers":[2]}]}""")]
    [InlineData("""```json\n{"category":" refund ","priority":3,"summary":"Wants money back","parts":[{"text":"late","numbers":[2,2]}]}\n```""")]
    [InlineData("""<think>Hm, {"category":"delivery"}?</think>\n{"category":"refund","priority":3,"summary":"  Wants\tmoney\u2028 back\u202e\u0007","parts":[{"text":"late","numbers":[2]}]}""")]
    public void An_answer_that_fits_is_read_as_the_lists_have_it(string answer)
    {
        var result = Shape.Read(answer.Replace("\\n", "\n", StringComparison.Ordinal));

        var fields = result.Fields!;
        Assert.Equal(("refund", 3, "Wants money back"), (fields.Text("category"), fields.Whole("priority"), fields.Text("summary")));
        var part = Assert.Single(fields.Objects("parts"));
        Assert.Equal(("late", 2), (part.Text("text"), Assert.Single(part.Wholes("numbers"))));
    }

    [Theory]
    [InlineData("""{"category":"praise","priority":3,"summary":"x","parts":[]}""", "\"category\" must be one of: refund, delivery")]
    [InlineData("""{"category":"refund","priority":11,"summary":"x","parts":[]}""", "\"priority\" must be a whole number from 1 to 10")]
    [InlineData("""{"category":"refund","priority":2.5,"summary":"x","parts":[]}""", "\"priority\" must be a whole number from 1 to 10")]
    [InlineData("""{"category":"refund","priority":"3","summary":"x","parts":[]}""", "\"priority\" must be a whole number from 1 to 10")]
    [InlineData("""{"category":"refund","priority":3,"summary":" \u200b ","parts":[]}""", "\"summary\" must not be empty")]
    [InlineData("""{"category":"REFUND","priority":3,"summary":"x","parts":[]}""", "\"category\" must be one of: refund, delivery")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","parts":[{"text":"a","numbers":[1]},{"text":"b","numbers":[1]},{"text":"c","numbers":[1]}]}""", "\"parts\" must be a list of at most 2")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","parts":["a"]}""", "\"parts\" has an entry where a JSON object is missing")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","parts":[{"text":"a","numbers":[1,2,3]}]}""", "\"parts\" has an entry where \"numbers\" must be a list of 1 to 2 numbers")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","parts":[{"text":"a","numbers":[]}]}""", "\"parts\" has an entry where \"numbers\" must be a list of 1 to 2 numbers")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","parts":[{"text":"a","numbers":[4]}]}""", "\"parts\" has an entry where \"numbers\" has an entry that must be a whole number from 1 to 3")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","parts":[{"text":"aaaaaaaaaaaaaaaaaaaaa","numbers":[1]}]}""", "\"parts\" has an entry where \"text\" must have at most 20 characters")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","parts":[{"text":"a","numbers":[1],"send":true}]}""", "\"parts\" has an entry where only these fields are allowed: text, numbers")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","parts":[{"text":1,"numbers":[1]}]}""", "\"parts\" has an entry where \"text\" must be a text")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x"}""", "\"parts\" is missing")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","parts":[],"send":true}""", "only these fields are allowed: category, priority, summary, parts")]
    [InlineData("""{"category":"refund","category":"delivery","priority":3,"summary":"x","parts":[]}""", "it is not one whole JSON object")]
    [InlineData("""Sure! {"category":"refund","priority":3,"summary":"x","parts":[]}""", "it is not one whole JSON object")]
    [InlineData("""{"category":"refund","priority":3,"summary":"\ud800","parts":[]}""", "it is not one whole JSON object")]
    [InlineData("""{"category":"refund","priority":3,"summ""", "it is not one whole JSON object")]
    [InlineData("[]", "it is not a JSON object")]
    [InlineData("", "it is not one whole JSON object")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]", "it is not one whole JSON object")]
    public void An_answer_that_does_not_fit_is_refused_and_the_model_can_be_told_why(string answer, string problem)
    {
        var result = Shape.Read(answer);

        Assert.Null(result.Fields);
        Assert.Equal([problem], result.Problems);
    }

    [Fact]
    public void A_text_that_is_a_little_long_is_cut_at_a_word_and_one_without_measure_is_refused()
    {
        Assert.Equal("The customer would like to have the…", Read(40, "The customer would like to have the moneybackguarantee").Fields!.Text("summary"));
        Assert.Equal(40, Read(40, new string('x', 100)).Fields!.Text("summary").Length);
        Assert.Equal(["\"summary\" must have at most 40 characters"], Read(40, new string('x', 161)).Problems);

        static ShapeResult Read(int longest, string text) => new AnswerShape("s").Line("summary", longest).Read(System.Text.Json.JsonSerializer.Serialize(new { summary = text }));
    }

    [Fact]
    public void Instructions_given_back_are_no_answer()
    {
        Assert.Equal(AnswerFailure.Echoed, Shape.Read(Instructions, Instructions).Failure);
        Assert.Equal(AnswerFailure.Echoed, new AnswerShape("s").Line("summary", 300).Read(System.Text.Json.JsonSerializer.Serialize(new { summary = Instructions }), Instructions).Failure);
        Assert.Null(new AnswerShape("s").Line("summary", 300).Read("""{"summary":"The shop sells outdoor clothing."}""", Instructions).Failure);
    }

    [Fact]
    public void Instructions_are_found_in_an_entry_and_however_they_are_broken_into_lines()
    {
        var answer = System.Text.Json.JsonSerializer.Serialize(new { parts = new[] { new { text = Instructions.Replace(" that ", "\nthat\n", StringComparison.Ordinal) } } });

        Assert.Equal(AnswerFailure.Echoed, new AnswerShape("s").Objects("parts", new AnswerShape("part").Text("text", 300), 1).Read(answer, Instructions).Failure);
    }

    [Fact]
    public void The_schema_says_what_is_checked()
    {
        var schema = Shape.Schema.GetRawText();

        Assert.Contains("\"enum\":[\"refund\",\"delivery\"]", schema, StringComparison.Ordinal);
        Assert.Contains("\"required\":[\"category\",\"priority\",\"summary\",\"parts\"]", schema, StringComparison.Ordinal);
        Assert.Contains("\"additionalProperties\":false", schema, StringComparison.Ordinal);
        Assert.Contains("\"minimum\":1,\"maximum\":10", schema, StringComparison.Ordinal);
        Assert.Contains("\"items\":{\"type\":\"object\",\"required\":[\"text\",\"numbers\"],\"additionalProperties\":false", schema, StringComparison.Ordinal);
        Assert.Contains("\"items\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":3}", schema, StringComparison.Ordinal);
        // OpenAI refuses a strict schema that names the length of a text.
        Assert.DoesNotContain("Length", schema, StringComparison.Ordinal);
    }
}
