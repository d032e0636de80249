using System.Text.Json;
using EmailOps.Core.Mailboxes.Connecting;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Gmail;

/// <summary>
/// What Gmail's errors mean. Their form:
/// <c>{"error":{"code":403,"message":"Rate Limit Exceeded","errors":[{"domain":"usageLimits","reason":"rateLimitExceeded","message":"..."}],"status":"RESOURCE_EXHAUSTED"}}</c>.
/// Google sends one and the same limit as 403 or as 429.
/// </summary>
internal static class GmailErrors
{
    private static readonly TimeSpan s_day = TimeSpan.FromMinutes(30);

    /// <remarks>A fault of Google's says nothing about whether the request was carried out; a refusal does.</remarks>
    public static RemoteException Of(RemoteAnswer answer)
    {
        var (message, reason) = Read(answer.Body);
        var said = message is null ? $"status {answer.Status}" : StepList.Printable(message);
        return (answer.Status, reason) switch
        {
            (403 or 429, "dailyLimitExceeded") => Limited($"Gmail: the day's quota of this application is used up ({said}). It goes on by itself; ask Google for a larger quota if this stays.", answer.RetryAfter ?? s_day),
            (429, _) or (403, "rateLimitExceeded" or "userRateLimitExceeded" or "quotaExceeded" or "concurrentLimitExceeded" or "RATE_LIMIT_EXCEEDED") => Limited($"Gmail limits requests just now ({said}). Fewer are sent; it goes on by itself.", answer.RetryAfter),
            (401, _) => new RemoteException(RemoteFailure.SignedOut, $"Gmail does not accept the sign-in ({said}). Sign in again: in the console under Mailboxes, or with emailops provider login gmail."),
            (403, "accessNotConfigured" or "SERVICE_DISABLED") => new RemoteException(RemoteFailure.Forbidden, "The Gmail API is not switched on in the Google Cloud project of this registration. Switch it on: APIs and services, Library, Gmail API, Enable."),
            (403, "insufficientPermissions" or "ACCESS_TOKEN_SCOPE_INSUFFICIENT") => new RemoteException(RemoteFailure.Forbidden, "The consent does not cover this: the scope gmail.modify is missing (or gmail.readonly for reading, gmail.send for sending). Sign in again and leave all boxes ticked."),
            (403, "domainPolicy") => new RemoteException(RemoteFailure.Forbidden, "An administrator of this Google Workspace does not let programs read Gmail. Ask for this application to be trusted: Admin console, Security, API controls."),
            (403, _) => new RemoteException(RemoteFailure.Forbidden, $"Gmail does not allow this: {said}"),
            (400, "failedPrecondition") => new RemoteException(RemoteFailure.Forbidden, $"Gmail is not switched on for this account ({said})."),
            (404, _) => new RemoteException(RemoteFailure.NotFound, $"Gmail has no such thing: {said}"),
            ( >= 500, _) => new RemoteException(RemoteFailure.ServerError, $"Gmail has a fault of its own just now ({said}).") { MayHaveArrived = true },
            ( >= 400, _) => new RemoteException(RemoteFailure.Refused, $"Gmail refuses: {said}"),
            _ => new RemoteException(RemoteFailure.Unreachable, $"What answered is not Gmail (status {answer.Status}). Is a proxy in between?") { MayHaveArrived = true },
        };
    }

    public static RemoteException NoAnswer(Exception? inner = null) => new(RemoteFailure.Unreachable, "Gmail answered something that cannot be read. Is a proxy in between?", inner) { MayHaveArrived = true };

    private static RemoteException Limited(string text, TimeSpan? retryAfter) => new(RemoteFailure.Throttled, text) { RetryAfter = retryAfter };

    private static (string? Message, string? Reason) Read(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object) return (null, null);
            var message = Text(error, "message");
            if (error.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 && Text(list[0], "reason") is { } reason && reason != "forbidden") return (message, reason);
            // The newer form: details with an ErrorInfo.
            if (error.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Array)
                foreach (var detail in details.EnumerateArray())
                    if (Text(detail, "reason") is { } named) return (message, named);
            return (message, null);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Text(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
