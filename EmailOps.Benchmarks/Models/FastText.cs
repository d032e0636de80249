using System.Diagnostics;
using System.Globalization;
using EmailOps.Core.Learning;

namespace EmailOps.Benchmarks.Models;

/// <summary>fastText (Joulin et al. 2017) as Debian has it, trained on the same texts; the peer for predictions per second.</summary>
internal sealed class FastText
{
    public const string HowToInstall = "fastText is not installed; the run does without it. Debian: apt-get install fasttext libfasttext-dev g++";

    /// <summary>The settings that were best for it on banking77, among those tried.</summary>
    private static readonly string[] s_settings = ["-lr", "0.5", "-epoch", "50", "-wordNgrams", "2", "-minn", "3", "-maxn", "5", "-dim", "100", "-loss", "softmax", "-thread", "2"];

    private readonly string _folder;
    private readonly string? _reader;

    private FastText(string folder, string? reader) => (_folder, _reader) = (folder, reader);

    private string Model => Path.Combine(_folder, "fasttext.bin");
    private string Held => Path.Combine(_folder, "fasttext-texts.txt");

    /// <summary>What the figures are of: the library in a program that calls it for each text, or the program that comes with it, its start and loading taken off.</summary>
    public string How => _reader == null ? "`fasttext predict` over lines (time to load the model taken off)" : "libfasttext, one call a text";

    /// <summary>Null when fastText is not there.</summary>
    public static FastText? Train(string folder, IReadOnlyList<TrainingText> fit, IReadOnlyList<TrainingText> held)
    {
        var result = new FastText(folder, BuildReader(folder));
        var train = Path.Combine(folder, "fasttext-train.txt");
        File.WriteAllLines(train, fit.Select(t => $"__label__{t.Label} {Line(t.Text)}"));
        File.WriteAllLines(result.Held, held.Select(t => Line(t.Text)));
        try
        {
            _ = Output("fasttext", ["supervised", "-input", train, "-output", Path.Combine(folder, "fasttext"), "-verbose", "0", .. s_settings]);
            return result;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.WriteLine(HowToInstall);
            return null;
        }
    }

    /// <summary>Texts per second on one core.</summary>
    public double PerSecond(double seconds)
    {
        if (_reader != null)
            return double.Parse(OnOneCore(_reader, [Model, Held, seconds.ToString(CultureInfo.InvariantCulture)]).Split(' ')[0], CultureInfo.InvariantCulture);
        var (empty, many) = (Path.Combine(_folder, "one.txt"), Path.Combine(_folder, "many.txt"));
        var lines = File.ReadAllLines(Held);
        File.WriteAllLines(empty, lines[..1]);
        File.WriteAllLines(many, Enumerable.Range(0, 50_000).Select(i => lines[i % lines.Length]));
        double Time(string file)
        {
            var started = Stopwatch.GetTimestamp();
            _ = OnOneCore("fasttext", ["predict", Model, file, "1"]);
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        return 49_999 / (Time(many) - Time(empty));
    }

    public double Accuracy(IReadOnlyList<TrainingText> held)
        => Output("fasttext", ["predict", Model, Held, "1"]).Split('\n').Zip(held).Count(p => p.First.Trim() == $"__label__{p.Second.Label}") / (double)held.Count;

    public long Bytes => new FileInfo(Model).Length;

    public static string OnOneCore(string program, IEnumerable<string> arguments)
        => Output("taskset", ["-c", (Environment.ProcessorCount - 1).ToString(CultureInfo.InvariantCulture), program, .. arguments]);

    /// <summary>Lower case and punctuation apart, as its documentation advises.</summary>
    private static string Line(string text)
        => string.Concat(text.ToLowerInvariant().Select(c => char.IsPunctuation(c) ? $" {c} " : char.IsWhiteSpace(c) ? " " : c.ToString()));

    private static string? BuildReader(string folder)
    {
        var program = Path.Combine(folder, "fasttext-reader");
        try
        {
            _ = Output("g++", ["-O2", "-o", program, Path.Combine(AppContext.BaseDirectory, "Models", "fasttext.cc"), "-lfasttext"]);
            return program;
        }
        catch (Exception missing) when (missing is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Output(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }
}
