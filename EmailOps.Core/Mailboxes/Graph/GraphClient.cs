using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using EmailOps.Core.Telemetry;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>
/// Microsoft Graph v1.0 in one name. Waits when it is told to (429, 503 with Retry-After), repeats what may be repeated, and says what went wrong as
/// <see cref="GraphException"/>. Thread-safe; one a mailbox, since Graph counts by app and mailbox.
/// </summary>
internal sealed class GraphClient(GraphAccess access, Microsoft365Options options, TimeProvider clock)
{
    private const int Attempts = 4;
    /// <summary>Guards against links that lead in circles.</summary>
    public const int MostPages = 100_000;
    /// <summary>Code of a stored link that leads to another server than Graph.</summary>
    public const string ForeignLink = "ForeignLink";
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private long _heldUntil;

    public Microsoft365Options Options => options;
    public TimeProvider Clock => clock;

    /// <returns>The JSON; undefined where Graph answers nothing (202, 204).</returns>
    public async Task<JsonElement> SendAsync(GraphRequest request, CancellationToken cancel)
    {
        var body = await BytesAsync(request, cancel);
        return body.Length == 0 ? default : Json(body);
    }

    /// <summary>The body as it is: a mail's <c>$value</c>.</summary>
    public async Task<byte[]> BytesAsync(GraphRequest request, CancellationToken cancel)
    {
        var (waited, address) = (TimeSpan.Zero, Address(request.Path));
        for (var attempt = 1; ; attempt++)
        {
            await HoldAsync(cancel);
            GraphException failure;
            try
            {
                return await OnceAsync(request, address, cancel);
            }
            catch (GraphException e)
            {
                failure = e;
            }
            if (!MayRepeat(request, failure) || attempt >= Attempts) throw failure;
            var pause = failure.RetryAfter ?? s_firstPause * Math.Pow(2, attempt - 1) * (0.75 + Random.Shared.NextDouble() * 0.5);
            if (failure.RetryAfter is not null || failure.Kind == GraphFailure.Throttled)
            {
                ProviderTelemetry.Limited(GraphTelemetry.Provider, pause);
                Hold(pause);
            }
            if (waited + pause > options.LongestWait) throw failure;
            waited += pause;
            await Task.Delay(pause, clock, cancel);
        }
    }

    /// <summary>All pages of a list, following nextLink. The last page may have a deltaLink instead.</summary>
    public async IAsyncEnumerable<JsonElement> PagesAsync(GraphRequest first, [EnumeratorCancellation] CancellationToken cancel)
    {
        var request = first;
        for (var pages = 1; ; pages++)
        {
            if (pages > MostPages) throw new GraphException(GraphFailure.BadAnswer, $"Microsoft Graph gives more than {MostPages:N0} pages of one list.");
            var page = await SendAsync(request, cancel);
            if (page.ValueKind != JsonValueKind.Object) throw new GraphException(GraphFailure.BadAnswer, "Microsoft Graph answered no list.");
            yield return page;
            if (Link(page, "@odata.nextLink") is not { } next) yield break;
            if (next == request.Path) throw new GraphException(GraphFailure.BadAnswer, "A list of Microsoft Graph names itself as its next page.");
            request = request with { Path = next };
        }
    }

    /// <summary>The entries of all pages' <c>value</c>.</summary>
    public async IAsyncEnumerable<JsonElement> ListAsync(GraphRequest first, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var page in PagesAsync(first, cancel))
        {
            foreach (var entry in Entries(page)) yield return entry;
        }
    }

    public static IEnumerable<JsonElement> Entries(JsonElement page)
    {
        if (!page.TryGetProperty("value", out var value) || value.ValueKind != JsonValueKind.Array) throw new GraphException(GraphFailure.BadAnswer, "A page of Microsoft Graph has no list in it.");
        return value.EnumerateArray();
    }

    /// <summary>A link of Graph's, if it leads to Graph: the token goes nowhere else.</summary>
    public string? Link(JsonElement page, string name)
    {
        if (!page.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
        var link = value.GetString()!;
        return IsOurs(link) ? link : throw new GraphException(GraphFailure.BadAnswer, $"Microsoft Graph gave a {name} that leads elsewhere; it is not followed.");
    }

    private bool IsOurs(string link) => Uri.TryCreate(link, UriKind.Absolute, out var uri) && uri.Scheme == options.Graph.Scheme && uri.Authority.Equals(options.Graph.Authority, StringComparison.OrdinalIgnoreCase);

    private bool MayRepeat(GraphRequest request, GraphException failure) => failure.Kind switch
    {
        _ when request.IsOnce => false,
        // Certainly not done.
        GraphFailure.Throttled => true,
        GraphFailure.Unreachable => access.RepeatsFailures,
        GraphFailure.Unanswered or GraphFailure.ServerError or GraphFailure.BadAnswer => access.RepeatsFailures && request.Method != HttpMethod.Post,
        _ => false,
    };

    private async Task<byte[]> OnceAsync(GraphRequest request, Uri address, CancellationToken cancel)
    {
        var answer = await access.Send(GraphTelemetry.Operation(request), () => Message(request, address), request.MaxBytes ?? options.MaxAnswerBytes, cancel);
        if (answer.IsGood) return answer.Body;
        if (answer.Status is >= 300 and < 400) throw new GraphException(GraphFailure.BadAnswer, $"{options.Graph.Authority} sends us elsewhere ({answer.Status}); that is not followed. Check M365_GRAPH_URL.") { Status = answer.Status };
        throw GraphErrors.Of(answer, request, answer.Status == 403 ? await ClaimsAsync(cancel) : null);
    }

    /// <summary>What the token allows, as far as it says.</summary>
    public async Task<GraphClaims?> ClaimsAsync(CancellationToken cancel) => GraphClaims.Read(await access.Token(cancel));

    private HttpRequestMessage Message(GraphRequest request, Uri address)
    {
        var message = new HttpRequestMessage(request.Method, address);
        message.Headers.TryAddWithoutValidation("client-request-id", Guid.CreateVersion7(clock.GetUtcNow()).ToString());
        message.Headers.TryAddWithoutValidation("return-client-request-id", "true");
        message.Headers.TryAddWithoutValidation("User-Agent", "EmailOps");
        if (request.Prefer.Length > 0) message.Headers.TryAddWithoutValidation("Prefer", string.Join(", ", request.Prefer));
        if (request.Mime is { } mime) message.Content = new StringContent(Convert.ToBase64String(mime.Span), Encoding.ASCII, "text/plain");
        else if (request.Body is { } body) message.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return message;
    }

    private Uri Address(string path)
    {
        if (!path.StartsWith("http", StringComparison.OrdinalIgnoreCase)) return new Uri(options.Graph, path);
        return IsOurs(path) ? new Uri(path) : throw new GraphException(GraphFailure.BadAnswer, "A stored link leads to another server than M365_GRAPH_URL; it is not followed.") { Code = ForeignLink };
    }

    private static JsonElement Json(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.Clone();
        }
        catch (JsonException failure)
        {
            throw new GraphException(GraphFailure.BadAnswer, "What Microsoft Graph answered is no whole JSON.", failure);
        }
    }

    /// <summary>Others who ask in the same name wait as well.</summary>
    private void Hold(TimeSpan pause)
    {
        var until = clock.GetTimestamp() + (long)(pause.TotalSeconds * clock.TimestampFrequency);
        if (until > Volatile.Read(ref _heldUntil)) Volatile.Write(ref _heldUntil, until);
    }

    private async Task HoldAsync(CancellationToken cancel)
    {
        var left = TimeSpan.FromSeconds((Volatile.Read(ref _heldUntil) - clock.GetTimestamp()) / (double)clock.TimestampFrequency);
        if (left <= TimeSpan.Zero) return;
        if (left > options.LongestWait) throw new GraphException(GraphFailure.Throttled, $"Microsoft Graph wants to be left alone for {left.TotalSeconds:0} s more.") { Status = 429, RetryAfter = left };
        await Task.Delay(left, clock, cancel);
    }
}
