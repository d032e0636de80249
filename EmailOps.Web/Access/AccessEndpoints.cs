using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using EmailOps.Web.SignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Access;

/// <summary>What administrators order about people and keys, and everybody about the own account.</summary>
internal static class AccessEndpoints
{
    private const string People = "/access", Keys = "/access/keys", Audit = "/access/audit", Account = "/account";

    public static void MapAccessActions(this IEndpointRouteBuilder app)
    {
        var own = app.MapGroup(Account).RequireAuthorization(Permission.Viewer).RequireFormToken();
        own.MapPost("/password", ChangePassword).RequireRateLimiting(SignInLimit.Policy);
        own.MapPost("/sign-out-everywhere", SignOutEverywhere);

        var forms = app.MapGroup(People).RequireAuthorization(Permission.Admin).RequireFormToken();
        forms.MapPost("/users", Add);
        forms.MapPost("/users/{id:long}", Change);
        forms.MapPost("/users/{id:long}/invitation", Invite);
        forms.MapPost("/users/{id:long}/sign-out", async (long id, ApiClient api, Notes notes, HttpContext http)
            => Told((await api.EndSessionsAsync(id, http.RequestAborted)).Problem, "Signed out everywhere.", People, notes, http));
        forms.MapPost("/audit/verify", Verify);
        forms.MapPost("/keys", AddKey);
        forms.MapPost("/keys/{id:long}/revoke", async (long id, ApiClient api, Notes notes, HttpContext http)
            => Told((await api.RevokeKeyAsync(id, http.RequestAborted)).Problem, "Revoked. It works for half a minute more at most.", Keys, notes, http));
    }

    private static async Task<Results<RedirectHttpResult, RazorComponentResult<ShownOncePage>>> Add([FromForm] string? name, [FromForm] UserRole role, ApiClient api, SignInLinks links, Notes notes, HttpContext http)
        => Shown(await api.AddUserAsync(new AddUser(name ?? "", role), http.RequestAborted), links, notes, http);

    private static async Task<Results<RedirectHttpResult, RazorComponentResult<ShownOncePage>>> Invite(long id, ApiClient api, SignInLinks links, Notes notes, HttpContext http)
        => Shown(await api.InviteAsync(id, http.RequestAborted), links, notes, http);

    private static async Task<RedirectHttpResult> Change(long id, [FromForm] int version, [FromForm] UserRole role, [FromForm] bool disabled, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.ChangeUserAsync(id, version, new ChangeUser(role, disabled), http.RequestAborted);
        return Told(answer.Problem, answer.Ok ? $"{answer.Value.Name} is {(answer.Value.IsDisabled ? "disabled, and signed out everywhere" : $"{answer.Value.Role} now")}." : "", People, notes, http);
    }

    private static async Task<Results<RedirectHttpResult, RazorComponentResult<ShownOncePage>>> AddKey([FromForm] string? name, [FromForm] string? scope, [FromForm] int? days, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.AddKeyAsync(new AddKey(name ?? "", scope ?? "", days), http.RequestAborted);
        if (!answer.Ok) return Told(answer.Problem, "", Keys, notes, http);
        return Once($"Key for {answer.Value.Key.Name}", "It is shown this once, and only its digest is kept. It is sent as X-Api-Key.", "Key", answer.Value.Secret, Keys);
    }

    private static async Task<RedirectHttpResult> Verify(ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.VerifyAuditAsync(http.RequestAborted);
        if (answer.Ok && answer.Value.Broken is { } broken) notes.Leave(http, NoteTone.Bad, $"The audit does not hold. {broken}");
        else return Told(answer.Problem, answer.Ok ? $"The audit holds: {Words.Count(answer.Value.Checked, "entry", "entries")}. Note the head elsewhere, to tell later that nothing was cut off: {answer.Value.Head}" : "", Audit, notes, http);
        return TypedResults.Redirect(Audit);
    }

    private static async Task<RedirectHttpResult> ChangePassword([FromForm] string? old, [FromForm] string? @new, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.ChangePasswordAsync(new ChangePassword(old ?? "", @new ?? ""), http.RequestAborted);
        return Told(answer.Problem, "Changed. Your other sessions have ended.", Account, notes, http);
    }

    private static async Task<RedirectHttpResult> SignOutEverywhere(ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.SignOutEverywhereAsync(http.RequestAborted);
        if (!answer.Ok) return Told(answer.Problem, "", Account, notes, http);
        await http.SignOutAsync();
        http.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return TypedResults.Redirect("/sign-in?left=true");
    }

    private static Results<RedirectHttpResult, RazorComponentResult<ShownOncePage>> Shown(Answer<UserAdded> answer, SignInLinks links, Notes notes, HttpContext http) => answer.Ok
        ? Once($"Invitation for {answer.Value.User.Name}", $"Who opens it chooses the password. It works once, until {answer.Value.User.InvitationEnds:d MMMM, HH:mm} UTC: hand it over on a channel you trust.",
            "Link", links.Invitation(answer.Value.Invitation).ToString(), People)
        : Told(answer.Problem, "", People, notes, http);

    private static RazorComponentResult<ShownOncePage> Once(string title, string lead, string what, string secret, string back) => new(new { Title = title, Lead = lead, What = what, Secret = secret, Back = back });

    private static RedirectHttpResult Told(ApiProblem? problem, string done, string back, Notes notes, HttpContext http)
    {
        notes.Leave(http, problem is null ? NoteTone.Good : NoteTone.Bad, problem is null ? done : $"{problem.Title}. {problem.Detail}");
        return TypedResults.Redirect(back);
    }
}
