using EmailOps.Mail.Replies;

namespace EmailOps.Tests.Mail.Replies;

/// <summary>
/// Replies as the common clients write them, in files: a name, the body, and behind <c>==&gt;</c> the new words (white space counts as one space), or behind
/// <c>==&gt;~</c> what they must contain.
/// </summary>
public class ReplyCasesTests
{
    public static TheoryData<string, string> Names()
    {
        var names = new TheoryData<string, string>();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Mail", "Replies", "Cases"), "*.case").Order(StringComparer.Ordinal))
            foreach (var name in Read(path).Keys) names.Add(Path.GetFileNameWithoutExtension(path), name);
        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void New_words_are_told_from_the_rest(string file, string name)
    {
        var (body, expected, isPart) = Read(Path.Combine(AppContext.BaseDirectory, "Mail", "Replies", "Cases", $"{file}.case"))[name];
        var reply = file.EndsWith("html", StringComparison.Ordinal) ? ReplyParser.ParseHtml(body) : ReplyParser.Parse(body);
        if (isPart) Assert.Contains(Flat(expected), Flat(reply.NewText), StringComparison.Ordinal);
        else Assert.Equal(Flat(expected), Flat(reply.NewText));
    }

    [Fact]
    public void There_are_cases_of_every_kind() => Assert.InRange(Names().Count, 80, 10_000);

    private static string Flat(string text) => string.Join(' ', text.Split((char[])[' ', '\n', '\r', '\t', '\u00A0'], StringSplitOptions.RemoveEmptyEntries));

    private static Dictionary<string, (string Body, string Expected, bool IsPart)> Read(string path)
    {
        var cases = new Dictionary<string, (string, string, bool)>(StringComparer.Ordinal);
        foreach (var block in File.ReadAllText(path).ReplaceLineEndings("\n").Split("=== ", StringSplitOptions.RemoveEmptyEntries))
        {
            var first = block.IndexOf('\n', StringComparison.Ordinal);
            var arrow = block.IndexOf("\n==>", StringComparison.Ordinal);
            var behind = block.IndexOf('\n', arrow + 1);
            cases.Add(block[..first], (block[(first + 1)..arrow], block[(behind + 1)..], block[arrow + 4] == '~'));
        }
        return cases;
    }
}
