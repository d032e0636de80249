using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Tests.Triage;

public class TaxonomyTests
{
    private const string Good = """
        version: 3
        name: Shop
        languages: [en]
        categories:
          - {id: orders, title: Orders, description: d, priority: 5, autonomy: send_reply, cues: {en: [order]}}
          - {id: spam, title: Spam, description: d, priority: 1, autonomy: quarantine}
        priority:
          words:
            - {id: soon, title: Soon, change: 1, cues: {en: [urgent]}}
          signals:
            - {id: amount, title: Much, change: 1, at_least: 500}
          vip: ["@big.example"]
        escalate:
          - {id: legal, title: Law, priority_at_least: 8, cues: {en: [lawyer]}}
        reply:
          team: Team
          default_language: en
          templates:
            en: {greeting: "Hello {name},", greeting_without_name: "Hello,", intro: "Thanks.", sign_off: "Bye\n{team}"}
        """;

    [Fact]
    public void A_good_file_is_read_whole()
    {
        var taxonomy = TaxonomyFile.Parse(Good, "t.yaml");
        Assert.Equal((3, "Shop", 2, Autonomy.Quarantine), (taxonomy.Version, taxonomy.Name, taxonomy.Categories.Count, taxonomy["spam"].Autonomy));
        Assert.Equal("order", taxonomy["orders"].Cues["en"][0]);
        Assert.Contains("@big.example", taxonomy.Vip);
    }

    [Theory]
    [InlineData("version: 3", "version: three", 1, "`version` must be a whole number")]
    [InlineData("name: Shop", "nam: Shop", 2, "the key `nam` is not known")]
    [InlineData("autonomy: quarantine", "autonomy: kill", 6, "`kill` is not one of send_reply")]
    [InlineData("id: spam", "id: orders", 6, "`orders` occurs twice")]
    [InlineData("id: spam", "id: Spam Mail", 6, "lower-case letters")]
    [InlineData("priority: 1,", "priority: 11,", 6, "from 1 to 10")]
    [InlineData("id: amount", "id: moon-phase", 11, "cannot measure `moon-phase`")]
    [InlineData("\"@big.example\"", "big", 12, "neither an address nor a domain")]
    [InlineData("languages: [en]", "languages: [en, sv]", 3, "`reply.templates.sv` is missing")]
    [InlineData("Hello {name},", "Hello,", 19, "must contain {name}")]
    [InlineData("title: Orders, ", "", 5, "`categories[0].title` is missing")]
    [InlineData("name: Shop", "name: [", 2, "not valid YAML")]
    public void A_mistake_is_named_with_file_line_and_key(string good, string bad, int line, string problem)
    {
        var e = Assert.Throws<TaxonomyException>(() => TaxonomyFile.Parse(Good.Replace(good, bad, StringComparison.Ordinal), "t.yaml"));
        Assert.Contains("t.yaml", e.Message, StringComparison.Ordinal);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.True(e.Line == line || problem == "not valid YAML", e.Message);
    }

    [Fact]
    public void Csv_fields_may_hold_commas_quotes_and_line_breaks()
    {
        var rows = CsvReader.Read("\uFEFFa,b,c\r\n\"x, y\",\"he said \"\"no\"\"\",\"two\r\nlines\"\r\n\r\n1,,\n", "f.csv").ToList();
        Assert.Equal(3, rows.Count);
        Assert.Equal(["x, y", "he said \"no\"", "two\r\nlines"], rows[1].Fields);
        Assert.Equal(["1", "", ""], rows[2].Fields);
        Assert.Equal((1, 2), (rows[0].Line, rows[1].Line));
        Assert.Equal(3, Assert.Throws<TaxonomyException>(() => CsvReader.Read("a\nb\n\"never closed\n", "f.csv").ToList()).Line);
    }

    [Fact]
    public void An_example_of_an_unknown_category_is_refused_with_its_line()
    {
        List<TrainingExample> items = [];
        var e = Assert.Throws<TaxonomyException>(() => TrainingExamples.Parse("category,body\norders,hi\nodrers,hi\n", "e.csv", TaxonomyFile.Parse(Good, "t.yaml"), items));
        Assert.Equal(3, e.Line);
        Assert.Contains("`odrers` is not a category", e.Message, StringComparison.Ordinal);
    }
}
