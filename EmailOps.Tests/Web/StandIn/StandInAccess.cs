using System.Collections.Concurrent;
using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Web.StandIn;

/// <summary>People and sessions, as the real Api keeps them.</summary>
internal sealed class StandInAccess
{
    public const string Password = "a few words are good";

    /// <summary>Sign-in links that were used.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> SpentLinks { get; } = new(StringComparer.Ordinal);

    /// <summary>Who is not an administrator.</summary>
    public ConcurrentDictionary<string, UserRole> Roles { get; } = new(StringComparer.Ordinal);

    /// <summary>Open sessions and whose they are.</summary>
    public ConcurrentDictionary<string, string> Sessions { get; } = new(StringComparer.Ordinal);

    public List<UserView> Users { get; } =
    [
        new(1, "Mara Ek", UserRole.Admin, true, false, StandInMail.Now.AddDays(-20), "link", StandInMail.Now, 2, null, null, 3),
        new(2, "<b>Vic</b>", UserRole.Viewer, false, false, StandInMail.Now.AddDays(-1), "Mara Ek", null, 0, StandInMail.Now.AddDays(2), null, 1),
        new(3, "Otto", UserRole.Operator, true, false, StandInMail.Now.AddDays(-3), "Mara Ek", StandInMail.Now.AddHours(-1), 0, null, StandInMail.Now.AddMinutes(9), 1),
    ];

    public List<KeyView> Keys { get; } = [new(1, "grafana", "read", StandInMail.Now.AddDays(-360), StandInMail.Now.AddDays(5), null, true)];

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost(AccessRoutes.SignIn, (PasswordSignIn asked) => asked.Password == Password ? Enter(asked.Name) : Results.Problem("Name or password are wrong.", statusCode: 422, title: "Not signed in"));
        app.MapPost(AccessRoutes.SignInByLink, (LinkSignIn asked) => asked.Password.Length < 12 ? Results.Problem("A password has at least 12 characters.", statusCode: 422, title: "Not signed in")
            : SpentLinks.TryAdd(asked.Link, asked.Ends) ? Enter(asked.Name) : Results.Problem("This link was used before.", statusCode: 409, title: "Not now"));
        app.MapPost(AccessRoutes.SignInByInvitation, (InvitationSignIn asked) => Enter("Vic"));
        app.MapGet(AccessRoutes.Session, (HttpRequest request) => Sessions.TryGetValue(Token(request), out var name)
            ? Results.Ok(new CallerView(name, Roles.GetValueOrDefault(name, UserRole.Admin), 1, StandInMail.Now.AddDays(7))) : Results.Problem("The session has ended.", statusCode: 401));
        app.MapDelete(AccessRoutes.Session, (HttpRequest request) => Sessions.TryRemove(Token(request), out _) ? Results.NoContent() : Results.NoContent());
        app.MapDelete(AccessRoutes.Sessions, () => { Sessions.Clear(); return Results.NoContent(); });
        app.MapPost(AccessRoutes.SessionPassword, (ChangePassword change) => change.Old == Password ? Results.NoContent() : Results.Problem("The old password is wrong.", statusCode: 422, title: "The password was not changed"));
        app.MapGet(AccessRoutes.Users, () => Users);
        app.MapPost(AccessRoutes.Users, (AddUser user) => Results.Created("", new UserAdded(Users[1] with { Name = user.Name, Role = user.Role }, "ei_invitation")));
        app.MapPut(AccessRoutes.User, (long id, ChangeUser change) => Users.Single(u => u.Id == id) with { Role = change.Role, IsDisabled = change.IsDisabled });
        app.MapPost(AccessRoutes.UserInvitation, (long id) => new UserAdded(Users.Single(u => u.Id == id), "ei_invitation"));
        app.MapDelete(AccessRoutes.UserSessions, (long id) => Results.NoContent());
        app.MapGet(AuditRoutes.All, (string? action) => Audit(action));
        app.MapPost(AuditRoutes.Verify, () => new AuditVerification(true, 7, 1, "ab12"));
        app.MapGet(AuditRoutes.Findings, () => new[] { new SecurityFinding(AlertSeverity.Warning, "sign-in", "ManyFailedSignIns", "", "12 failed sign-ins in the last hour.", new Dictionary<string, string>()) });
        app.MapGet(AccessRoutes.Keys, () => Keys);
        app.MapPost(AccessRoutes.Keys, (AddKey key) => Results.Created("", new KeyAdded(Keys[0] with { Name = key.Name, Scope = key.Scope }, "eo_shown-once")));
        app.MapPost(AccessRoutes.KeyRevoke, (long id) => Keys.Single(k => k.Id == id) with { RevokedAt = StandInMail.Now });
    }

    private static AuditPage Audit(string? action) => new(action == "none" ? [] :
    [
        new(9, StandInMail.Now, "Mara Ek", "user.role", "user", 3, "Otto: Viewer became Operator.", null),
        new(8, StandInMail.Now.AddMinutes(-3), "<i>x</i>", "draft.approve", "message", 10, "Approved the draft <script>alert(1)</script>", 7),
    ], action is null ? 8 : null, new AuditChainView(7, "ab12", 1, StandInMail.Now, StandInMail.Now, StandInMail.Now.AddHours(-2), 7, null));

    public static string Token(HttpRequest request) => request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal);

    private IResult Enter(string name)
    {
        var token = "es_" + Guid.NewGuid().ToString("n");
        Sessions[token] = name;
        return Results.Ok(new SignedIn(token, name, Roles.GetValueOrDefault(name, UserRole.Admin), StandInMail.Now.AddDays(7)));
    }
}
