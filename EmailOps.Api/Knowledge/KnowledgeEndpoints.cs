using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Articles;
using EmailOps.Core.Knowledge;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Api.Knowledge;

/// <summary>Asking the knowledge base, filling it from files, and how far its index is.</summary>
internal static class KnowledgeEndpoints
{
    private const int Taken = 8;
    /// <summary>Files of one upload; folders with more are imported by the command line.</summary>
    private const int MostFiles = 2000;
    private const long MostBytes = 64 << 20;
    private static readonly FormOptions s_form = new() { MultipartBodyLengthLimit = MostBytes, ValueCountLimit = MostFiles };

    public static void MapKnowledge(this IEndpointRouteBuilder app)
    {
        var knowledge = app.MapGroup("").WithTags("Knowledge");
        knowledge.MapGet(Routes.KnowledgeSearch, Search).Needs(Permission.Read);
        knowledge.MapGet(Routes.KnowledgeIndex, Status).Needs(Permission.Read);
        knowledge.MapPost(Routes.KnowledgeIndex, Reindex).Needs(Permission.Operate);
        // No form token: callers show a key that browsers do not send by themselves.
        knowledge.MapPost(Routes.KnowledgeImports, Import).Needs(Permission.Operate).DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MostBytes));
    }

    private static async Task<Results<Ok<KnowledgeAnswer>, ProblemHttpResult>> Search(string? q, string? language, int? take, KnowledgeSearch search, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(q)) return ApiProblems.Invalid("Say what to look for: ?q=words.");
        if (!string.IsNullOrEmpty(language) && !ArticleRules.IsLanguage(language)) return ApiProblems.Invalid("The language is written as en, de, fr, ...; leave it out to have it detected.");
        return TypedResults.Ok(await search.AskAsync(q, string.IsNullOrEmpty(language) ? null : language.ToLowerInvariant(), Math.Clamp(take ?? Taken, 1, KnowledgeSearch.MostTaken), cancel));
    }

    private static async Task<Ok<KnowledgeIndexView>> Status(KnowledgeIndexer indexer, CancellationToken cancel) => TypedResults.Ok(await indexer.StatusAsync(cancel));

    private static async Task<Accepted<KnowledgeIndexView>> Reindex(HttpContext context, KnowledgeIndexer indexer, CancellationToken cancel)
    {
        await indexer.RequestAsync(context.Actor(), cancel);
        return TypedResults.Accepted(Routes.KnowledgeIndex, await indexer.StatusAsync(cancel));
    }

    private static async Task<Results<Ok<KnowledgeImportView>, ProblemHttpResult>> Import(HttpContext context, ArticleImport import, CancellationToken cancel)
    {
        if (!context.Request.HasFormContentType) return ApiProblems.Invalid("Send the files as multipart/form-data, for example: curl -F files=@returns.en.md.");
        IFormFileCollection files;
        try
        {
            files = (await context.Request.ReadFormAsync(s_form, cancel)).Files;
        }
        catch (InvalidDataException failure)
        {
            return ApiProblems.TooLarge($"The upload cannot be read: {failure.Message} Import a large folder with: emailops knowledge import FOLDER");
        }
        if (files.Count == 0) return ApiProblems.Invalid("There is no file. Send Markdown, HTML or text files in the form field \"files\".");
        if (files.Count > MostFiles) return ApiProblems.TooLarge($"These are more than {MostFiles:N0} files. Import the folder with: emailops knowledge import FOLDER");
        var read = new List<(string, byte[])>();
        List<FileProblem> unusable = [];
        foreach (var file in files)
        {
            // A name may carry a path of the sender's machine.
            var name = Path.GetFileName(file.FileName.Replace('\\', '/'));
            if (!KnowledgeFolder.IsArticle(name)) unusable.Add(new FileProblem(name, "only .md, .html and .txt files can be articles. Rename or convert it."));
            else if (file.Length > KnowledgeFolder.MostBytes) unusable.Add(new FileProblem(name, $"it is larger than {KnowledgeFolder.MostBytes / 1024 / 1024} MB. Split it."));
            else
            {
                using var bytes = new MemoryStream((int)file.Length);
                await file.CopyToAsync(bytes, cancel);
                read.Add((name, bytes.ToArray()));
            }
        }
        var contents = KnowledgeFolder.Read(read);
        return TypedResults.Ok(await import.RunAsync(contents with { Problems = [.. unusable, .. contents.Problems] }, context.Actor(), ImportMode.Asked, cancel));
    }
}
