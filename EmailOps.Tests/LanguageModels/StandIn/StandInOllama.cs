using System.Collections.Concurrent;
using System.Net;
using EmailOps.Benchmarks.Proxies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmailOps.Tests.LanguageModels.StandIn;

/// <summary>
/// An Ollama over real HTTP, with its OpenAI-compatible side: /api/version, tags, show, chat, embed, pull, and /v1/chat/completions, /v1/embeddings. Answers are a
/// function of the question; see <see cref="ModelSays"/> for how it can misbehave. Vectors are made of a text's words, so that similar texts are near each other.
/// </summary>
internal sealed class StandInOllama : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StandInOllama(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());
    /// <summary>Where its OpenAI-compatible side begins.</summary>
    public Uri OpenAiAddress => new(Address, "v1");
    /// <summary>What is installed; change it as you like.</summary>
    public ConcurrentDictionary<string, StandInModel> Models { get; } = new([new("llama3.2:3b", StandInModel.Chat("3.2B")), new("nomic-embed-text:latest", StandInModel.Embedding("137M"))]);
    /// <summary>How questions are answered; change it as you like. A model that is not installed is answered with 404 before this is asked.</summary>
    public Func<AskedModel, ModelSays> Answer { get; set; } = asked => ModelSays.Text(asked.Schema is { } schema ? SchemaSample.Of(schema) : "Yes.");
    /// <summary>Takes the place of the embeddings; null: none.</summary>
    public Func<AskedModel, ModelSays?> Embedding { get; set; } = _ => null;
    /// <summary>Takes the place of what it says of itself (version, tags, show, pull); null: none.</summary>
    public Func<string, ModelSays?> Own { get; set; } = _ => null;
    /// <summary>Every question to a chat model, in order.</summary>
    public ConcurrentQueue<AskedModel> Asked { get; } = [];
    /// <summary>Every request to embed, in order.</summary>
    public ConcurrentQueue<AskedModel> Embedded { get; } = [];
    /// <summary>Callers that went away before their answer was complete.</summary>
    public int Abandoned => Volatile.Read(ref _abandoned);
    private int _abandoned;

    public static async Task<StandInOllama> StartAsync(Func<AskedModel, ModelSays>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var standIn = new StandInOllama(builder.Build());
        if (answer is not null) standIn.Answer = answer;
        StandInRoutes.Map(standIn._app, standIn);
        await standIn._app.StartAsync();
        return standIn;
    }

    /// <summary>An address on this machine where nobody listens.</summary>
    public static Uri Nobody() => new($"http://127.0.0.1:{FreePorts.Take()}");

    /// <summary>Settings that make it the only provider; for TestStore and TestHosts ("--" before each key).</summary>
    public (string Key, string Value)[] Settings => [("LanguageModels:Providers:0:Kind", "Ollama"), ("LanguageModels:Providers:0:Name", "stand-in"), ("LanguageModels:Providers:0:Endpoint", Address.AbsoluteUri), Patient];

    /// <summary>On a machine that is busy with other tests a look may take long.</summary>
    public static (string Key, string Value) Patient => ("LanguageModels:ProbePatience", "00:00:30");

    /// <summary>The same as arguments of a host.</summary>
    public string[] Arguments => [.. Settings.Select(s => $"--{s.Key}={s.Value}")];

    internal async Task GuardAsync(HttpContext context, Func<Task> handle)
    {
        try
        {
            await handle();
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            Interlocked.Increment(ref _abandoned);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <param name="Parameters">For example 3.2B.</param>
internal sealed record StandInModel(string Family, string Parameters, IReadOnlyList<string>? Capabilities, string? RemoteHost = null, DateTimeOffset? ModifiedAt = null)
{
    public static StandInModel Chat(string parameters) => new("llama", parameters, ["completion", "tools"]);

    public static StandInModel Embedding(string parameters) => new("nomic-bert", parameters, ["embedding"]);
}
