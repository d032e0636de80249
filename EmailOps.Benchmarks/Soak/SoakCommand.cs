using System.CommandLine;
using System.Globalization;
using EmailOps.Benchmarks.Throughput;

namespace EmailOps.Benchmarks.Soak;

/// <summary><c>soak</c>: the whole embedded product as one process, given mail evenly for as long as asked; what its memory does meanwhile, and how long it takes to start.</summary>
internal static class SoakCommand
{
    /// <summary>At rest after a start: caches are warm, and what starting needed has been given back.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(10);
    /// <summary>Until then it is warming up: code is compiled, vocabularies fill, the database's pool grows.</summary>
    private const double WarmUp = 0.25;

    public static System.CommandLine.Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long mail comes in.", DefaultValueFactory = _ => 30 };
        var messages = new Option<int>("--messages") { Description = "Messages in that time, evenly.", DefaultValueFactory = _ => 100_000 };
        var command = new System.CommandLine.Command("soak", "Start-up time, memory at rest and under steady mail of the whole embedded process, without PostgreSQL.") { minutes, messages };
        command.SetAction((parsed, cancel) => RunAsync(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(messages), cancel));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan length, int messages, CancellationToken cancel)
    {
        var folder = $"/var/tmp/emailops-soak-{Environment.ProcessId}";
        try
        {
            await using var product = new Product(folder);
            var ready = await product.StartAsync(cancel);
            Console.WriteLine($"first start, with schema, model and articles: {ready.TotalSeconds:N1} s until healthy");
            await product.StopAsync(cancel);
            ready = await product.StartAsync(cancel);
            Console.WriteLine($"next start: {ready.TotalSeconds:N1} s until healthy");
            await Task.Delay(s_rest, cancel);
            Console.WriteLine($"at rest: {product.Memory():N0} MB");

            var mails = new BusinessMail(ThroughputRun.Texts(), seed: 11);
            var (began, sent, seen) = (TimeProvider.System.GetTimestamp(), 0, new List<(double Minute, double MegaBytes)>());
            while (TimeProvider.System.GetElapsedTime(began) is var elapsed && elapsed < length)
            {
                var due = (int)(messages * Math.Min(1, (elapsed + s_every) / length)) - sent;
                await product.UploadAsync(Enumerable.Range(sent, due).Select(mails.Next), cancel);
                sent += due;
                seen.Add((elapsed.TotalMinutes, product.Memory()));
                if (seen.Count % 12 == 0) Console.WriteLine($"{elapsed.TotalMinutes,6:N0} min  {sent,9:N0} sent  {seen[^1].MegaBytes,6:N0} MB  {await product.WaitingAsync(cancel),7:N0} waiting");
                await Task.Delay(TimeSpan.FromSeconds(Math.Max(0, (s_every * seen.Count - TimeProvider.System.GetElapsedTime(began)).TotalSeconds)), cancel);
            }
            while (await product.WaitingAsync(cancel) > 0) await Task.Delay(500, cancel);
            var warm = seen.Where(s => s.Minute > length.TotalMinutes * WarmUp).ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sent:N0} messages in {TimeProvider.System.GetElapsedTime(began).TotalMinutes:N1} min; memory {warm.Min(s => s.MegaBytes):N0} to {warm.Max(s => s.MegaBytes):N0} MB, {Slope(warm):N2} MB a minute after warming up"));
            await Task.Delay(s_rest, cancel);
            Console.WriteLine($"at rest again: {product.Memory():N0} MB");
            await product.StopAsync(cancel);
            return 0;
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Least squares.</summary>
    private static double Slope(IReadOnlyCollection<(double Minute, double MegaBytes)> seen)
    {
        var (x, y) = (seen.Average(s => s.Minute), seen.Average(s => s.MegaBytes));
        var spread = seen.Sum(s => (s.Minute - x) * (s.Minute - x));
        return spread == 0 ? 0 : seen.Sum(s => (s.Minute - x) * (s.MegaBytes - y)) / spread;
    }
}
