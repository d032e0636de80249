using System.Diagnostics;

namespace EmailOps.Tests.Hosts;

/// <summary>One of our programs as a process of its own, with nothing of this process's settings.</summary>
internal static class OwnProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<(int Code, string Output, string Error)> RunAsync(string program, string[] arguments, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program + ".dll"), .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var name in (string[])["ConnectionStrings__emailops", "INDEX_DB_URL", "STATE_DIR"]) start.Environment.Remove(name);
        start.Environment["EMAILOPS_ENV_FILE"] = "none";
        // Who tests the log file says itself where it is.
        if (!settings.Any(s => s.Name.StartsWith("LOG_FILE", StringComparison.Ordinal)))
            foreach (var (name, value) in RunLogs.Settings()) start.Environment[name] = value;
        start.Environment["LOG_LEVEL"] = "WARNING";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end in {Patience}.");
        }
    }
}
