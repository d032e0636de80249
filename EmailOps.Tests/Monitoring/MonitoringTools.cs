using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace EmailOps.Tests.Monitoring;

/// <summary>prometheus, promtool, alertmanager and amtool, from <c>eng/monitoring.sh</c>. Where they can be neither found nor fetched, tests that need them end early and say so.</summary>
internal sealed class MonitoringTools
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private static readonly Lazy<MonitoringTools?> s_found = new(Find);
    private readonly string _folder;

    private MonitoringTools(string folder) => _folder = folder;

    public static MonitoringTools? Get([CallerMemberName] string test = "")
    {
        if (s_found.Value is null)
            Console.WriteLine($"SKIPPED, NO TOOLS: {test} needs Prometheus and Alertmanager (eng/monitoring.sh fetches them).");
        return s_found.Value;
    }

    public string Program(string name) => Path.Combine(_folder, name);

    /// <summary>Runs one of them to its end.</summary>
    public (int Code, string Said) Run(string name, string? input, params string[] arguments) => Run(Program(name), arguments, input);

    private static MonitoringTools? Find()
    {
        var (code, said) = Run("bash", [Path.Combine(Checkout.Root, "eng/monitoring.sh")], null);
        if (code == 0) return new MonitoringTools(said.Trim().Split('\n')[^1]);
        Console.Error.Write(said);
        return null;
    }

    private static (int Code, string Said) Run(string program, string[] arguments, string? input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end in {s_patience}.");
        }
        return (process.ExitCode, error.Result + output.Result);
    }
}
