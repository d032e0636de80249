using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Backups;
using EmailOps.Core.Data.Privacy;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Privacy;

/// <summary>What one person may ask of us: what is stored, a copy of it, and that it goes. For admins.</summary>
internal static class PrivacyEndpoints
{
    public static void MapPrivacy(this IEndpointRouteBuilder app)
    {
        var privacy = app.MapGroup("").WithTags("Privacy").Needs(Permission.Admin);
        privacy.MapPost(PrivacyRoutes.Find, Find);
        privacy.MapPost(PrivacyRoutes.Export, Export);
        privacy.MapPost(PrivacyRoutes.Erase, Erase);
    }

    private static async Task<Results<Ok<PersonFound>, ProblemHttpResult>> Find(PersonAddress person, PersonData data, CancellationToken cancel)
    {
        try
        {
            return TypedResults.Ok(await data.FindAsync(person.Address, cancel));
        }
        catch (FormatException wrong)
        {
            return ApiProblems.Invalid(wrong.Message);
        }
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> Export(PersonAddress person, HttpContext http, PersonData data, CancellationToken cancel)
    {
        var path = Path.Combine(Path.GetTempPath(), $"emailops-{Guid.NewGuid():n}.zip");
        try
        {
            await data.ExportAsync(person.Address, path, http.Actor(), cancel);
            // Gone with the answer, whatever becomes of it.
            return TypedResults.File(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous), "application/zip", "person.zip");
        }
        catch (FormatException wrong)
        {
            return ApiProblems.Invalid(wrong.Message);
        }
        catch (Exception)
        {
            File.Delete(path);
            throw;
        }
    }

    private static async Task<Results<Ok<PersonErased>, ProblemHttpResult>> Erase(ErasePerson person, HttpContext http, PersonData data)
    {
        try
        {
            if (PersonData.Clean(person.Address) != PersonData.Clean(person.Confirm)) return ApiProblems.Invalid("confirm is not the address: nothing was erased.");
            // Begun, it goes on though the caller leaves.
            return TypedResults.Ok(await data.EraseAsync(person.Address, http.Actor(), _ => { /* Only the result is told. */ }, CancellationToken.None));
        }
        catch (FormatException wrong)
        {
            return ApiProblems.Invalid(wrong.Message);
        }
        catch (BackupException notNow)
        {
            return ApiProblems.Conflict(notNow.Message);
        }
    }
}
