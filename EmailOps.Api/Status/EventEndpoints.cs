using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using EmailOps.Api.Keys;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Access;

namespace EmailOps.Api.Status;

/// <summary>Live events for open consoles (server-sent events). A hint that something changed: the page reads it again.</summary>
internal static class EventEndpoints
{
    /// <summary>A quiet stream says something this often, so that proxies and browsers know it lives.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(20);

    public static void MapEvents(this IEndpointRouteBuilder app)
        => app.MapGet(Routes.Events, (HttpContext context, WakeUps wakeUps, SessionStore sessions, TimeProvider clock, IHostApplicationLifetime life, CancellationToken cancel)
            => TypedResults.ServerSentEvents(ReadAsync(wakeUps, sessions, context.UserId() is null ? null : Caller.Bearer(context.Request), clock, life.ApplicationStopping, cancel))).WithTags("Status").Needs(Permission.Read);

    private static async IAsyncEnumerable<SseItem<string>> ReadAsync(WakeUps wakeUps, SessionStore sessions, string? session, TimeProvider clock, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var events = wakeUps.Subscribe(LiveEvents.Channel);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancel);
        yield return new SseItem<string>("{}", "hello");
        Task<bool>? waiting = null;
        var looked = clock.GetTimestamp();
        while (!ended.IsCancellationRequested)
        {
            waiting ??= events.Payloads.WaitToReadAsync(ended.Token).AsTask(); // one waiter, however long it is quiet
            await Task.WhenAny(waiting, Task.Delay(KeepAlive, clock, ended.Token));
            if (ended.IsCancellationRequested) yield break;
            if (session is not null && clock.GetElapsedTime(looked) >= KeepAlive)
            {
                // Whoever was signed out, or disabled, hears no more.
                if (await sessions.FindAsync(session, ended.Token, counts: false) is null) yield break;
                looked = clock.GetTimestamp();
            }
            if (!waiting.IsCompleted)
            {
                yield return new SseItem<string>("{}", "still-here");
                continue;
            }
            waiting = null;
            while (events.Payloads.TryRead(out var payload))
                if (LiveEvents.Read(payload) is { } live) yield return new SseItem<string>(JsonSerializer.Serialize(live, ContractJson.Options), live.Kind);
        }
    }
}
