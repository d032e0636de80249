using EmailOps.Core.Drafts.Grounding;
using EmailOps.Core.Knowledge;
using EmailOps.Tests.Triage;

namespace EmailOps.Tests.Drafts;

/// <summary>
/// Drafts as text fixtures: <c>language:</c>, <c>article:</c> (title | language | text, or the slug of a sample article), <c>mail:</c>, <c>expect:</c> (<c>grounded</c>, or the kinds of claims that
/// are not found), an empty line, the draft. Cases of a file are divided by lines of equal signs.
/// </summary>
public class GroundingCasesTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Drafts", "Cases"), "*.case").Order(StringComparer.Ordinal))
            {
                var number = 0;
                foreach (var text in File.ReadAllText(file).ReplaceLineEndings("\n").Split("\n====\n"))
                    data.Add($"{Path.GetFileNameWithoutExtension(file)} {++number}", text.Trim('\n'));
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_gate_finds_what_the_case_expects(string name, string text)
    {
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var head = text[..end].Split('\n').Where(l => l[0] != '#').Select(l => l.Split(':', 2)).ToList();
        string One(string key, string other) => head.Find(h => h[0] == key) is { } found ? found[1].Trim() : other;
        var passages = head.Where(h => h[0] == "article").SelectMany(h => Article(h[1].Trim())).ToList();
        var report = GroundingGate.Check(text[(end + 2)..], One("language", "en"), passages, new GroundingMail(One("mail", ""), "kim@customer.test", One("name", "Kim Berg")), TriageUnderTest.Setup.Taxonomy.Reply);
        var wanted = One("expect", "grounded").Split(' ').Order(StringComparer.Ordinal).ToArray();
        var found = report.NotFound.Select(n => n.Kind).Distinct().Concat(report.Sentences.Any(s => s.Trace == Core.Contracts.Trace.Unchecked) ? ["unchecked"] : []).Order(StringComparer.Ordinal).ToArray();
        Assert.True(report.IsGrounded == (found.Length == 0), $"{name}: grounded {report.IsGrounded} with {string.Join(", ", found)}");
        Assert.True((found.Length == 0 ? ["grounded"] : found).SequenceEqual(wanted), $"{name}: {string.Join("; ", report.NotFound.Select(n => $"{n.Kind} \"{n.Text}\" {n.Reason}"))}");
        Assert.All(report.NotFound, n => Assert.Equal(n.Text, text[(end + 2)..].Substring(n.Start, n.Length)[..n.Text.Length]));
    }

    private static IEnumerable<Passage> Article(string given)
    {
        var parts = given.Split(" | ");
        if (parts.Length == 1)
            return KnowledgeFolder.Read(Path.Combine(TriageUnderTest.Samples, "knowledge")).Articles.Where(a => $"{a.Slug}.{a.Language}" == given).SelectMany(Passages.Of);
        return Passages.Of(new KnowledgeArticle(1, "a", parts[0], parts[1], null, parts[2], TriageUnderTest.Now));
    }
}
