using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Api.Problems;

/// <summary>The one table from failures to RFC 9457 problem details.</summary>
internal static class ApiProblems
{
    public static ProblemHttpResult NotFound(string what, long id) => TypedResults.Problem($"There is no {what} {id}.", statusCode: 404, title: "Not found");

    public static ProblemHttpResult Invalid(string detail) => TypedResults.Problem(detail, statusCode: 400, title: "The request cannot be used");

    public static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: 409, title: "Not now");

    public static ProblemHttpResult TooLarge(string detail) => TypedResults.Problem(detail, statusCode: 413, title: "Too large");

    public static ProblemHttpResult Of(WriteOutcome outcome, string what, long id) => outcome switch
    {
        WriteOutcome.NotFound => NotFound(what, id),
        WriteOutcome.VersionConflict => TypedResults.Problem($"Somebody changed {what} {id} since you read it. Read it again and decide anew.", statusCode: 412, title: "Changed meanwhile"),
        WriteOutcome.WrongState => TypedResults.Problem($"The {what} {id} is past the point where that can be done. Read it again to see where it stands.", statusCode: 409, title: "Too late"),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not a failure."),
    };

    public static ProblemHttpResult NoVersion() => TypedResults.Problem("Send the version you read as If-Match: \"version\".", statusCode: 428, title: "Version needed");

    /// <summary>The version in If-Match, or null: <c>"3"</c>, or the ETag of a GET, <c>"3-k2J..."</c>.</summary>
    public static int? Version(this HttpRequest request)
        => int.TryParse(request.Headers.IfMatch.ToString().Trim().Trim('"').Split('-')[0], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var version) ? version : null;

    /// <summary>What nobody expected: logged by the framework, told without inner details.</summary>
    public static void Describe(ProblemDetailsContext context)
    {
        var failure = context.HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error;
        var (status, title, detail) = failure switch
        {
            _ when StoreFailures.IsUnreachable(failure) => (503, "The store does not answer", "The database is not reachable just now; nothing was changed. Try again in a moment."),
            SecretsKeyException key => (500, "Passwords cannot be used", key.Message),
            BadHttpRequestException bad => (bad.StatusCode, "The request cannot be used", bad.Message),
            System.Text.Json.JsonException => (400, "The request cannot be used", "The body is not the JSON this call takes; see /openapi/v1.json."),
            _ => (0, "", ""),
        };
        if (status != 0)
        {
            context.HttpContext.Response.StatusCode = status;
            context.ProblemDetails = new ProblemDetails { Status = status, Title = title, Detail = detail };
        }
        context.ProblemDetails.Instance = context.HttpContext.Request.Path;
        context.ProblemDetails.Extensions["traceId"] = System.Diagnostics.Activity.Current?.Id ?? context.HttpContext.TraceIdentifier;
    }
}
