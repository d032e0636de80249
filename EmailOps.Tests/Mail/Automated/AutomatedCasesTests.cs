using System.Text;
using EmailOps.Mail;
using EmailOps.Mail.Automated;

namespace EmailOps.Tests.Mail.Automated;

/// <summary>Automatic mail and mail of people that resembles it, in files: <c>=== name kind [status] [delayed]</c>, then the raw mail.</summary>
public class AutomatedCasesTests
{
    public static TheoryData<string> Names() => [.. Read().Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_a_machine_wrote_is_told_from_what_people_write(string head)
    {
        var words = head.Split(' ');
        var found = AutomatedMail.Classify(MailMessage.Parse(Encoding.UTF8.GetBytes(Read()[head])));

        Assert.Equal(words[1], found.Kind.ToString());
        if (words.Length > 2 && words[2] != "-") Assert.Equal(words[2], found.Status);
        Assert.Equal(words.Length > 3, found.IsDelayed);
    }

    [Fact]
    public void There_are_cases_of_machines_and_of_people()
    {
        Assert.InRange(Read().Keys.Count(n => !n.Contains(" Normal", StringComparison.Ordinal)), 50, 10_000);
        Assert.InRange(Read().Keys.Count(n => n.Contains(" Normal", StringComparison.Ordinal)), 20, 10_000);
    }

    private static Dictionary<string, string> Read()
    {
        var cases = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Mail", "Automated", "Cases"), "*.case"))
            foreach (var block in ("\n" + File.ReadAllText(path).ReplaceLineEndings("\n")).Split("\n=== ", StringSplitOptions.RemoveEmptyEntries))
            {
                var first = block.IndexOf('\n', StringComparison.Ordinal);
                cases.Add(block[..first], block[(first + 1)..].Replace("\n", "\r\n", StringComparison.Ordinal));
            }
        return cases;
    }
}
