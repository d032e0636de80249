using System.Net.Http.Headers;
using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace EmailOps.Web.Imports;

/// <summary>Mail files from a browser, and second chances for what intake could not take.</summary>
internal static class ImportEndpoints
{
    public static void MapImports(this IEndpointRouteBuilder app)
    {
        var limit = app.ServiceProvider.GetRequiredService<IOptions<WebOptions>>().Value.UploadLimitBytes;
        var forms = app.MapGroup("/import").RequireAuthorization(Permission.Operator).RequireFormToken();
        // Parts over 64 KiB are spooled to a temporary file while they arrive: memory stays flat, whatever the size.
        forms.MapPost("", Upload).WithMetadata(new RequestSizeLimitAttribute(limit)).WithFormOptions(multipartBodyLengthLimit: limit, valueCountLimit: 20_000);
        forms.MapPost("/ledger/{id:long}/retry", Retry);
    }

    private static async Task<RedirectHttpResult> Upload(HttpRequest request, ApiClient api, Notes notes, HttpContext http)
    {
        var form = await request.ReadFormAsync(http.RequestAborted);
        if (form.Files.All(file => file.Length == 0))
        {
            notes.Leave(http, NoteTone.Bad, "No file was chosen. Choose .eml files, an mbox or a zip of either.");
            return TypedResults.Redirect("/import");
        }
        using var content = new MultipartFormDataContent();
        if (form["mailbox"].ToString() is { Length: > 0 } mailbox)
            content.Add(new StringContent(mailbox), "mailbox");
        foreach (var file in form.Files)
        {
            var part = new StreamContent(file.OpenReadStream());
            part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            content.Add(part, "files", Messages.FileName.Safe(file.FileName, "mail"));
        }
        var answer = await api.UploadAsync<IReadOnlyList<ImportView>>(Reading.Plain(Routes.Imports), content, http.RequestAborted);
        if (answer.Ok)
            notes.Leave(http, Tone(answer.Value), Outcome(answer.Value));
        else
            notes.Leave(http, NoteTone.Bad, $"{answer.Problem.Title}. {answer.Problem.Detail}");
        return TypedResults.Redirect("/import");
    }

    private static async Task<RedirectHttpResult> Retry(long id, [FromForm] bool? force, ApiClient api, Notes notes, HttpContext http, [FromForm] string? returnUrl)
    {
        var answer = await api.RetryIntakeAsync(id, force ?? false, http.RequestAborted);
        if (answer.Ok)
            notes.Leave(http, answer.Value.Outcome == IntakeOutcome.Stored ? NoteTone.Good : NoteTone.Bad, $"{Words.Of(answer.Value.Outcome)}: {answer.Value.Reason}");
        else
            notes.Leave(http, NoteTone.Bad, $"{answer.Problem.Title}. {answer.Problem.Detail}");
        return TypedResults.Redirect(LocalAddress.OrHome(returnUrl ?? "/import"));
    }

    private static NoteTone Tone(IReadOnlyList<ImportView> imports) => imports.Any(import => import.Problem is not null) ? NoteTone.Bad : NoteTone.Good;

    private static string Outcome(IReadOnlyList<ImportView> imports)
    {
        var stored = Words.Count(imports.Sum(import => import.Stored), "new message", "new messages");
        var rest = new[]
        {
            Part(imports.Sum(import => import.Duplicates), "copy", "copies"),
            Part(imports.Sum(import => import.Unparsable), "unparsable", "unparsable"),
            Part(imports.Sum(import => import.Refused), "refused", "refused"),
        };
        var problems = imports.Where(import => import.Problem is not null).Select(import => $" {import.Source}: {import.Problem}");
        return $"Read {Words.Count(imports.Count, "file", "files")}: {string.Join(", ", rest.Prepend(stored).Where(part => part.Length > 0))}.{string.Concat(problems)}";
    }

    private static string Part(long count, string one, string many) => count == 0 ? "" : Words.Count(count, one, many);
}
