using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Graph.StandIn;

/// <param name="ClientState">Sent back with each notification: how the receiver knows that it is Graph's.</param>
internal sealed record StandInSubscription(string Id, string Resource, string NotificationUrl, string? ClientState, DateTimeOffset Until);

/// <summary>Batches, each call of which comes back through the front door, and subscriptions, whose address must answer the validation token.</summary>
internal static class StandInOther
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10_080);
    private static readonly HttpClient s_http = new();

    public static void Map(IEndpointRouteBuilder app, StandInGraph graph)
    {
        app.MapPost("/v1.0/$batch", c => BatchAsync(graph, c));
        app.MapPost("/v1.0/subscriptions", c => SubscribeAsync(graph, c));
        app.MapPatch("/v1.0/subscriptions/{id}", c => RenewAsync(graph, c));
        app.MapDelete("/v1.0/subscriptions/{id}", c => graph.Subscriptions.TryRemove((string)c.Request.RouteValues["id"]!, out _) ? Answer(c, 204) : Missing(c));
    }

    private static async Task BatchAsync(StandInGraph graph, HttpContext context)
    {
        if (await graph.Login.CallerAsync(context) is null) return;
        using var json = await JsonDocument.ParseAsync(context.Request.Body);
        var requests = json.RootElement.GetProperty("requests").EnumerateArray().ToList();
        if (requests.Count > 20)
        {
            await StandInGraph.ErrorAsync(context, 400, "BadRequest", "Number of batch requests exceeds the limit of 20.");
            return;
        }
        var responses = new JsonArray();
        foreach (var request in Enumerable.Reverse(requests)) // in any order
        {
            using var message = new HttpRequestMessage(new HttpMethod(request.GetProperty("method").GetString()!), $"{graph.Address}/v1.0{request.GetProperty("url").GetString()}");
            message.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());
            if (request.TryGetProperty("headers", out var headers) && headers.TryGetProperty("Prefer", out var prefer)) message.Headers.TryAddWithoutValidation("Prefer", prefer.GetString());
            if (request.TryGetProperty("body", out var body)) message.Content = new StringContent(body.GetRawText(), Encoding.UTF8, "application/json");
            using var answer = await s_http.SendAsync(message, context.RequestAborted);
            var text = await answer.Content.ReadAsStringAsync();
            var entry = new JsonObject { ["id"] = request.GetProperty("id").GetString(), ["status"] = (int)answer.StatusCode, ["headers"] = new JsonObject() };
            if (answer.Headers.RetryAfter is { } wait) entry["headers"]!["Retry-After"] = wait.ToString();
            if (text.Length > 0) entry["body"] = JsonNode.Parse(text);
            responses.Add(entry);
        }
        await context.Response.WriteAsync(new JsonObject { ["responses"] = responses }.ToJsonString());
    }

    private static async Task SubscribeAsync(StandInGraph graph, HttpContext context)
    {
        if (await graph.Login.CallerAsync(context) is not { } caller) return;
        using var json = await JsonDocument.ParseAsync(context.Request.Body);
        var root = json.RootElement;
        var (url, until) = (root.GetProperty("notificationUrl").GetString()!, root.GetProperty("expirationDateTime").GetDateTimeOffset());
        if (!caller.Has("Mail.Read", "Mail.ReadWrite")) await StandInGraph.ErrorAsync(context, 403, "ExtensionError", "Operation: Create; Exception: [Status Code: Forbidden; Reason: Access is denied]");
        else if (until - TimeProvider.System.GetUtcNow() > s_longest) await StandInGraph.ErrorAsync(context, 400, "ValidationError", "Subscription expiration can only be 10080 minutes in the future.");
        else
        {
            var token = $"Validation: {Guid.NewGuid()}";
            using var answer = await s_http.PostAsync($"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}validationToken={Uri.EscapeDataString(token)}", null);
            if (!answer.IsSuccessStatusCode || await answer.Content.ReadAsStringAsync() != token)
            {
                await StandInGraph.ErrorAsync(context, 400, "InvalidRequest", "Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.");
                return;
            }
            var made = new StandInSubscription(Guid.NewGuid().ToString(), root.GetProperty("resource").GetString()!, url, root.TryGetProperty("clientState", out var state) ? state.GetString() : null, until);
            graph.Subscriptions[made.Id] = made;
            context.Response.StatusCode = 201;
            await context.Response.WriteAsJsonAsync(new { id = made.Id, resource = made.Resource, notificationUrl = url, clientState = made.ClientState, expirationDateTime = made.Until });
        }
    }

    private static async Task RenewAsync(StandInGraph graph, HttpContext context)
    {
        if (await graph.Login.CallerAsync(context) is null) return;
        using var json = await JsonDocument.ParseAsync(context.Request.Body);
        if (!graph.Subscriptions.TryGetValue((string)context.Request.RouteValues["id"]!, out var known))
        {
            await Missing(context);
            return;
        }
        graph.Subscriptions[known.Id] = known with { Until = json.RootElement.GetProperty("expirationDateTime").GetDateTimeOffset() };
        await context.Response.WriteAsJsonAsync(new { id = known.Id, expirationDateTime = graph.Subscriptions[known.Id].Until });
    }

    /// <summary>Tells a subscriber that a message came.</summary>
    public static async Task<int> NotifyAsync(StandInSubscription to, string messageId, string? clientState = null)
    {
        var body = new { value = new[] { new { subscriptionId = to.Id, subscriptionExpirationDateTime = to.Until, changeType = "created", resource = $"{to.Resource}/{messageId}", clientState = clientState ?? to.ClientState, resourceData = new { id = messageId } } } };
        using var answer = await s_http.PostAsync(to.NotificationUrl, new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"));
        return (int)answer.StatusCode;
    }

    private static Task Missing(HttpContext context) => StandInGraph.ErrorAsync(context, 404, "ResourceNotFound", "The object was not found.");

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
