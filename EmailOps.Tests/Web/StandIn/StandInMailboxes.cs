using System.Collections.Concurrent;
using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Web.StandIn;

/// <summary>One mailbox that is read, and a mail server where everything works but for the password "wrong".</summary>
internal static class StandInMailboxes
{
    public static readonly MailboxSettings Connected = new() { Imap = new MailServerSettings("imap.nordlicht.example.test", 993, MailSecurity.Tls), Smtp = new MailServerSettings("smtp.nordlicht.example.test", 465, MailSecurity.Tls) };

    public static void Map(IEndpointRouteBuilder app)
    {
        var mailboxes = new ConcurrentDictionary<long, MailboxSetup> { [1] = new(1, "support@nordlicht.example.test", "Support", Connected, true, false, true, 4, ["EMAIL_IMAP_HOST", "EMAIL_PASSWORD"]) };
        app.MapPost(Routes.Mailboxes, (SaveMailbox body) => body.Address == "taken@example.test"
            ? Results.Problem("There is a mailbox taken@example.test already. Change its settings instead.", statusCode: 409, title: "Not now")
            : Results.Ok(mailboxes[2] = new(2, body.Address, body.Name, body.Settings, body.ImapSecret is not null, body.SmtpSecret is not null, body.IsEnabled, 1, [])));
        app.MapGet(Routes.MailboxSettings, (long id) => mailboxes.TryGetValue(id, out var found) ? Results.Ok(found) : Missing());
        app.MapPut(Routes.MailboxSettings, (long id, SaveMailbox body, HttpRequest request) => !mailboxes.TryGetValue(id, out var found) ? Missing()
            : request.Headers.IfMatch != $"\"{found.Version}\"" ? Results.Problem("Somebody changed mailbox 1 since you read it.", statusCode: 412, title: "Changed meanwhile")
            : Results.Ok(mailboxes[id] = found with { Settings = body.Settings, IsEnabled = body.IsEnabled, Version = found.Version + 1 }));
        app.MapPost(Routes.MailboxTest, (TestMailbox body) => body.ImapSecret == "wrong"
            ? new ConnectionReport(false, [new("IMAP", "Name", true, "imap is 192.0.2.1.", null, 3), new("IMAP", "Sign-in", false, "The server does not take the credentials: <b>no</b>", "Enter the password again.", 80)])
            : new ConnectionReport(true, [new("IMAP", "Sign-in", true, $"Signed in as {body.Address}.", null, 12)]));
        app.MapPost(Routes.MailboxFind, (FindMailSettings body) => body.Address.EndsWith("@nowhere.test", StringComparison.Ordinal)
            ? new FoundSettings(null, null, true, null, "No mail server answers. Enter them under More.")
            : new FoundSettings(new MailServerSettings("imap.found.test", 993, MailSecurity.Tls), new MailServerSettings("smtp.found.test", 465, MailSecurity.Tls), false, "Found Mail", "Make an app password."));
        app.MapGet(Routes.MailboxReading, (long id) => new MailboxReading(LoopState.Watching, StandInMail.Now.AddHours(-2), StandInMail.Now.AddMinutes(-1), false, 0, null, null,
            [new FolderReading("INBOX", 1204, 1203, 1, StandInMail.Now.AddMinutes(-30), null), new FolderReading("Web", null, 0, 0, null, "The folder does not exist.")]));
        var force = BreakerForce.Auto;
        MailProviderView Gmail() => new("gmail", force != BreakerForce.Open, null, force == BreakerForce.Open ? "Held open by Mara Ek: nothing is asked of it." : null, new BreakerView(BreakerState.Closed, force, 0, null, null, null, "Mara Ek"), [new(2, "gmail@example.test", LoopState.Watching, null, null)]);
        app.MapGet(ProviderRoutes.All, () => mailboxes.Values.Any(m => m.Settings.Provider == MailboxProvider.Gmail) ? (MailProviderView[])[Gmail()] : []);
        app.MapPut(ProviderRoutes.Breaker, (string name, ForceBreaker order) =>
        {
            force = order.Force;
            return Gmail();
        });
        app.MapGet(ProviderRoutes.SignIn, (long id) => Missing());
        app.MapPost(ProviderRoutes.SignIn, (long id, BeginSignIn asked) => new SignInBegun($"https://accounts.google.test/o/oauth2/v2/auth?state=s&redirect_uri={Uri.EscapeDataString(asked.RedirectUri)}"));
        app.MapPost(ProviderRoutes.Complete, (CompleteSignIn back) => back.Code == "good"
            ? Results.Ok(new GrantView(2, "gmail@example.test", MailboxProvider.Gmail, "gmail@example.test", "", StandInMail.Now, "Mara Ek", null, null, null, null, null, "The provider names no end."))
            : Results.Problem("The consent was not given. Begin again, and allow what is asked for.", statusCode: 409, title: "Not now"));
        app.MapPost(Routes.MailboxReconcile, (long id) => Results.Accepted(null, new ReconciliationView(1, id, "Mara Ek", StandInMail.Now, null, null, 0, 0, 0, 0, null)));
    }

    private static IResult Missing() => Results.Problem("There is no mailbox.", statusCode: 404, title: "Not found");
}
