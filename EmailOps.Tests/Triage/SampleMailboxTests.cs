using EmailOps.Benchmarks.Models;
using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage.Taxonomies;
using Xunit.Abstractions;

namespace EmailOps.Tests.Triage;

public class SampleMailboxTests(ITestOutputHelper output)
{
    [Fact]
    public void Most_of_the_sample_mailbox_is_judged_as_a_person_would()
    {
        var expected = CsvReader.Read(File.ReadAllText(Path.Combine(TriageUnderTest.Samples, "mailbox-expected.csv")), "mailbox-expected.csv").Skip(1).ToDictionary(r => r.Fields[0], r => r.Fields);
        int count = 0, categories = 0, decisions = 0, priorities = 0, sentWrongly = 0, languages = 0;
        foreach (var (file, fields) in expected)
        {
            var message = Read(Path.Combine(TriageUnderTest.Samples, "mailbox", file));
            var result = TriageUnderTest.Pipeline.Run(message);
            var decision = TriageUnderTest.Decide(result);
            Assert.DoesNotContain(result.Runs, r => r.Outcome == AgentOutcome.Failed);
            var category = fields[1].Split('|').Contains(result.Category);
            var decided = fields[4].Split('|').Contains(Snake(decision.Kind));
            var priority = result.Priority >= int.Parse(fields[2], System.Globalization.CultureInfo.InvariantCulture) && result.Priority <= int.Parse(fields[3], System.Globalization.CultureInfo.InvariantCulture);
            count++;
            categories += category ? 1 : 0;
            decisions += decided ? 1 : 0;
            priorities += priority ? 1 : 0;
            languages += Path.GetFileNameWithoutExtension(file).EndsWith($"-{result.Language}", StringComparison.Ordinal) ? 1 : 0;
            sentWrongly += decision.Kind == DecisionKind.SendReply && !fields[4].Contains("send_reply", StringComparison.Ordinal) ? 1 : 0;
            if (!category || !decided || !priority)
                output.WriteLine($"{file}: {result.Category} (wanted {fields[1]}), {Snake(decision.Kind)} (wanted {fields[4]}), priority {result.Priority} (wanted {fields[2]}-{fields[3]}), confidence {result.Confidence}");
        }
        var figures = $"sample mailbox: category {categories}/{count}, decision {decisions}/{count}, priority {priorities}/{count}, language {languages}/{count}, answered although nobody should {sentWrongly}";
        output.WriteLine(figures);
        Console.WriteLine(figures);
        Assert.True(categories >= count * 0.77, figures);
        Assert.True(decisions >= count * 0.88, figures);
        Assert.True(priorities >= count * 0.88, figures);
        Assert.True(languages >= count * 0.95, figures);
        Assert.True(sentWrongly == 0, figures);
    }

    /// <summary>All mails of the sample mailbox, by file name.</summary>
    internal static IReadOnlyList<IncomingMessage> All() => [.. Directory.EnumerateFiles(Path.Combine(TriageUnderTest.Samples, "mailbox"), "*.eml").Order(StringComparer.Ordinal).Select(Read)];

    private static IncomingMessage Read(string file)
        => TriageSpeedCommand.Message(new MailReader(new IntakeOptions(), Microsoft.Extensions.Logging.Abstractions.NullLogger<MailReader>.Instance), File.ReadAllBytes(file));

    private static string Snake(DecisionKind kind) => kind switch
    {
        DecisionKind.SendReply => "send_reply",
        DecisionKind.Suggest => "suggest",
        DecisionKind.HoldForReview => "hold_for_review",
        DecisionKind.Escalate => "escalate",
        DecisionKind.File => "file",
        _ => "quarantine",
    };
}
