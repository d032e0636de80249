using System.Net;
using System.Text.Json;
using Polly;

namespace EmailOps.Web.Calls;

/// <summary>One table from what came over the wire to what an operator reads.</summary>
internal static class ApiProblems
{
    /// <summary>Problem details are small; more than this is not ours.</summary>
    private const int MostBytes = 64 * 1024;

    public static ApiProblem Unreachable(string address, Exception cause) => new(
        ProblemKind.Unreachable,
        "The Api does not answer",
        cause is OperationCanceledException or ExecutionRejectedException
            ? $"Asked {address} and got no answer in time. It may be busy: try again in a moment."
            : $"Nobody answers at {address}. Check that EmailOps.Api runs and that services__api__http__0 names its address. No mail is lost: intake goes on when it is back.");

    public static ApiProblem Garbled(Exception cause) => new(
        ProblemKind.Failed, "The Api answered something else", $"Its answer could not be read ({cause.Message}). Check that the Api and the console are of the same version.");

    public static async Task<ApiProblem> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var (title, detail) = await WordsAsync(response, cancellation);
        return response.StatusCode switch
        {
            HttpStatusCode.Forbidden => new(
                ProblemKind.Refused, "Your role does not allow that", "Nothing was changed. Ask an administrator of EmailOps, under Access, for another role."),
            HttpStatusCode.Unauthorized => new(
                ProblemKind.KeyRefused, "The Api does not accept the console's key", "Set EMAILOPS_API_KEY to the same value for the Api and the console, then restart both."),
            HttpStatusCode.NotFound => new(ProblemKind.NotFound, "Not found", detail ?? "It does not exist, or not any more."),
            HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict => new(
                ProblemKind.Conflict, title ?? "Somebody was faster", detail ?? "It changed since you opened this page. Look at it again before you decide."),
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => new(
                ProblemKind.Failed, title ?? "The Api is busy", detail ?? "Try again in a moment."),
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => new(
                ProblemKind.Refused, title ?? "That was not accepted", detail ?? $"The Api answered {(int)response.StatusCode}."),
            _ => new(ProblemKind.Failed, title ?? "The Api failed", detail ?? $"It answered {(int)response.StatusCode}. Its log says more; the page works again when it does."),
        };
    }

    /// <summary>Title and detail of an RFC 9457 answer, when it is one.</summary>
    private static async Task<(string? Title, string? Detail)> WordsAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType is not "application/problem+json" || response.Content.Headers.ContentLength > MostBytes)
            return (null, null);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            using var json = await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
            return (Text(json.RootElement, "title"), Text(json.RootElement, "detail"));
        }
        catch (JsonException)
        {
            return (null, "It sent a problem that could not be read.");
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
