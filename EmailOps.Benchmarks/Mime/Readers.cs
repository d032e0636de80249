using System.Diagnostics;
using System.Globalization;

namespace EmailOps.Benchmarks.Mime;

/// <summary>What one run of a reader over a corpus gave.</summary>
/// <param name="First">Seconds for the first 1,000 mails of the process.</param>
/// <param name="Steady">Mails per second of the last pass.</param>
/// <param name="Parts">Leaf parts seen, to tell whether readers did the same work.</param>
/// <param name="Allocated">Managed bytes per mail of the last pass; 0 where nobody counts them.</param>
internal readonly record struct ReaderFigures(double First, double Steady, long Parts, long Bytes, double Allocated);

/// <summary>Runs a reader in a process of its own, pinned to one core.</summary>
internal static class Readers
{
    public const string HowToInstall = "GMime is not installed; the run does without it. Debian: apt-get install libgmime-3.0-dev pkg-config gcc";

    public static ReaderFigures Ours(string corpus, int passes) =>
        Measure("dotnet", [Environment.GetCommandLineArgs()[0], "mime-work", corpus, passes.ToString(CultureInfo.InvariantCulture)]);

    public static ReaderFigures GMime(string program, string corpus, int passes) => Measure(program, [corpus, passes.ToString(CultureInfo.InvariantCulture)]);

    public static ReaderFigures Python(string corpus, int messages) =>
        Measure("/usr/bin/python3", [Source("pyemail.py"), corpus, messages.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Compiles the GMime reader into the folder. Null when the library or the compiler is not there.</summary>
    public static string? BuildGMime(string folder)
    {
        var program = Path.Combine(folder, "gmime-reader");
        try
        {
            var flags = Output("pkg-config", ["--cflags", "--libs", "gmime-3.0"]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            _ = Output("gcc", ["-O2", "-o", program, Source("gmime.c"), .. flags]);
            return program;
        }
        catch (Exception missing) when (missing is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            Console.WriteLine(HowToInstall);
            return null;
        }
    }

    private static string Source(string name) => Path.Combine(AppContext.BaseDirectory, "Mime", name);

    private static ReaderFigures Measure(string program, IEnumerable<string> arguments)
    {
        var core = (Environment.ProcessorCount - 1).ToString(CultureInfo.InvariantCulture);
        var words = Output("taskset", ["-c", core, program, .. arguments]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        double Number(int at) => at < words.Length ? double.Parse(words[at], CultureInfo.InvariantCulture) : 0;
        return new ReaderFigures(Number(0), Number(1), (long)Number(2), (long)Number(3), Number(4));
    }

    private static string Output(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }
}
