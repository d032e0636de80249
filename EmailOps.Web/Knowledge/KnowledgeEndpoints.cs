using System.Net.Http.Headers;
using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Knowledge;

/// <summary>The buttons of the knowledge pages. What could not be saved comes back as the same form with what was typed.</summary>
internal static class KnowledgeEndpoints
{
    private const long MostUploaded = 64 << 20;
    private const int MostNamed = 3;

    public static void MapKnowledgeActions(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup("/knowledge").RequireAuthorization(Permission.Operator).RequireFormToken();
        forms.MapPost("/save", Save);
        forms.MapPost("/preview", Preview);
        forms.MapPost("/{id:long}/delete", Delete);
        forms.MapPost("/reindex", Reindex);
        forms.MapPost("/files", Import).WithMetadata(new RequestSizeLimitAttribute(MostUploaded)).WithFormOptions(multipartBodyLengthLimit: MostUploaded, valueCountLimit: 2000);
    }

    private static async Task<IResult> Save([FromForm] ArticleFields form, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = form.Id == 0 ? await api.AddArticleAsync(form.ToSave(), http.RequestAborted) : await api.SaveArticleAsync(form.Id, form.Version, form.ToSave(), http.RequestAborted);
        if (answer.Problem is { } problem) return Page(form, problem: problem);
        notes.Leave(http, NoteTone.Good, $"Saved \"{answer.Value!.Article.Title}\". Searches find it now; new drafts cite it within seconds.");
        return TypedResults.Redirect($"/knowledge/{answer.Value.Article.Id}");
    }

    private static async Task<IResult> Preview([FromForm] ArticleFields form, ApiClient api, HttpContext http)
    {
        var answer = await api.PreviewArticleAsync(form.ToSave(), http.RequestAborted);
        return Page(form, answer.Value, answer.Problem);
    }

    private static async Task<RedirectHttpResult> Delete(long id, [FromForm] int version, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.DeleteArticleAsync(id, version, http.RequestAborted);
        notes.Leave(http, answer.Ok ? NoteTone.Good : NoteTone.Bad, answer.Ok ? "Deleted. A file it came from brings it back only when the file changes." : $"{answer.Problem!.Title}. {answer.Problem.Detail}");
        return TypedResults.Redirect(answer.Ok ? "/knowledge" : $"/knowledge/{id}");
    }

    private static async Task<RedirectHttpResult> Reindex(ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.ReindexAsync(http.RequestAborted);
        notes.Leave(http, answer.Ok ? NoteTone.Good : NoteTone.Bad, answer.Ok ? "All articles are indexed again in the background. Searches go on meanwhile." : $"{answer.Problem.Title}. {answer.Problem.Detail}");
        return TypedResults.Redirect("/knowledge");
    }

    private static async Task<RedirectHttpResult> Import(HttpRequest request, ApiClient api, Notes notes, HttpContext http)
    {
        var form = await request.ReadFormAsync(http.RequestAborted);
        if (form.Files.All(file => file.Length == 0))
        {
            notes.Leave(http, NoteTone.Bad, "No file was chosen. Choose Markdown, HTML or text files.");
            return TypedResults.Redirect("/knowledge");
        }
        using var content = new MultipartFormDataContent();
        foreach (var file in form.Files)
        {
            var part = new StreamContent(file.OpenReadStream());
            part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            content.Add(part, "files", Messages.FileName.Safe(file.FileName, "article"));
        }
        var answer = await api.ImportArticlesAsync(content, http.RequestAborted);
        if (answer.Ok) notes.Leave(http, answer.Value.Problems.Count == 0 ? NoteTone.Good : NoteTone.Bad, Outcome(answer.Value));
        else notes.Leave(http, NoteTone.Bad, $"{answer.Problem.Title}. {answer.Problem.Detail}");
        return TypedResults.Redirect("/knowledge");
    }

    private static string Outcome(KnowledgeImportView import)
    {
        var said = $"{import.Added} added, {import.Changed} changed, {import.Same} as they were.";
        if (import.Problems.Count == 0) return said;
        var named = string.Join(" ", import.Problems.Take(MostNamed).Select(p => $"{p.File}: {p.Problem}"));
        return $"{said} {import.Problems.Count} cannot be used. {named}";
    }

    private static RazorComponentResult<ArticleEditPage> Page(ArticleFields form, ArticlePreview? preview = null, ApiProblem? problem = null) =>
        new(new Dictionary<string, object?> { [nameof(ArticleEditPage.Typed)] = form, [nameof(ArticleEditPage.Id)] = form.Id, [nameof(ArticleEditPage.Preview)] = preview, [nameof(ArticleEditPage.Problem)] = problem })
        {
            StatusCode = problem?.Kind switch
            {
                null => StatusCodes.Status200OK,
                ProblemKind.Conflict => StatusCodes.Status409Conflict,
                ProblemKind.Refused => StatusCodes.Status422UnprocessableEntity,
                _ => StatusCodes.Status502BadGateway,
            },
        };
}
