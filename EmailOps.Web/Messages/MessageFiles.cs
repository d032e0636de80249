using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Layout;
using EmailOps.Web.Security;
using Microsoft.Net.Http.Headers;

namespace EmailOps.Web.Messages;

/// <summary>Bytes of strangers: the HTML view for the sandboxed frame, attachments and raw mail as downloads, never as pages.</summary>
internal static class MessageFiles
{
    /// <summary>HTML beyond this is a download, not a view; guards the memory of the console.</summary>
    private const int MostHtmlBytes = 32 * 1024 * 1024;

    public static void MapMessageFiles(this IEndpointRouteBuilder app)
    {
        var files = app.MapGroup("").RequireAuthorization(Permission.Viewer);
        files.MapGet("/messages/{id:long}/html", Html);
        files.MapGet("/messages/{id:long}/raw", (long id, ApiClient api, HttpContext http) =>
            Download(api, http, Reading.At(Routes.MessageRaw, id), string.Create(CultureInfo.InvariantCulture, $"message-{id}.eml")));
        files.MapGet("/messages/{id:long}/attachments/{index:int:min(0)}", (long id, int index, ApiClient api, HttpContext http) =>
            Download(api, http, Reading.At(Routes.Attachment, id).Replace("{index:int}", index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), $"attachment-{index}"));
        files.MapGet("/import/ledger/{id:long}/raw", (long id, ApiClient api, HttpContext http) =>
            Download(api, http, Reading.At(Routes.IntakeRaw, id), string.Create(CultureInfo.InvariantCulture, $"intake-{id}.eml")));
    }

    private static async Task Html(long id, ApiClient api, HttpContext http)
    {
        var answer = await api.OpenAsync(Reading.At(Routes.MessageHtml, id), "text/html", http.RequestAborted);
        http.Response.Headers.ContentSecurityPolicy = SecurityHeaders.MailPolicy;
        http.Response.Headers.XFrameOptions = "SAMEORIGIN";
        http.Response.ContentType = "text/html; charset=utf-8";
        if (!answer.Ok)
        {
            await Instead(http, answer.Problem.Kind == ProblemKind.NotFound ? StatusCodes.Status404NotFound : StatusCodes.Status502BadGateway, "This message cannot be shown as HTML just now.");
            return;
        }
        using var response = answer.Value;
        try
        {
            await response.Content.LoadIntoBufferAsync(MostHtmlBytes, http.RequestAborted);
        }
        catch (HttpRequestException)
        {
            await Instead(http, StatusCodes.Status502BadGateway, $"The HTML of this message is over {MostHtmlBytes / 1024 / 1024} MiB or broke off. Read it as text, or download the raw message.");
            return;
        }
        var html = await response.Content.ReadAsByteArrayAsync(http.RequestAborted);
        MailHtml.Disarm(html);
        await http.Response.Body.WriteAsync(html, http.RequestAborted);
    }

    private static Task Instead(HttpContext http, int status, string words)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync($"<p>{words}</p>", http.RequestAborted);
    }

    /// <summary>Passes bytes on as a file to keep: whatever they claim to be, no browser shows or runs them.</summary>
    private static async Task Download(ApiClient api, HttpContext http, string path, string fallbackName)
    {
        var answer = await api.OpenAsync(path, "*/*", http.RequestAborted);
        if (!answer.Ok)
        {
            await (answer.Problem.Kind == ProblemKind.NotFound ? ErrorPages.NotFound(http) : ErrorPages.Away(http, answer.Problem));
            return;
        }
        using var response = answer.Value;
        var disposition = response.Content.Headers.ContentDisposition;
        http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileNameStar = FileName.Safe(disposition?.FileNameStar ?? disposition?.FileName, fallbackName) }.ToString();
        http.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = response.Content.Headers.ContentLength;
        await response.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
