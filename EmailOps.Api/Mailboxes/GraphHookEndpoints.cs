using System.Text.Json;
using EmailOps.Api.Keys;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;

namespace EmailOps.Api.Mailboxes;

/// <summary>
/// Change notifications of Microsoft Graph. Anybody can call it, so it believes nothing but the client state, does nothing but wake a loop, and answers the same whatever came.
/// Raw form: <c>{"value":[{"subscriptionId":"...","clientState":"...","changeType":"created","resource":"...","resourceData":{"id":"..."}}]}</c>
/// </summary>
internal static class GraphHookEndpoints
{
    private const int LongestToken = 2_000, MostNotifications = 1_000, MostBytes = 512 * 1024, LongestField = 200;

    public static void MapGraphHook(this IEndpointRouteBuilder app) => app.MapPost(GraphRoutes.Hook, NotifyAsync).WithTags("Mailboxes").Anyone();

    private static async Task<IResult> NotifyAsync(HttpRequest request, GraphSubscriptions subscriptions, CancellationToken cancel)
    {
        // The handshake when a subscription is made. Plain text, so that no browser takes it for a page.
        if (request.Query["validationToken"].FirstOrDefault() is { } token)
            return token.Length is > 0 and <= LongestToken ? TypedResults.Text(token, "text/plain") : TypedResults.BadRequest();
        if (request.ContentLength is null or > MostBytes) return TypedResults.StatusCode(StatusCodes.Status413PayloadTooLarge);
        try
        {
            using var json = await JsonDocument.ParseAsync(request.Body, cancellationToken: cancel);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("value", out var list) && list.ValueKind == JsonValueKind.Array)
                await subscriptions.WakeAsync([.. list.EnumerateArray().Take(MostNotifications).Select(n => (Text(n, "subscriptionId"), Text(n, "clientState"))).Where(n => n is { Item1: not null, Item2: not null }).Select(n => (n.Item1!, n.Item2!))], cancel);
        }
        catch (JsonException)
        {
            return TypedResults.BadRequest();
        }
        return TypedResults.Accepted((string?)null);
    }

    private static string? Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= LongestField } text ? text : null;
}
