using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using EmailOps.Benchmarks.Predict;
using EmailOps.Core.Learning;

namespace EmailOps.Benchmarks.Models;

/// <summary><c>text-model</c>: training, one correction, file and predictions of the built-in text model, the latter beside fastText in alternating rounds.</summary>
internal static class TextModelCommand
{
    private const int Corrections = 60;

    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "A folder with labelled texts, such as that of banking77", Required = true };
        data.AcceptExistingOnly();
        var rounds = new Option<int>("--rounds") { Description = "Rounds; each peer predicts once in each.", DefaultValueFactory = _ => 5 };
        var command = new Command("text-model", "The built-in text model: training, a correction, its file, predictions per second beside fastText.") { data, rounds };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(data).FullName, parsed.GetValue(rounds)));
        return command;
    }

    /// <summary>The process that predicts: started by the other command.</summary>
    public static Command CreateWork()
    {
        var model = new Argument<FileInfo>("model");
        var texts = new Argument<FileInfo>("texts");
        var seconds = new Argument<double>("seconds");
        var command = new Command("text-model-work", "Predicts lines and prints how many a second; the text-model command starts it.") { model, texts, seconds };
        command.Hidden = true;
        command.SetAction(parsed => Work(parsed.GetRequiredValue(model).FullName, parsed.GetRequiredValue(texts).FullName, parsed.GetRequiredValue(seconds)));
        return command;
    }

    private static int Run(string data, int rounds)
    {
        var rows = LabelledRows.Read(data, LabelledRows.TrainNames).Where(r => r.Label is not null and not LabelledRows.OutOfScope).ToList();
        string[] labels = [.. rows.Select(r => r.Label!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var texts = rows.ConvertAll(r => new TrainingText(r.Text, Array.BinarySearch(labels, r.Label, StringComparer.Ordinal), []));
        Console.WriteLine($"{texts.Count} texts, {labels.Length} labels, {Environment.ProcessorCount} processors");
        var folder = Directory.CreateTempSubdirectory("emailops-text-model-").FullName;
        try
        {
            Training(labels, texts);
            var order = Enumerable.Range(0, texts.Count).ToArray();
            new Random(1).Shuffle(order);
            var (fit, held) = TextModelTrainer.Split(texts, order, 5);
            var model = TextModelTrainer.Train(labels, fit, 0, "benchmark", TimeProvider.System);
            Console.WriteLine($"A fifth held out: accuracy {Right(model, held) / (double)held.Count:0.0000}");
            OneCorrection(model, held);
            Peers(folder, model, fit, held, rounds);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Training(string[] labels, List<TrainingText> texts)
    {
        var seconds = new double[4];
        var model = TextModelTrainer.Train(labels, texts, 0, "benchmark", TimeProvider.System);
        seconds[0] = model.Parts.Figures.Seconds;
        for (var i = 1; i < seconds.Length; i++)
            seconds[i] = TextModelTrainer.Train(labels, texts, 0, "benchmark", TimeProvider.System).Parts.Figures.Seconds;
        var figures = model.Parts.Figures;
        Console.WriteLine($"Training, held-out trial and calibration included: first {seconds[0]:0.00} s, then median {Median(seconds[1..]):0.00} s [{seconds[1..].Min():0.00}-{seconds[1..].Max():0.00}]; inner accuracy {figures.Accuracy:0.0000}, ECE {figures.ExpectedCalibrationError:0.0000}");
    }

    /// <summary>Mistakes on held-out texts are corrected one after the other, each on top of the last.</summary>
    private static void OneCorrection(TextModel model, List<TrainingText> held)
    {
        var wrong = held[..(held.Count / 2)].Where(t => Best(model, t.Text) != t.Label).Take(Corrections).ToList();
        var others = held[(held.Count / 2)..];
        List<double> milliseconds = [];
        var taught = model;
        foreach (var text in wrong)
        {
            var started = Stopwatch.GetTimestamp();
            taught = OnlineStep.Teach(taught, [text], "benchmark").Model;
            milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        Console.WriteLine($"One correction: median {Median([.. milliseconds]):0.0} ms, slowest {milliseconds.Max():0.0} ms; {wrong.Count(t => Best(taught, t.Text) == t.Label)} of {wrong.Count} corrected texts right after all; other texts {Right(model, others)} -> {Right(taught, others)} of {others.Count}");
    }

    private static void Peers(string folder, TextModel model, List<TrainingText> fit, List<TrainingText> held, int rounds)
    {
        var (path, lines) = (Path.Combine(folder, "a.model"), Path.Combine(folder, "texts.txt"));
        TextModelFile.Save(model.Parts, path);
        File.WriteAllLines(lines, held.Select(t => t.Text.ReplaceLineEndings(" ")));
        var started = Stopwatch.GetTimestamp();
        _ = new TextModel(TextModelFile.Load(path));
        Console.WriteLine($"File: {new FileInfo(path).Length / 1e6:0.00} MB, {model.Parts.Vocabulary.Count} features, opened and checked in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");
        var peer = FastText.Train(folder, fit, held);
        if (peer != null)
            Console.WriteLine($"fastText: accuracy {peer.Accuracy(held):0.0000}, {peer.Bytes / 1e6:0.0} MB; measured as {peer.How}");
        List<double> ours = [], theirs = [];
        for (var round = 0; round < rounds; round++)
        {
            ours.Add(double.Parse(FastText.OnOneCore("dotnet", [Environment.GetCommandLineArgs()[0], "text-model-work", path, lines, "3"]).Split(' ')[0], CultureInfo.InvariantCulture));
            if (peer != null)
                theirs.Add(peer.PerSecond(3));
        }
        Console.WriteLine($"Predictions/s, one thread, one text a call: {Median([.. ours]):0} [{ours.Min():0}-{ours.Max():0}]");
        if (peer != null)
            Console.WriteLine($"fastText/s: {Median([.. theirs]):0} [{theirs.Min():0}-{theirs.Max():0}]; ratio {Median([.. ours.Zip(theirs, (a, b) => a / b)]):0.00} [{ours.Zip(theirs, (a, b) => a / b).Min():0.00}-{ours.Zip(theirs, (a, b) => a / b).Max():0.00}]");
    }

    private static int Work(string path, string file, double seconds)
    {
        var model = new TextModel(TextModelFile.Load(path));
        var texts = File.ReadAllLines(file);
        var probabilities = new float[model.Labels.Count];
        long best = 0;
        // The first seconds are the runtime's, which compiles while it runs, here on the same processor.
        foreach (var (length, print) in new[] { (8.0, false), (seconds, true) })
        {
            var (started, count, allocated) = (Stopwatch.GetTimestamp(), 0L, GC.GetAllocatedBytesForCurrentThread());
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < length)
            {
                foreach (var text in texts)
                {
                    model.Predict(text, probabilities);
                    best += TensorPrimitives.IndexOfMax<float>(probabilities);
                }
                count += texts.Length;
            }
            if (print)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count / Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} {best} {(GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count:0.00}"));
        }
        return 0;
    }

    private static int Right(TextModel model, List<TrainingText> texts) => texts.Count(t => Best(model, t.Text) == t.Label);

    private static int Best(TextModel model, string text)
    {
        Span<float> probabilities = stackalloc float[model.Labels.Count];
        model.Predict(text, probabilities);
        return TensorPrimitives.IndexOfMax<float>(probabilities);
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length % 2 == 1 ? values[values.Length / 2] : (values[values.Length / 2 - 1] + values[values.Length / 2]) / 2;
    }
}
