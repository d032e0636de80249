using System.CommandLine;
using System.Globalization;
using EmailOps.Core.Drafts.Grounding;
using EmailOps.Core.Knowledge;

namespace EmailOps.Benchmarks.Grounding;

/// <summary>
/// <c>grounding --knowledge FOLDER</c>: how many tampered drafts the gate finds and how many faithful ones it holds, over drafts made of the
/// articles' own sentences, reworded and then changed.
/// </summary>
internal static class GroundingCommand
{
    public static Command Create()
    {
        var knowledge = new Option<DirectoryInfo>("--knowledge") { Description = "A folder of articles", Required = true };
        var rounds = new Option<int>("--rounds") { Description = "Drafts per passage and kind", DefaultValueFactory = _ => 3 };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1 };
        var show = new Option<int>("--show") { Description = "Print this many of each kind of mistake" };
        var command = new Command("grounding", "Measures the grounding gate on faithful and tampered drafts.") { knowledge, rounds, seed, show };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(knowledge).FullName, parsed.GetValue(rounds), parsed.GetValue(seed), parsed.GetValue(show)));
        return command;
    }

    private static int Run(string knowledge, int rounds, int seed, int show)
    {
        var passages = KnowledgeFolder.Read(knowledge).Articles.SelectMany(Passages.Of).Where(p => p.Sentences.Count > 0).ToList();
        var random = new Random(seed);
        var mail = new GroundingMail("Hello, I have a question about my order NO-1047781. Could you help me?", "kim@customer.example", "Kim Berg");
        var lines = new List<(string Kind, bool Tampered, bool Flagged, string Shown)>();
        for (var round = 0; round < rounds; round++)
            foreach (var passage in passages)
            {
                var language = passage.Article.Language;
                var sentences = passage.Sentences.Where(s => s.Length > 20).OrderBy(_ => random.Next()).Take(3).ToList();
                if (sentences.Count == 0)
                    continue;
                void Judge(string kind, bool tampered, IEnumerable<string> draft)
                {
                    var report = GroundingGate.Check($"{(language == "de" ? "Guten Tag Kim Berg," : language == "fr" ? "Bonjour Kim Berg," : "Dear Kim Berg,")}\n\n{Passage.Flow(draft)}", language, [passage], mail, null);
                    lines.Add((kind, tampered, !report.IsGrounded, $"{Passage.Flow(draft)}\n      -> {string.Join("; ", report.NotFound.Select(n => $"{n.Kind} \"{n.Text}\": {n.Reason}"))}"));
                }
                Judge("word for word", false, sentences);
                string[] reworded = [.. sentences.Select(s => Rewrites.Of(s, language, random))];
                Judge("reworded", false, reworded);
                foreach (var (kind, tamper) in Tampering.All)
                    foreach (var basis in new[] { sentences.ToArray(), reworded })
                    {
                        var at = random.Next(basis.Length);
                        if (tamper(basis[at], language, random) is not { } changed)
                            continue;
                        Judge(kind, true, [.. basis[..at], changed, .. basis[(at + 1)..]]);
                    }
                var foreign = passages.Where(p => p.Article.Slug != passage.Article.Slug && p.Article.Language == language).ToList();
                if (foreign.Count > 0)
                    Judge("sentence of an article not cited", true, [.. sentences, foreign[random.Next(foreign.Count)].Sentences[0]]);
            }
        foreach (var group in lines.GroupBy(l => (l.Tampered, l.Kind)).OrderBy(g => g.Key.Tampered).ThenBy(g => g.Key.Kind, StringComparer.Ordinal))
        {
            var flagged = group.Count(l => l.Flagged);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(group.Key.Tampered ? "tampered" : "faithful"),-9} {group.Key.Kind,-34} held {flagged}/{group.Count()} = {(double)flagged / group.Count():0.0000}"));
            foreach (var line in group.Where(l => l.Flagged != group.Key.Tampered).Take(show))
                Console.WriteLine($"   {line.Shown}");
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"all: tampered drafts found {Share(lines.Where(l => l.Tampered))}, faithful drafts held {Share(lines.Where(l => !l.Tampered))}"));
        return 0;
    }

    private static string Share(IEnumerable<(string Kind, bool Tampered, bool Flagged, string Shown)> lines)
    {
        var all = lines.ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{all.Count(l => l.Flagged)}/{all.Count} = {(double)all.Count(l => l.Flagged) / Math.Max(1, all.Count):0.0000}");
    }
}
