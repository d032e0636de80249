using System.Collections.Concurrent;
using EmailOps.Api;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Redis;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Benchmarks.Redis;

/// <summary>An Api with or without Redis, one that listens to what it is told, and one open console.</summary>
internal sealed class RedisSide : IAsyncDisposable
{
    private const string Key = "the-key-of-the-benchmark";
    private readonly WebApplication _api;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _heard = new(), _shown = new();
    private readonly List<Task> _readers = [];
    private long _number;

    private RedisSide(string name, WebApplication api)
    {
        (Name, _api) = (name, api);
        _http = new HttpClient { BaseAddress = new Uri(api.Urls.First()), Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Add("X-Api-Key", Key);
    }

    public string Name { get; }

    public T Get<T>() where T : notnull => _api.Services.GetRequiredService<T>();

    public long Next() => ++_number;

    public static async Task<RedisSide> StartAsync(string name, string database, string? redis, CancellationToken cancel)
    {
        var api = ApiHost.Create([$"--ConnectionStrings:emailops={database}", .. redis is null ? (string[])[] : [$"--ConnectionStrings:redis={redis}"], "--urls=http://127.0.0.1:0", "--EMAILOPS_ENV_FILE=none", $"--EMAILOPS_API_KEY={Key}",
            "--LOG_LEVEL=ERROR", "--LOG_FILE_ENABLED=false", "--LanguageModels:Enabled=false", "--SECRETS_KEY=dGVzdCBrZXkgb2YgdGhpcnR5LXR3byBieXRlcyAhISE="]);
        await api.StartAsync(cancel);
        if (api.Services.GetService<RedisLink>() is { } link && !await link.IsUpWithinAsync(TimeSpan.FromSeconds(30), cancel)) throw new InvalidOperationException(link.State.Health().Detail);
        var side = new RedisSide(name, api);
        side._readers.Add(side.ListenAsync());
        side._readers.Add(await side.OpenConsoleAsync(cancel));
        return side;
    }

    /// <summary>Done when the hint of this number has come. Ask before it is sent.</summary>
    public Task HeardAsync(long number, CancellationToken cancel) => Of(_heard, number).Task.WaitAsync(TimeSpan.FromSeconds(30), cancel);

    /// <summary>The same at the console's end of the stream.</summary>
    public Task ShownAsync(long number, CancellationToken cancel) => Of(_shown, number).Task.WaitAsync(TimeSpan.FromSeconds(30), cancel);

    private async Task ListenAsync()
    {
        using var events = Get<WakeUps>().Subscribe(LiveEvents.Channel);
        try
        {
            await foreach (var payload in events.Payloads.ReadAllAsync(_over.Token))
                if (LiveEvents.Read(payload) is { Kind: "message" } live) Of(_heard, live.Id).TrySetResult();
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task<Task> OpenConsoleAsync(CancellationToken cancel)
    {
        var lines = new StreamReader(await _http.GetStreamAsync(new Uri(Routes.Events, UriKind.Relative), cancel));
        return Task.Run(async () =>
        {
            try
            {
                // data: {"kind":"message","id":7}
                while (await lines.ReadLineAsync(_over.Token) is { } line)
                    if (line.Contains("\"message\"", StringComparison.Ordinal) && long.TryParse(string.Concat(line.Where(char.IsAsciiDigit)), out var number)) Of(_shown, number).TrySetResult();
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException or HttpRequestException)
            {
                return;
            }
        }, CancellationToken.None);
    }

    private static TaskCompletionSource Of(ConcurrentDictionary<long, TaskCompletionSource> waiting, long number) => waiting.GetOrAdd(number, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_readers);
        _http.Dispose();
        await _api.StopAsync();
        await _api.DisposeAsync();
        _over.Dispose();
    }
}
