using System.Diagnostics;

namespace EmailOps.AppHost.Postgres;

/// <summary>How a program ended and what it said on both streams.</summary>
internal readonly record struct CommandResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The end of what it said: where the reason stands.</summary>
    public string LastLines(int count) => string.Join('\n', (Output + Error).Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(count));
}

/// <summary>Runs the programs of PostgreSQL and of the system.</summary>
internal static class Command
{
    /// <summary>
    /// What a child gets of our environment. Everything else stays here: the host's environment holds secrets, and a PGDATA or
    /// PGPORT of the user's own would point the programs at another server.
    /// </summary>
    private static readonly string[] Inherited = ["PATH", "HOME", "LANG", "TZ", "TMPDIR"];

    /// <exception cref="OperationCanceledException">Cancelled; the program was killed and is gone.</exception>
    public static async Task<CommandResult> RunAsync(IReadOnlyList<string> command, CancellationToken cancel, bool wholeEnvironment = false)
    {
        using var process = Start(command, redirectOutput: true, wholeEnvironment);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        return new CommandResult(process.ExitCode, await output, await error);
    }

    /// <summary>Standard input is always a pipe that we hold: a child that reads it sees its end when we are gone.</summary>
    public static Process Start(IReadOnlyList<string> command, bool redirectOutput, bool wholeEnvironment = false)
    {
        var start = new ProcessStartInfo(command[0])
        {
            // The folder we stand in may be closed to the user the program runs as.
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = redirectOutput,
            RedirectStandardError = redirectOutput,
            UseShellExecute = false,
        };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);

        if (!wholeEnvironment)
            KeepInherited(start);
        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
    }

    private static void KeepInherited(ProcessStartInfo start)
    {
        var kept = Inherited.Select(name => (name, value: start.Environment.TryGetValue(name, out var value) ? value : null)).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in kept)
        {
            if (value is not null)
                start.Environment[name] = value;
        }
    }
}
