using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Ollama;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops model pull NAME</c>: downloads a model into an Ollama, with a bar a layer.</summary>
internal static class PullCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var model = new Argument<string>("NAME") { Description = "As Ollama calls it: llama3.2:3b, nomic-embed-text." };
        model.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is not { Length: > 0 and <= 200 } name || name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))) given.AddError("NAME is a model's name, without blanks.");
        });
        var provider = new Option<string?>("--provider") { Description = "Which Ollama, by its name; the first one without it." };
        var json = new Option<bool>("--json") { Description = "Print Ollama's status lines as JSON, one a line, and no bars." };
        var command = new Command("pull", "Downloads a model into Ollama; what is there already is not loaded again. Exit code 2 when it cannot be done.") { model, provider, json };
        command.SetAction((parsed, cancel) => RunAsync(console, parsed.GetRequiredValue(model), parsed.GetValue(provider), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, string model, string? wanted, bool json, CancellationToken cancel)
    {
        await using var installation = Installation.Open();
        var roster = installation.Get<ModelRoster>();
        var there = (await roster.ReadyAsync(cancel)).Where(p => p.Clients is OllamaServer && (wanted is null || p.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase))).ToList();
        if (there.Count == 0)
            throw new CommandException(wanted is null ? "There is no Ollama: none is configured (OLLAMA_ENDPOINT), and none answers on this machine's port 11434. https://ollama.com/download tells how to install one." : $"There is no Ollama named {wanted}; see: emailops model provider");
        try
        {
            await PullAsync(console, (OllamaServer)there[0].Clients, model, json, cancel);
        }
        catch (LanguageModelException failure)
        {
            throw new CommandException($"{model} could not be downloaded. {failure.Message}");
        }
        await roster.LookAsync(TimeSpan.Zero, cancel);
        if (!json) console.MarkupLineInterpolated($"[green]{model} is installed in {there[0].Name}.[/] It is asked for text: {there[0].ChatModel ?? "no model"}; for vectors: {there[0].EmbeddingModel ?? "no model"}.");
        return CliHost.Done;
    }

    private static async Task PullAsync(IAnsiConsole console, OllamaServer ollama, string model, bool json, CancellationToken cancel)
    {
        if (json || !console.Profile.Out.IsTerminal)
        {
            var last = "";
            await foreach (var line in ReadAsync(ollama, model, cancel))
            {
                if (json) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(line, OllamaApi.Json));
                else if (line.Status is { } status && status != last) console.MarkupLineInterpolated($"{last = status}");
            }
            return;
        }
        await console.Progress().AutoClear(false).HideCompleted(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var layers = new Dictionary<string, ProgressTask>(StringComparer.Ordinal);
                await foreach (var line in ReadAsync(ollama, model, cancel))
                {
                    if (line is not { Digest: { Length: > 0 } digest, Total: > 0 and var total }) continue;
                    // A model has a handful of layers; a server that names thousands is not to fill the screen.
                    if (!layers.TryGetValue(digest, out var layer) && layers.Count < 50) layers[digest] = layer = context.AddTask(Markup.Escape(line.Status ?? digest), maxValue: total);
                    layer?.Value(line.Completed ?? 0);
                }
            });
    }

    /// <summary>Ends in order only where the server says "success".</summary>
    private static async IAsyncEnumerable<OllamaPullLine> ReadAsync(OllamaServer ollama, string model, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var isDone = false;
        await foreach (var line in ollama.PullAsync(model, cancel))
        {
            isDone |= line.Status == "success";
            yield return line;
        }
        if (!isDone) throw new LanguageModelException(ModelFailure.BadAnswer, "The download ended before it was complete; run it again, it goes on where it stood.");
    }
}
