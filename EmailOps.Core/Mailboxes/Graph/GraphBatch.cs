using System.Globalization;
using System.Text.Json;
using EmailOps.Core.Telemetry;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>Several calls in one request (JSON batching): 20 at most, answered in any order, each with its own status, each throttled by itself.</summary>
internal static class GraphBatch
{
    /// <summary>Graph's limit.</summary>
    public const int Most = 20;
    private const int Rounds = 5;

    /// <param name="answered">Told of each answer with a body, by its place in what was asked.</param>
    /// <returns>In the order asked: null where it was done, else why not.</returns>
    public static async Task<GraphException?[]> RunAsync(GraphClient client, IReadOnlyList<GraphRequest> requests, CancellationToken cancel, Action<int, JsonElement>? answered = null)
    {
        var results = new GraphException?[requests.Count];
        var open = Enumerable.Range(0, requests.Count).ToList();
        for (var round = 1; open.Count > 0; round++)
        {
            var again = new List<int>();
            foreach (var part in open.Chunk(Most))
            {
                await PartAsync(client, requests, part, results, answered, cancel);
                again.AddRange(part.Where(i => results[i] is { Kind: GraphFailure.Throttled }));
            }
            if (again.Count == 0 || round >= Rounds) break;
            var pause = again.Max(i => results[i]!.RetryAfter) ?? TimeSpan.FromSeconds(round);
            ProviderTelemetry.Limited(GraphTelemetry.Provider, pause);
            if (pause > client.Options.LongestWait) break;
            await Task.Delay(pause, client.Clock, cancel);
            open = again;
        }
        return results;
    }

    private static async Task PartAsync(GraphClient client, IReadOnlyList<GraphRequest> requests, int[] part, GraphException?[] results, Action<int, JsonElement>? answered, CancellationToken cancel)
    {
        var body = new { requests = part.Select(i => Entry(i, requests[i])).ToArray() };
        var answer = await client.SendAsync(GraphRequest.Post("$batch", body), cancel);
        foreach (var i in part) results[i] = new GraphException(GraphFailure.BadAnswer, "Microsoft Graph left a call of a batch unanswered.");
        if (!answer.TryGetProperty("responses", out var responses) || responses.ValueKind != JsonValueKind.Array) throw new GraphException(GraphFailure.BadAnswer, "A batch of Microsoft Graph has no responses.");
        var claims = responses.EnumerateArray().Any(r => r.TryGetProperty("status", out var s) && s.ValueKind == JsonValueKind.Number && s.GetDouble() == 403) ? await client.ClaimsAsync(cancel) : null;
        foreach (var entry in responses.EnumerateArray())
        {
            if (!entry.TryGetProperty("id", out var id) || !int.TryParse(id.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var i) || !part.Contains(i)) continue;
            if (!entry.TryGetProperty("status", out var s) || s.ValueKind != JsonValueKind.Number || !s.TryGetInt32(out var status)) continue;
            results[i] = status is >= 200 and < 300 ? null : GraphErrors.OfBatch(status, entry, requests[i], claims, client.Clock);
            if (results[i] is null && entry.TryGetProperty("body", out var got)) answered?.Invoke(i, got);
        }
    }

    private static Dictionary<string, object> Entry(int i, GraphRequest request)
    {
        var entry = new Dictionary<string, object> { ["id"] = i.ToString(CultureInfo.InvariantCulture), ["method"] = request.Method.Method, ["url"] = "/" + request.Path };
        var headers = new Dictionary<string, string>();
        if (request.Prefer.Length > 0) headers["Prefer"] = string.Join(", ", request.Prefer);
        if (request.Body is { } body)
        {
            entry["body"] = body;
            headers["Content-Type"] = "application/json";
        }
        if (headers.Count > 0) entry["headers"] = headers;
        return entry;
    }
}
