using EmailOps.Core.LanguageModels.Strict;

namespace EmailOps.Tests.LanguageModels;

public sealed class AnswerShapeTests
{
    private const string Instructions = "You sort the mail of a shop that sells outdoor clothing. Answer with the category that fits best, its priority and a summary of one sentence.";

    private static AnswerShape Shape => new AnswerShape("triage").Choice("category", ["refund", "delivery"]).Whole("priority", 1, 10).Text("summary", 40).Texts("reasons", 2, 20).Flag("angry");

    [Theory]
    [InlineData("""{"category":"refund","priority":3,"summary":"Wants money back","reasons":["late"],"angry":true}""")]
    [InlineData("""```json\n{"category":"REFUND","priority":3,"summary":"Wants money back","reasons":["late","late"],"angry":true}\n```""")]
    [InlineData("""<think>Hm, {"category":"delivery"}?</think>\n{"category":"refund","priority":3,"summary":"  Wants money back\u202e\u0007","reasons":["late"],"angry":true}""")]
    public void An_answer_that_fits_is_read_as_the_lists_have_it(string answer)
    {
        var result = Shape.Read(answer.Replace("\\n", "\n", StringComparison.Ordinal));

        var fields = result.Fields!;
        Assert.Equal(("refund", 3, "Wants money back", "late", true), (fields.Text("category"), fields.Whole("priority"), fields.Text("summary"), string.Join('|', fields.Texts("reasons")), fields.Flag("angry")));
    }

    [Theory]
    [InlineData("""{"category":"praise","priority":3,"summary":"x","reasons":[],"angry":true}""", "\"category\" must be one of: refund, delivery")]
    [InlineData("""{"category":"refund","priority":11,"summary":"x","reasons":[],"angry":true}""", "\"priority\" must be a whole number from 1 to 10")]
    [InlineData("""{"category":"refund","priority":2.5,"summary":"x","reasons":[],"angry":true}""", "\"priority\" must be a whole number from 1 to 10")]
    [InlineData("""{"category":"refund","priority":"3","summary":"x","reasons":[],"angry":true}""", "\"priority\" must be a whole number from 1 to 10")]
    [InlineData("""{"category":"refund","priority":3,"summary":" \u200b ","reasons":[],"angry":true}""", "\"summary\" must not be empty")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","reasons":["a","b","c"],"angry":true}""", "\"reasons\" must be a list of at most 2")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","reasons":[1],"angry":true}""", "\"reasons\" has an entry that must be a text")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","reasons":[],"angry":"no"}""", "\"angry\" must be true or false")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","reasons":[]}""", "\"angry\" is missing")]
    [InlineData("""{"category":"refund","priority":3,"summary":"x","reasons":[],"angry":true,"send":true}""", "only these fields are allowed: category, priority, summary, reasons, angry")]
    [InlineData("""{"category":"refund","category":"delivery","priority":3,"summary":"x","reasons":[],"angry":true}""", "it is not one whole JSON object")]
    [InlineData("""Sure! {"category":"refund","priority":3,"summary":"x","reasons":[],"angry":true}""", "it is not one whole JSON object")]
    [InlineData("""{"category":"refund","priority":3,"summary":"\ud800","reasons":[],"angry":true}""", "it is not one whole JSON object")]
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
        Assert.Equal("The customer would like to have the", Read(40, "The customer would like to have the moneybackguarantee").Fields!.Text("summary"));
        Assert.Equal(40, Read(40, new string('x', 100)).Fields!.Text("summary").Length);
        Assert.Equal(["\"summary\" must have at most 40 characters"], Read(40, new string('x', 161)).Problems);

        static ShapeResult Read(int longest, string text) => new AnswerShape("s").Text("summary", longest).Read(System.Text.Json.JsonSerializer.Serialize(new { summary = text }));
    }

    [Fact]
    public void Instructions_given_back_are_no_answer()
    {
        Assert.Equal(AnswerFailure.Echoed, Shape.Read(Instructions, Instructions).Failure);
        Assert.Equal(AnswerFailure.Echoed, new AnswerShape("s").Text("summary", 300).Read(System.Text.Json.JsonSerializer.Serialize(new { summary = Instructions }), Instructions).Failure);
        Assert.Null(new AnswerShape("s").Text("summary", 300).Read("""{"summary":"The shop sells outdoor clothing."}""", Instructions).Failure);
    }

    [Fact]
    public void The_schema_says_what_is_checked()
    {
        var schema = Shape.Schema.GetRawText();

        Assert.Contains("\"enum\":[\"refund\",\"delivery\"]", schema, StringComparison.Ordinal);
        Assert.Contains("\"required\":[\"category\",\"priority\",\"summary\",\"reasons\",\"angry\"]", schema, StringComparison.Ordinal);
        Assert.Contains("\"additionalProperties\":false", schema, StringComparison.Ordinal);
        Assert.Contains("\"minimum\":1,\"maximum\":10", schema, StringComparison.Ordinal);
        Assert.Contains("\"maxLength\":40", schema, StringComparison.Ordinal);
    }
}
