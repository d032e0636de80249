using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EmailOps.Benchmarks.Throughput;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Taxonomies;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmailOps.Benchmarks.Models;

/// <summary><c>triage-speed</c>: all agents of triage over messages that are parsed already, on one thread, without a database or a language model.</summary>
internal static class TriageSpeedCommand
{
    private const int BusinessMails = 500;

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds of two seconds over each mailbox.", DefaultValueFactory = _ => 5 };
        var judgements = new Option<FileInfo?>("--judgements") { Description = "Measures nothing: writes what is judged of each message, so that a faster program can be compared with the one before." };
        var command = new Command("triage-speed", "Triage after parsing on one thread: messages per second, and microseconds of each agent.") { rounds, judgements };
        command.SetAction(parsed => Run(parsed.GetValue(rounds), parsed.GetValue(judgements)));
        return command;
    }

    private static int Run(int rounds, FileInfo? judgements)
    {
        var setup = TriageSetup.Load(TriagePaths.Samples(TriageOptions.SamplesFolder, null), TimeProvider.System);
        var pipeline = setup.Pipeline(KnowledgeFolder.Load(Path.Combine(TriageOptions.SamplesFolder, "knowledge")));
        var reader = new MailReader(new IntakeOptions(), NullLogger<MailReader>.Instance);
        List<IncomingMessage> sample = [.. Directory.EnumerateFiles(Path.Combine(TriageOptions.SamplesFolder, "mailbox"), "*.eml").Order(StringComparer.Ordinal).Select(f => Message(reader, File.ReadAllBytes(f)))];
        var examples = TrainingExamples.Load([.. Directory.EnumerateFiles(Path.Combine(TriageOptions.SamplesFolder, "training"), "*.csv").Order(StringComparer.Ordinal)], setup.Taxonomy);
        var business = new BusinessMail([.. examples.Items.Select(e => e.Body)], 1);
        List<IncomingMessage> mails = [.. Enumerable.Range(0, BusinessMails).Select(i => Message(reader, business.Next(i)))];
        if (judgements != null)
        {
            // How long each agent took is no judgement.
            File.WriteAllLines(judgements.FullName, sample.Concat(mails).Select(m => JsonSerializer.Serialize(pipeline.Run(m) is var r ? r with { Runs = [.. r.Runs.Select(a => a with { StartedMicroseconds = 0, DurationMicroseconds = 0 })] } : null)));
            return 0;
        }
        Measure("sample mailbox", pipeline, sample, rounds);
        Measure("business mail", pipeline, mails, rounds);
        return 0;
    }

    private static void Measure(string name, TriagePipeline pipeline, List<IncomingMessage> messages, int rounds)
    {
        // The runtime compiles while it runs: what is measured is a worker that has been up for a while.
        _ = Round(pipeline, messages, 4, []);
        Dictionary<string, double> agents = [];
        var measured = Enumerable.Range(0, rounds).Select(_ => Round(pipeline, messages, 2, agents)).ToList();
        double[] perSecond = [.. measured.Select(m => m.PerSecond).Order()], ofProcessor = [.. measured.Select(m => m.PerProcessorSecond).Order()];
        Console.WriteLine($"{name}: {messages.Count} messages of {messages.Average(m => m.NewText.Length):0} characters; {perSecond[rounds / 2]:0}/s on one thread [{perSecond[0]:0}-{perSecond[^1]:0}]; {ofProcessor[rounds / 2]:0} a second of its processor time [{ofProcessor[0]:0}-{ofProcessor[^1]:0}]");
        Console.WriteLine("  microseconds: " + string.Join(", ", agents.OrderByDescending(a => a.Value).Select(a => $"{a.Key} {a.Value / rounds:0.0}")));
    }

    private static (double PerSecond, double PerProcessorSecond) Round(TriagePipeline pipeline, List<IncomingMessage> messages, double seconds, Dictionary<string, double> agents)
    {
        var (started, processor, count) = (Stopwatch.GetTimestamp(), ProcessorSeconds(), 0);
        Dictionary<string, double> sums = [];
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
            foreach (var message in messages)
            {
                foreach (var run in pipeline.Run(message).Runs)
                    sums[run.Agent] = sums.GetValueOrDefault(run.Agent) + run.DurationMicroseconds;
                count++;
            }
        foreach (var (agent, sum) in sums)
            agents[agent] = agents.GetValueOrDefault(agent) + sum / count;
        return (count / Stopwatch.GetElapsedTime(started).TotalSeconds, count / (ProcessorSeconds() - processor));
    }

    /// <summary>What this thread has had of the processor, from Linux: on a machine that others use too, the clock says more about them. Not a number elsewhere.</summary>
    private static double ProcessorSeconds()
        => File.Exists("/proc/thread-self/schedstat") ? double.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1e9 : double.NaN;

    /// <summary>A mail as triage gets it, without a store: the first of its thread.</summary>
    internal static IncomingMessage Message(MailReader reader, byte[] raw)
    {
        var parsed = reader.Read(new OfferedMail("benchmark", raw, raw.Length));
        return new IncomingMessage
        {
            Id = 1,
            MailboxId = 1,
            Subject = parsed.Subject,
            From = parsed.From,
            ReceivedAt = parsed.ReceivedAt ?? parsed.SentAt ?? DateTimeOffset.UnixEpoch,
            Text = parsed.Text,
            NewText = parsed.NewText ?? parsed.Text,
            HiddenText = parsed.HiddenText ?? "",
            Automated = parsed.Automated,
            AutomatedReason = parsed.AutomatedReason,
            Attachments = parsed.Attachments,
        };
    }
}
