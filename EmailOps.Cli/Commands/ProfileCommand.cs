using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EmailOps.Cli.Profiling;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.ServiceDefaults.Settings;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops profile</c>: what a running process does with processor and memory.</summary>
internal static class ProfileCommand
{
    /// <summary>Keywords of the runtime's provider: GC; a full collection at the session's start.</summary>
    private const ulong Gc = 0x1, CollectNow = 0x800000;
    private const int Informational = 4;

    /// <param name="Trace">The file with stacks; null: none was asked for.</param>
    /// <param name="Cpu">Processors used on average.</param>
    /// <param name="Runtime">What the process says of itself at /metrics: GC, heap, thread pool, exceptions, locks, timers, assemblies.</param>
    internal sealed record ProfileView(int Process, double Seconds, string? Trace, double? Cpu, IReadOnlyList<ThreadShare> Threads, MemoryFacts? Before, MemoryFacts? Memory, IReadOnlyDictionary<string, double> Runtime);

    public static Command Create(IAnsiConsole console)
    {
        var process = new Option<int?>("--pid") { Description = "Which process; without it the EmailOps that runs on this machine's state folder, or the only worker on this machine." };
        var seconds = new Option<int>("--seconds") { Description = "How long, 1 to 600; 30 without it.", DefaultValueFactory = _ => 30 };
        seconds.Validators.Add(given => { if (given.GetValueOrDefault<int>() is < 1 or > 600) given.AddError("--seconds is between 1 and 600."); });
        var output = new Option<string?>("--output", "-o") { Description = "Where the stacks go; emailops-PID.nettrace without it." };
        var memory = new Option<bool>("--memory") { Description = "Memory only, at once: no stacks." };
        var collect = new Option<bool>("--gc") { Description = "With --memory: have the process collect its garbage first; it stands still for that." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("profile", """
            Looks into a running process. Processor: samples the stacks of all its threads by the runtime's own EventPipe into a .nettrace file, which PerfView, Visual Studio and
            speedscope (after dotnet-trace convert) open, and lists the busiest threads. Memory: what is resident, the heap, collections, thread pool. Linux; as the process's user or root.

            Examples:
              emailops profile                         30 seconds of the running EmailOps
              emailops profile --pid 1234 --seconds 10 -o hot.nettrace
              emailops profile --memory                resident memory and the figures of the runtime
              emailops profile --memory --gc           after a forced collection: what is left is really held

            Exit codes: 0 done, 2 there is no such process, or it cannot be looked into.
            """) { process, seconds, output, memory, collect, json };
        command.SetAction(async (parsed, cancel) =>
        {
            using var configuration = Installation.Configure();
            var id = parsed.GetValue(process) ?? await FindAsync(configuration, cancel);
            var view = parsed.GetValue(memory) ? await MemoryAsync(configuration, id, parsed.GetValue(collect), cancel)
                : await CpuAsync(configuration, id, TimeSpan.FromSeconds(parsed.GetValue(seconds)), Path.GetFullPath(parsed.GetValue(output) ?? string.Create(CultureInfo.InvariantCulture, $"emailops-{id}.nettrace")), cancel);
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(view, ContractJson.Options));
            else Write(console, view);
            return CliHost.Done;
        });
        return command;
    }

    private static async Task<ProfileView> CpuAsync(IConfiguration configuration, int id, TimeSpan time, string file, CancellationToken cancel)
    {
        var port = Port(id);
        var clock = TimeProvider.System;
        var (before, threads, began) = (ProcessFacts.Memory(id), ProcessFacts.Threads(id), clock.GetTimestamp());
        await using (var into = new FileStream(file, FileMode.Create, FileAccess.Write))
        {
            // As dotnet-trace's cpu-sampling has it: the sampler, and the runtime's events by which a reader knows methods.
            var written = await port.CollectAsync([new("Microsoft-DotNETCore-SampleProfiler", 0xF00000000000, Informational), new("Microsoft-Windows-DotNETRuntime", 0x14C14FCCBD, Informational)], rundown: true, into, Task.Delay(time, clock, cancel), cancel);
            if (written == 0) throw new CommandException($"Process {id} ended before it told anything.");
        }
        var took = clock.GetElapsedTime(began).TotalSeconds;
        var busy = ProcessFacts.Between(threads, ProcessFacts.Threads(id), took);
        return new ProfileView(id, Math.Round(took, 2), file, Math.Round(busy.Sum(b => b.Share), 3), [.. busy.Take(20)], before, ProcessFacts.Memory(id), await RuntimeAsync(configuration, cancel));
    }

    private static async Task<ProfileView> MemoryAsync(IConfiguration configuration, int id, bool collect, CancellationToken cancel)
    {
        var before = ProcessFacts.Memory(id) ?? throw new CommandException($"There is no process {id}.");
        if (collect)
            await Port(id).CollectAsync([new("Microsoft-Windows-DotNETRuntime", Gc | CollectNow, Informational)], rundown: false, Stream.Null, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, cancel), cancel);
        return new ProfileView(id, 0, null, null, [], collect ? before : null, ProcessFacts.Memory(id), await RuntimeAsync(configuration, cancel));
    }

    private static DiagnosticPort Port(int id) => DiagnosticPort.Find(id) ?? throw new CommandException($"Process {id} has no diagnostic port here: it is gone, no .NET process, has another TMPDIR or container, or was started with DOTNET_EnableDiagnostics=0.");

    private static async Task<int> FindAsync(ConfigurationManager configuration, CancellationToken cancel)
    {
        if (StateFolder.FindOrNull(n => configuration[n]) is { } state && Path.Combine(state, "running.json") is var path && File.Exists(path))
        {
            using var running = JsonDocument.Parse(await File.ReadAllTextAsync(path, cancel));
            if (running.RootElement.TryGetProperty("process", out var process) && process.TryGetInt32(out var id)) return id;
        }
        await using var installation = Installation.Open(configuration);
        await using var connection = await installation.Get<NpgsqlDataSource>().OpenConnectionAsync(cancel);
        var here = (await WorkerStore.ListAsync(connection, cancel)).Where(w => w.Host == Environment.MachineName).Select(w => w.ProcessId).Distinct().ToList();
        return here is [var only] ? only : throw new CommandException(here.Count == 0 ? "No EmailOps runs on this machine; say which process: --pid N" : $"Several workers run on this machine; say which: --pid {string.Join(" or ", here)}");
    }

    /// <summary>Of the Api, which in the one-process host is the process; elsewhere only a hint.</summary>
    private static async Task<SortedDictionary<string, double>> RuntimeAsync(IConfiguration configuration, CancellationToken cancel)
    {
        var found = new SortedDictionary<string, double>(StringComparer.Ordinal);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = 16 << 20 };
        try
        {
            var text = await http.GetStringAsync(new Uri(Installation.ApiAddress(configuration), "/metrics"), cancel);
            foreach (var line in text.Split('\n').Where(l => l.StartsWith("dotnet_", StringComparison.Ordinal)))
                if (line.LastIndexOf(' ') is > 0 and var blank && double.TryParse(line.AsSpan(blank + 1), CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)) found[line[..blank]] = value;
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return found; // The system's own figures stand without it.
        }
        return found;
    }

    private static void Write(IAnsiConsole console, ProfileView view)
    {
        if (view.Trace is { } file)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{view.Seconds:0.0} s of process {view.Process}: {view.Cpu:0.00} processors on average. Stacks: {file}");
            var table = new Table().Border(TableBorder.Rounded).AddColumns("Thread", "Name", "Of a processor");
            foreach (var thread in view.Threads) table.AddRow($"{thread.Id}", Markup.Escape(thread.Name), string.Create(CultureInfo.InvariantCulture, $"{thread.Share:P1}"));
            console.Write(table);
        }
        if (view.Memory is { } memory)
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Resident {Megabytes(memory.Resident)}{(view.Before is { } before ? $" (before {Megabytes(before.Resident)})" : "")}, peak {Megabytes(memory.Peak)}, swapped {Megabytes(memory.Swapped)}; {memory.Threads} threads, {memory.OpenFiles} open files.");
        foreach (var (name, value) in view.Runtime) console.Profile.Out.Writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value}"));
        if (view.Runtime.Count == 0) console.MarkupLine("The Api does not answer, so the runtime's own figures (heap, collections, thread pool) are missing.");
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:N0} MB");
}
