using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;

namespace EmailOps.Web.Live;

/// <summary>Passes the Api's live events on to a browser, which may not know the Api's address or key.</summary>
internal static class LiveEndpoints
{
    private const string PartialHeader = "X-Partial";

    /// <summary>An import stores hundreds of messages a second; a page needs to know twice a second that something changed.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    /// <summary>Without a word for this long, proxies close a connection.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    public static void MapLive(this IEndpointRouteBuilder app) => app.MapGet("/live", Follow).RequireAuthorization(Permission.Viewer);

    /// <summary>Whether script asks in the background, which wants a status rather than a page.</summary>
    public static bool IsScript(HttpRequest request) => request.Headers.ContainsKey(PartialHeader) || request.Path == "/live";

    private static async Task<IResult> Follow(ApiClient api, TimeProvider clock, HttpContext http, IHostApplicationLifetime lifetime)
    {
        var upstream = await api.OpenAsync(Reading.Plain(Routes.Events), "text/event-stream", http.RequestAborted);
        if (!upstream.Ok)
            return TypedResults.StatusCode(StatusCodes.Status502BadGateway);
        // Else an open page would hold up stopping until the patience of the host ends.
        var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        http.Response.RegisterForDispose(ends);
        http.Response.RegisterForDispose(upstream.Value);
        return TypedResults.ServerSentEvents(Beats(upstream.Value, clock, ends.Token));
    }

    /// <summary>At most one event of a kind and id per beat; a <c>quiet</c> event when nothing happens.</summary>
    private static async IAsyncEnumerable<SseItem<string>> Beats(HttpResponseMessage upstream, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var arrived = Channel.CreateBounded<SseItem<string>>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var reading = ReadAsync(upstream, arrived.Writer, cancellation);
        var seen = new HashSet<(string, string)>();
        yield return new SseItem<string>("", "ready");
        while (!cancellation.IsCancellationRequested && !reading.IsCompleted)
        {
            if (!await AnyAsync(arrived.Reader, clock, cancellation))
            {
                yield return new SseItem<string>("", "quiet");
                continue;
            }
            seen.Clear();
            while (arrived.Reader.TryRead(out var item))
                if (seen.Add((item.EventType, item.Data)))
                    yield return new SseItem<string>(item.Data, item.EventType);
            await Task.Delay(Beat, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<bool> AnyAsync(ChannelReader<SseItem<string>> reader, TimeProvider clock, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Quiet, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            return await reader.WaitToReadAsync(both.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task ReadAsync(HttpResponseMessage upstream, ChannelWriter<SseItem<string>> writer, CancellationToken cancellation)
    {
        try
        {
            await using var body = await upstream.Content.ReadAsStreamAsync(cancellation);
            await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellation))
                await writer.WriteAsync(item, cancellation);
        }
        catch (Exception cause) when (cause is OperationCanceledException or HttpRequestException or IOException)
        {
            // The browser left or the Api did: either way this stream ends, and an open page asks again.
        }
        finally
        {
            writer.TryComplete();
        }
    }
}
