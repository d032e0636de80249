using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Api.Requests;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Mail.Containers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Api.Intake;

/// <summary>Uploads: one or many files (.eml, mbox, zip), read as they stand, stored like everything that intake stores.</summary>
internal static class ImportEndpoints
{
    /// <summary>Bytes of one upload request; larger mailboxes go by <c>emailops import PATH</c>.</summary>
    public const long MaxUploadBytes = 2L << 30;
    /// <summary>Files and fields of one upload request. Guards memory and open files.</summary>
    private const int MaxFiles = 5_000;
    private static readonly FormOptions Form = new() { MultipartBodyLengthLimit = MaxUploadBytes, ValueCountLimit = MaxFiles };

    public static void MapImports(this IEndpointRouteBuilder app)
    {
        var imports = app.MapGroup("").WithTags("Intake");
        imports.MapGet(Routes.Imports, List).Needs(Permission.Read);
        imports.MapPost(Routes.Imports, Upload).Needs(Permission.Operate).DisableAntiforgery()
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxUploadBytes));
    }

    private static async Task<Ok<ImportView[]>> List(string? cursor, int? take, HttpContext context, IDbContextFactory<EmailOpsDb> databases, TimeProvider clock, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var (most, before) = (Math.Clamp(take ?? 100, 1, 500), Paging.Before(cursor));
        var runs = await db.Imports.AsNoTracking().Where(i => i.Id < before).OrderByDescending(i => i.Id).Take(most).ToListAsync(cancel);
        Paging.Next(context, runs, most, i => i.Id);
        return TypedResults.Ok(runs.Select(r => r.View(clock.GetUtcNow())).ToArray());
    }

    private static async Task<Results<Ok<ImportView[]>, ProblemHttpResult>> Upload(HttpRequest request, Importer importer, IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
    {
        if (!request.HasFormContentType) return ApiProblems.Invalid("Send the files as multipart/form-data, for example: curl -F files=@mail.eml.");
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(Form, cancel);
        }
        catch (InvalidDataException failure)
        {
            return ApiProblems.TooLarge($"The upload cannot be read: {failure.Message} Larger mailboxes go by: emailops import PATH.");
        }
        catch (IOException failure) when (failure is not BadHttpRequestException && !cancel.IsCancellationRequested)
        {
            return ApiProblems.Invalid("The upload ended before its last part was complete. Send it again.");
        }
        if (form.Files.Count == 0) return ApiProblems.Invalid("No file was sent. Choose at least one .eml, mbox or zip file.");
        if (await MailboxAsync(form["mailbox"], databases, cancel) is not { } mailbox)
            return ApiProblems.Invalid(string.IsNullOrWhiteSpace(form["mailbox"]) ? "There is no mailbox yet. A worker makes the first one when it starts." : "There is no such mailbox; leave mailbox out to use the first one.");

        var views = new List<ImportView>();
        foreach (var file in form.Files)
        {
            await using var stream = file.OpenReadStream();
            using var container = MailContainer.Open(stream, file.FileName, importer.Limits);
            // An upload that was received is stored even if the browser goes away meanwhile.
            views.Add(await importer.RunAsync(container, file.FileName, mailbox, null, CancellationToken.None));
        }
        return TypedResults.Ok(views.ToArray());
    }

    private static async Task<long?> MailboxAsync(string? asked, IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        if (string.IsNullOrWhiteSpace(asked)) return await db.Mailboxes.OrderBy(m => m.Id).Select(m => (long?)m.Id).FirstOrDefaultAsync(cancel);
        return long.TryParse(asked, System.Globalization.CultureInfo.InvariantCulture, out var id) && await db.Mailboxes.AnyAsync(m => m.Id == id, cancel) ? id : null;
    }
}
