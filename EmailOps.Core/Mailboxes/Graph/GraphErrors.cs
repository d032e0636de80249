using System.Globalization;
using System.Text.Json;
using EmailOps.Core.LanguageModels;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>
/// From an error answer to a failure with words for people. Raw form:
/// <c>{"error":{"code":"ErrorAccessDenied","message":"Access is denied. ...","innerError":{"date":"...","request-id":"...","client-request-id":"..."}}}</c>
/// </summary>
internal static class GraphErrors
{
    private const int LongestText = 300;

    /// <param name="claims">Of the token it was asked with, where that matters and can be read.</param>
    public static GraphException Of(GraphAnswer answer, GraphRequest request, GraphClaims? claims)
    {
        var (code, text, requestId) = Read(answer.Body);
        requestId ??= answer.RequestId is { } header ? Printable(header) : null;
        var kind = KindOf(answer.Status, code);
        return new GraphException(kind, Sentence(kind, answer.Status, code, text, request, claims) + (requestId is null ? "" : $" (request-id {requestId})"))
        {
            Status = answer.Status,
            Code = code,
            RequestId = requestId,
            RetryAfter = answer.RetryAfter,
        };
    }

    /// <summary>An entry of a $batch has its headers in JSON.</summary>
    public static GraphException OfBatch(int status, JsonElement entry, GraphRequest request, GraphClaims? claims, TimeProvider clock)
    {
        var body = entry.TryGetProperty("body", out var b) ? JsonSerializer.SerializeToUtf8Bytes(b) : [];
        var wait = entry.TryGetProperty("headers", out var headers) && headers.ValueKind == JsonValueKind.Object && headers.TryGetProperty("Retry-After", out var after) ? after.ToString() : null;
        return Of(new GraphAnswer(status, body, ModelHttp.RetryAfter(wait, clock)), request, claims);
    }

    private static GraphFailure KindOf(int status, string? code) => status switch
    {
        401 => GraphFailure.Unauthorised,
        403 => GraphFailure.Forbidden,
        404 => GraphFailure.NotFound,
        // Some clusters answer an old delta link with 400 and the code.
        410 => GraphFailure.Resync,
        400 when code is "syncStateNotFound" or "SyncStateNotFound" or "resyncRequired" or "SyncStateInvalid" => GraphFailure.Resync,
        429 => GraphFailure.Throttled,
        503 when code is "TooManyRequests" or "ApplicationThrottled" or "ErrorTooManyRequests" => GraphFailure.Throttled,
        >= 500 => GraphFailure.ServerError,
        >= 400 => GraphFailure.Refused,
        _ => GraphFailure.BadAnswer,
    };

    private static string Sentence(GraphFailure kind, int status, string? code, string? text, GraphRequest request, GraphClaims? claims)
    {
        var said = string.Create(CultureInfo.InvariantCulture, $"Microsoft Graph answered {status}{(code is null ? "" : $" {code}")}{(string.IsNullOrEmpty(text) ? "" : $": {text.TrimEnd('.', ' ')}")}.");
        return kind switch
        {
            GraphFailure.Forbidden when request.Need is { } need => $"{said} {Missing(need, claims)}",
            GraphFailure.NotFound when code is "MailboxNotEnabledForRESTAPI" or "MailboxNotSupportedForRESTAPI" => $"{said} The user has no mailbox in Exchange Online (no licence, or it is on a server of your own).",
            GraphFailure.NotFound when code is "Request_ResourceNotFound" or "ErrorInvalidUser" or "ResourceNotFound" => $"{said} There is no such user in this directory: check the mailbox's address, or set M365_TENANT_ID.",
            GraphFailure.Throttled => $"{said} Microsoft limits how much is asked of one mailbox; it goes on by itself.",
            GraphFailure.Resync => $"{said} The folder is listed anew.",
            _ => said,
        };
    }

    /// <summary>Whether the permission is missing, or something else keeps us out.</summary>
    private static string Missing(GraphPermission need, GraphClaims? claims)
    {
        var isApp = claims?.IsApp ?? need.ForApp;
        var named = $"{need.Name} ({(isApp ? "application" : "delegated")} permission)";
        if (claims is null) return $"Needed to {need.Purpose}: {named}. {need.Fix(isApp)}";
        if (isApp && !need.ForApp) return $"Needed to {need.Purpose}: {need.Name}, which Microsoft grants to signed-in users only, not to an app alone. Sign in: emailops provider login graph.";
        if (!claims.Allows(need)) return $"The token lacks {named}, needed to {need.Purpose}; it has {(claims.Granted.Count == 0 ? "no permission" : string.Join(", ", claims.Granted.Take(20)))}. {need.Fix(isApp)}";
        return isApp
            ? $"{named} is granted, so something else keeps the app out of this mailbox: an application access policy, or a management scope of RBAC for Applications in Exchange Online."
            : $"{named} is granted, but {claims.User ?? "the signed-in user"} may not enter what was asked for: sign in as the mailbox's own user.";
    }

    private static (string? Code, string? Text, string? RequestId) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object) return default;
            var inner = error.TryGetProperty("innerError", out var i) && i.ValueKind == JsonValueKind.Object ? i : default;
            return (Text(error, "code"), Text(error, "message"), inner.ValueKind == JsonValueKind.Object ? Text(inner, "request-id") : null);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>What servers say is theirs to choose: cut, and without control characters.</summary>
    private static string? Text(JsonElement of, string name)
    {
        if (!of.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 } text) return null;
        return Printable(text);
    }

    public static string Printable(string text)
    {
        var clean = string.Concat(text.Take(LongestText).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c)).Trim();
        return text.Length > LongestText ? clean + "…" : clean;
    }
}
