using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Remote;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Mailboxes;

/// <summary>Mail providers, their breakers, and the consents of mailbox owners. Tokens never come out.</summary>
internal static class ProviderEndpoints
{
    private const int LongestReason = 500;
    private const int LongestCode = 4_000;

    public static void MapProviders(this IEndpointRouteBuilder app)
    {
        var providers = app.MapGroup("").WithTags("Mail providers");
        providers.MapGet(ProviderRoutes.All, async (ProviderStatus status, CancellationToken cancel) => TypedResults.Ok(await status.AllAsync(cancel))).Needs(Permission.Read);
        providers.MapPut(ProviderRoutes.Breaker, Force).Needs(Permission.Operate);
        providers.MapGet(ProviderRoutes.SignIn, Grant).Needs(Permission.Read);
        providers.MapPost(ProviderRoutes.SignIn, Begin).Needs(Permission.Admin);
        providers.MapPost(ProviderRoutes.Refresh, Refresh).Needs(Permission.Operate);
        providers.MapPost(ProviderRoutes.Complete, Complete).Needs(Permission.Admin);
    }

    private static async Task<Results<Ok<MailProviderView>, ProblemHttpResult>> Force(string name, ForceBreaker order, HttpContext context, ProviderStatus status, CancellationToken cancel)
    {
        if (!Enum.IsDefined(order.Force)) return ApiProblems.Invalid("force is Auto, Open or Closed.");
        if (order.Why?.Length > LongestReason) return ApiProblems.Invalid($"why has at most {LongestReason} characters.");
        return ProviderStatus.Parse(name) is { } provider ? TypedResults.Ok(await status.ForceAsync(provider, order.Force, context.Actor(), order.Why, cancel))
            : TypedResults.Problem("Mail providers are imap, gmail and graph.", statusCode: 404, title: "Not found");
    }

    private static async Task<Results<Ok<GrantView>, ProblemHttpResult>> Grant(long id, ProviderStatus status, CancellationToken cancel)
        => await status.GrantAsync(id, cancel) is { } grant ? TypedResults.Ok(grant) : ApiProblems.NotFound("sign-in of mailbox", id);

    private static async Task<Results<Ok<SignInBegun>, ProblemHttpResult>> Begin(long id, BeginSignIn asked, HttpContext context, MailboxStore mailboxes, OAuthSignIns signIns, CancellationToken cancel)
    {
        if (OAuthSignIns.RedirectProblem(asked.RedirectUri) is { } problem) return ApiProblems.Invalid(problem);
        if (await mailboxes.FindAsync(id, cancel) is not { } mailbox) return ApiProblems.NotFound("mailbox", id);
        var provider = mailbox.Settings.Provider.IsRemote() ? mailbox.Settings.Provider : mailbox.Settings.Fallback ?? MailboxProvider.Imap;
        if (!provider.IsRemote()) return ApiProblems.Conflict("This mailbox is read by IMAP, with a password. Choose Gmail or Graph as its provider first.");
        return await ToldAsync(async () => new SignInBegun((await signIns.BeginAsync(mailbox, provider, asked.RedirectUri, context.Actor(), cancel)).AbsoluteUri));
    }

    private static async Task<Results<Ok<GrantView>, ProblemHttpResult>> Complete(CompleteSignIn back, HttpContext context, ProviderStatus status, OAuthSignIns signIns, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(back.State) || back.State.Length > LongestCode || back.Code?.Length > LongestCode) return ApiProblems.Invalid("state and code are what the provider gave the browser.");
        return await ToldAsync(async () => status.View(await signIns.CompleteAsync(back, context.Actor(), cancel)));
    }

    private static async Task<Results<Ok<GrantView>, ProblemHttpResult>> Refresh(long id, GrantStore grants, MailboxTokens tokens, ProviderStatus status, CancellationToken cancel)
    {
        if (await grants.FindAsync(id, cancel) is not { } grant) return ApiProblems.NotFound("sign-in of mailbox", id);
        return await ToldAsync(async () =>
        {
            await tokens.RefreshAsync(id, grant.Address, grant.Provider, cancel);
            return (await status.GrantAsync(id, cancel))!;
        });
    }

    private static async Task<Results<Ok<T>, ProblemHttpResult>> ToldAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return TypedResults.Ok(await ask());
        }
        catch (Exception failure) when (failure is RemoteException or SecretsKeyException)
        {
            return ApiProblems.Conflict(failure.Message);
        }
    }
}
