using System.Text;
using EmailOps.Mail.Net;
using EmailOps.Mail.Smtp;

namespace EmailOps.Tests.Mail.Smtp;

/// <summary>Seeded mutations of what a server says in a whole session: typed failures and results only, no hang, and never a "yes" that was not said.</summary>
public class ReplyFuzzTests
{
    private const int Sessions = 400;

    private static readonly byte[] Mail = Encoding.ASCII.GetBytes("Subject: Hello\r\n\r\n.words\r\n");
    private static readonly string[] Answers = [ScriptedSmtp.Greeting, ScriptedSmtp.Capabilities, "334 \r\n", "235 2.7.0 ok\r\n", "250 2.1.0 ok\r\n", "250 2.1.5 ok\r\n", "550 5.1.1 no\r\n", "354 go\r\n", "250-2.0.0 ok\r\n250 2.0.0 queued\r\n"];

    private static readonly SmtpOptions Impatient = ScriptedSmtp.Quick with
    {
        Greeting = TimeSpan.FromSeconds(1), Command = TimeSpan.FromSeconds(1), Recipient = TimeSpan.FromSeconds(1), Data = TimeSpan.FromSeconds(1), FinalAnswer = TimeSpan.FromSeconds(1), Quit = TimeSpan.FromMilliseconds(200),
    };

    [Fact]
    public async Task Mutated_answers_end_in_results_or_typed_failures()
    {
        var outcomes = new Dictionary<string, int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Sessions), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (seed, _) =>
        {
            var outcome = await SessionAsync(new Random(seed)).WaitAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
            lock (outcomes)
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        });
        // The mutations reach every part: sessions that end well and badly, before and after the content.
        Assert.Superset(new HashSet<string> { "Accepted", "NotSent", "Refused", "Unknown", "Protocol", "Closed" }, outcomes.Keys.ToHashSet());
    }

    private static async Task<string> SessionAsync(Random random)
    {
        var answers = Answers.Select(answer => random.Next(6) == 0 ? Mutate(Encoding.ASCII.GetBytes(answer), random) : Encoding.ASCII.GetBytes(answer)).ToArray();
        var (isWhole, end) = (false, Array.Empty<byte>());
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.SayAsync(answers[0]);
            for (var content = false; ;)
            {
                var line = await talk.HearAsync();
                if (random.Next(40) == 0)
                    throw new IOException("Hung up.");
                if (content && line != ".")
                    continue;
                (isWhole, content) = (isWhole || content, false);
                var answer = line.Split(' ')[0] switch { "EHLO" or "HELO" => 1, "AUTH" => 3, "MAIL" => 4, "RCPT" => random.Next(3) == 0 ? 6 : 5, "DATA" => 7, "." => 8, _ => 2 };
                if (answer == 8)
                    end = answers[8];
                await talk.SayAsync(answers[answer]);
                content = answer == 7 && Encoding.Latin1.GetString(answers[7]).StartsWith("354", StringComparison.Ordinal);
            }
        });
        try
        {
            await using var client = await server.ConnectAsync(MailCredentials.ForPassword("a@b.example", "password"), Impatient);
            var result = await client.SendAsync(new SmtpEnvelope("a@b.example", ["c@d.example", "e@f.example"]), Mail);
            if (result.Outcome == SmtpOutcome.Accepted)
                Assert.True(isWhole && Encoding.Latin1.GetString(end).Split('\n').Any(line => line.StartsWith('2')), result.ToString());
            Assert.NotEmpty(result.Explanation);
            return result.Outcome.ToString();
        }
        catch (MailConnectionException failure)
        {
            return failure.Kind.ToString();
        }
    }

    private static byte[] Mutate(byte[] answer, Random random)
    {
        var bytes = answer.ToList();
        for (var changes = 1 + random.Next(3); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(6))
            {
                case 0 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(8), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, Encoding.ASCII.GetBytes(Answers[random.Next(Answers.Length)])); break;
                case 3: bytes.Insert(at, (byte)"\r\n-0 \0"[random.Next(6)]); break;
                case 4: bytes.InsertRange(at, Enumerable.Repeat((byte)'x', random.Next(20_000))); break;
                default: bytes.AddRange(answer); break;
            }
        }
        return [.. bytes];
    }
}
