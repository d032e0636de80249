using System.Globalization;
using System.Text;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Layout;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Web.Analytics;

/// <summary>Reports as files, a look for patterns, and the status page for everybody.</summary>
internal static class AnalyticsEndpoints
{
    private const int PatternDays = 30;
    private static readonly JsonSerializerOptions s_indented = new(ContractJson.Options) { WriteIndented = true };

    public static void MapAnalytics(this WebApplication app)
    {
        var files = app.MapGroup("/analytics").RequireAuthorization(Permission.Viewer);
        files.MapGet("/performance.{kind:regex(^(csv|json)$)}", Performance);
        files.MapGet("/capacity.{kind:regex(^(csv|json)$)}", Capacity);
        var forms = app.MapGroup("/analytics").RequireAuthorization(Permission.Operator).RequireFormToken();
        forms.MapPost("/patterns/analyze", Analyze);
        foreach (var path in (string[])[AnalyticsRoutes.StatusPage, AnalyticsRoutes.StatusPageTriage])
        {
            var page = app.MapGet(path, Status);
            if (string.Equals(app.Configuration[PublicStatus.AccessKey], "public", StringComparison.OrdinalIgnoreCase)) page.AllowAnonymous();
            else page.RequireAuthorization(Permission.Viewer);
        }
    }

    private static async Task<IResult> Performance(string kind, string? period, long? mailbox, ApiClient api, HttpContext http)
    {
        var answer = await api.PerformanceAsync(period ?? "day", mailbox, http.RequestAborted);
        return answer.Ok ? File(kind, $"performance-{answer.Value.Period}-{Day(answer.Value.TimeRange.End)}", answer.Value, ["at", "messages", "automatic", "seconds"],
            answer.Value.Series.Select(p => (string[])[p.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), N(p.Messages), N(p.Automatic), p.Seconds?.ToString(CultureInfo.InvariantCulture) ?? ""])) : await Away(http, answer.Problem);
    }

    private static async Task<IResult> Capacity(string kind, int? days, ApiClient api, HttpContext http)
    {
        var answer = await api.CapacityAsync(days ?? 30, http.RequestAborted);
        return answer.Ok ? File(kind, $"capacity-{Day(answer.Value.Period.End)}", answer.Value, ["day", "messages"],
            answer.Value.Daily.Select(d => (string[])[d.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), N(d.Messages)])) : await Away(http, answer.Problem);
    }

    private static async Task<RedirectHttpResult> Analyze(ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.AnalyzeAsync(PatternDays, http.RequestAborted);
        notes.Leave(http, answer.Ok ? NoteTone.Good : NoteTone.Bad, answer.Ok ? $"Looked at {answer.Value.Looked:N0} messages." : $"{answer.Problem!.Title}. {answer.Problem.Detail}");
        return TypedResults.Redirect("/analytics/patterns");
    }

    private static async Task<IResult> Status(string? format, ApiClient api, HttpContext http)
    {
        var answer = await api.PublicStatusAsync(http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        if (format == "json" || http.Request.GetTypedHeaders().Accept is [{ MediaType.Value: "application/json" }, ..])
            return answer.Ok ? TypedResults.Json(answer.Value, ContractJson.Options) : TypedResults.Problem("The status cannot be read just now.", statusCode: 503, title: "No answer");
        return new RazorComponentResult<PublicStatusPage>(new { Status = answer.Value }) { StatusCode = answer.Ok ? 200 : 503 };
    }

    private static FileContentHttpResult File<T>(string kind, string name, T report, string[] head, IEnumerable<string[]> rows) => kind == "json"
        ? TypedResults.File(JsonSerializer.SerializeToUtf8Bytes(report, s_indented), "application/json", $"{name}.json")
        : TypedResults.File(Encoding.UTF8.GetBytes(string.Join("\r\n", rows.Prepend(head).Select(r => string.Join(',', r))) + "\r\n"), "text/csv; charset=utf-8", $"{name}.csv");

    private static async Task<IResult> Away(HttpContext http, ApiProblem problem)
    {
        await ErrorPages.Away(http, problem);
        return TypedResults.Empty;
    }

    private static string N(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
