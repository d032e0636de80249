using System.CommandLine;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Benchmarks.Mime;

/// <summary><c>mime</c>: our reader against GMime and Python's email package over the same mails, in alternating rounds.</summary>
internal static class MimeCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "A folder with .eml files in it, for the mix of real mail; without it only generated mail is measured." };
        data.AcceptExistingOnly();
        var rounds = new Option<int>("--rounds") { Description = "Rounds; every reader runs once in each.", DefaultValueFactory = _ => 5 };
        var command = new Command("mime", "Reading mail on one core: ours against GMime and Python, as ratios within each round.") { data, rounds };
        command.SetAction(parsed => Run(parsed.GetValue(data)?.FullName, parsed.GetValue(rounds)));
        return command;
    }

    /// <summary>The process that reads: started by the other command.</summary>
    public static Command CreateWork()
    {
        var corpus = new Argument<FileInfo>("corpus");
        var passes = new Argument<int>("passes");
        var command = new Command("mime-work", "Reads one corpus file and prints its figures; the mime command starts it.") { corpus, passes };
        command.Hidden = true;
        command.SetAction(parsed => MimeWork.Run(parsed.GetRequiredValue(corpus), parsed.GetRequiredValue(passes)));
        return command;
    }

    private static int Run(string? data, int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("emailops-mime-").FullName;
        try
        {
            var gmime = Readers.BuildGMime(folder);
            var real = Path.Combine(folder, "real.bin");
            if (data is not null && MimeCorpus.WriteReal(data, real, 20_000) is > 0 and var different)
            {
                Console.WriteLine($"Real mail: {different:N0} different messages, 20,000 in all, {new FileInfo(real).Length / 20_000 / 1024.0:0.0} kB each");
                Rounds(real, gmime, rounds);
            }
            var business = Path.Combine(folder, "business.bin");
            MimeCorpus.WriteBusiness(Texts(), business, 10_000);
            Console.WriteLine($"Business mail: 10,000 messages, {new FileInfo(business).Length / 10_000 / 1024.0:0.0} kB each");
            Rounds(business, gmime, rounds);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IReadOnlyList<string> Texts()
    {
        var paths = TriagePaths.Samples(TriageOptions.SamplesFolder, null);
        return [.. TrainingExamples.Load([.. Directory.EnumerateFiles(paths.Training[0], "*.csv")], TaxonomyFile.Load(paths.Taxonomy)).Items.Select(e => e.Body)];
    }

    private static void Rounds(string corpus, string? gmime, int rounds)
    {
        List<double> steady = [], first = [], python = [], allocated = [];
        for (var round = 1; round <= rounds; round++)
        {
            var ours = Readers.Ours(corpus, 6);
            var theirs = gmime is null ? default : Readers.GMime(gmime, corpus, 2);
            var slow = Readers.Python(corpus, 3_000);
            Console.WriteLine($"  round {round}: ours {ours.Steady:N0}/s, first 1,000 in {ours.First * 1000:N0} ms, {ours.Allocated / 1024:0.0} kB allocated a mail, {ours.Parts:N0} parts" +
                $" | GMime {theirs.Steady:N0}/s, first 1,000 in {theirs.First * 1000:N0} ms, {theirs.Parts:N0} parts | Python {slow.Steady:N0}/s");
            allocated.Add(ours.Allocated / 1024);
            python.Add(ours.Steady / slow.Steady);
            if (gmime is null)
                continue;
            steady.Add(ours.Steady / theirs.Steady);
            first.Add(theirs.First / ours.First);
        }
        Show("steady, ours / GMime", steady);
        Show("first 1,000 of a process, ours / GMime", first);
        Show("steady, ours / Python", python);
        Show("kB allocated a mail", allocated);
    }

    private static void Show(string what, List<double> figures)
    {
        if (figures.Count == 0)
            return;
        figures.Sort();
        Console.WriteLine($"  {what,-40} median {figures[figures.Count / 2]:0.00}  [{figures[0]:0.00} - {figures[^1]:0.00}]");
    }
}
