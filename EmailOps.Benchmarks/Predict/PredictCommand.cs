using System.CommandLine;
using System.Diagnostics;

namespace EmailOps.Benchmarks.Predict;

/// <summary><c>predict TASK --data FOLDER [--train FOLDER] --out FILE</c>: writes a prediction line for every case of a data set, for its scorer.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var task = new Argument<string>("task") { Description = "One of: " + string.Join(", ", PredictTasks.All.Keys) };
        task.AcceptOnlyFromAmong([.. PredictTasks.All.Keys]);
        var data = new Option<DirectoryInfo>("--data") { Description = "The folder of the data set", Required = true };
        data.AcceptExistingOnly();
        var train = new Option<DirectoryInfo?>("--train") { Description = "The folder with training examples, for tasks that learn" };
        var output = new Option<FileInfo>("--out") { Description = "Where the prediction lines go", Required = true };

        var command = new Command("predict", "Writes prediction lines for a data set in the shape its scorer reads.") { task, data, train, output };
        command.SetAction((parsed, cancel) => RunAsync(
            PredictTasks.All[parsed.GetRequiredValue(task)],
            new PredictInput(parsed.GetRequiredValue(data).FullName, parsed.GetValue(train)?.FullName, parsed.GetRequiredValue(output).FullName),
            parsed.GetRequiredValue(output),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(PredictTask task, PredictInput input, FileInfo output, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        var lines = 0;
        output.Directory?.Create();
        await using (var writer = new StreamWriter(output.FullName))
        {
            foreach (var line in task(input))
            {
                await writer.WriteLineAsync(line.AsMemory(), cancel);
                lines++;
            }
        }
        await Console.Out.WriteLineAsync($"{lines} predictions in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        return lines > 0 ? 0 : 1;
    }
}
