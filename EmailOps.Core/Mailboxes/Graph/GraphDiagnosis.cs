using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Connecting;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>What the app registration has and what it needs: from the token's own words, and by asking for what we will ask for. Nothing is changed or sent.</summary>
internal sealed class GraphDiagnosis(GraphHttp http, GraphLogin login, Microsoft365Options options, TimeProvider clock)
{
    /// <summary>Graph's own number, which tokens may carry as their audience in place of its address.</summary>
    private const string GraphAppId = "00000003-0000-0000-c000-000000000000";
    private const string SignInStep = "Sign-in", TokenStep = "Token";

    /// <summary>What a mailbox with these settings needs.</summary>
    public static IReadOnlyList<GraphPermission> NeedsOf(MailboxSettings settings)
        => settings.AfterStored == AfterStored.Leave ? [GraphPermission.MailRead, GraphPermission.MailSend] : [GraphPermission.MailReadWrite, GraphPermission.MailSend];

    /// <summary>What escalations to Teams need. Microsoft has users post into chats, never apps alone.</summary>
    public static IReadOnlyList<GraphPermission> TeamsNeeds { get; } = [GraphPermission.UserRead, GraphPermission.ChatCreate, GraphPermission.ChatSend];

    /// <summary>The way to both servers, without signing in.</summary>
    public async Task<bool> ReachAsync(StepList steps, CancellationToken cancel)
        => await new HostCheck(steps, options.Login).RunAsync(cancel) && (options.Login.Authority == options.Graph.Authority || await new HostCheck(steps, options.Graph).RunAsync(cancel));

    /// <summary>The app signs in with a new token, so that consent given a moment ago counts.</summary>
    /// <returns>Null when it cannot, which then is the last step.</returns>
    public async Task<GraphAccess?> SignInAsync(StepList steps, string tenant, CancellationToken cancel)
    {
        if (!options.HasSecret)
        {
            steps.Fail(SignInStep, $"{(string.IsNullOrWhiteSpace(options.ClientId) ? "M365_CLIENT_ID" : "EMAILBOT_M365_CLIENT_SECRET")} is not set.", "Make an app registration as docs/providers/microsoft365.md tells, and set M365_CLIENT_ID, EMAILBOT_M365_CLIENT_SECRET and M365_TENANT_ID.");
            return null;
        }
        var signIn = login.App(tenant);
        await signIn.RefusedAsync(cancel);
        var access = http.Access(signIn.Name, signIn.TokenAsync);
        return await TokenAsync(steps, access, cancel) ? access : null;
    }

    /// <summary>A token can be had, and is for this Graph.</summary>
    public async Task<bool> TokenAsync(StepList steps, GraphAccess access, CancellationToken cancel)
    {
        string token;
        try
        {
            token = await access.Token(cancel);
        }
        catch (GraphException failure)
        {
            steps.Fail(SignInStep, failure.Message, failure.Kind == GraphFailure.SignIn ? "What to change stands at the end of the message." : "Try again in a few minutes; if it stays, run: emailops provider diagnose m365");
            return false;
        }
        var claims = GraphClaims.Read(token);
        steps.Pass(SignInStep, claims is null ? "A token was given; what it allows cannot be read." : $"Signed in {(claims.IsApp ? "as the app" : $"as {claims.User ?? "a user"}")}{(claims.Tenant is { } tenant ? $" of directory {tenant}" : "")}{(claims.Until is { } until ? $", until {until:HH:mm} UTC" : "")}.");
        if (claims?.Audience is not { } audience || audience == GraphAppId || audience.TrimEnd('/').Equals(options.GraphUrl.TrimEnd('/'), StringComparison.OrdinalIgnoreCase)) return true;
        steps.Fail(TokenStep, $"The token is for {audience}, not for {options.GraphUrl}.", "Set M365_GRAPH_URL and M365_LOGIN_URL to addresses of the same cloud.");
        return false;
    }

    /// <summary>One step a permission: granted, or which is missing and what it is for.</summary>
    /// <param name="opens">The mailboxes could be opened: then Exchange itself lets the app in (RBAC for Applications), which no token tells.</param>
    public static async Task PermissionsAsync(StepList steps, GraphAccess access, IReadOnlyList<GraphPermission> needs, bool opens, CancellationToken cancel)
    {
        if (GraphClaims.Read(await access.Token(cancel)) is not { } claims) return;
        foreach (var need in needs.DistinctBy(n => n.Name))
        {
            if (claims.IsApp && !need.ForApp) steps.Fail(need.Name, $"It is needed to {need.Purpose}, and Microsoft grants it to signed-in users only, never to an app alone.", "Sign in as the user who posts: emailops provider login graph.");
            else if (claims.Allows(need)) steps.Pass(need.Name, $"Granted: we may {need.Purpose}.");
            else if (opens && claims.IsApp && !claims.Granted.Any(g => g.StartsWith("Mail.", StringComparison.Ordinal)) && need.Name.StartsWith("Mail.", StringComparison.Ordinal))
                steps.Pass(need.Name, $"Not in the token, and the mailbox can be opened: Exchange lets the app in by RBAC for Applications. See there that Application {need.Name} is assigned; it is needed to {need.Purpose}.");
            else steps.Fail(need.Name, $"Missing: it is needed to {need.Purpose}. The {(claims.IsApp ? "app" : "user")} has {(claims.Granted.Count == 0 ? "no permission" : string.Join(", ", claims.Granted.Take(20)))}.", need.Fix(claims.IsApp));
        }
        var more = claims.Granted.Where(g => !needs.Any(n => n.IsIn([g])) && g is not ("openid" or "profile" or "email" or "offline_access" or "User.Read")).Take(20).ToArray();
        if (more.Length > 0) steps.Pass("Least privilege", $"Granted and not needed for this: {string.Join(", ", more)}.");
    }

    /// <summary>Opens the inbox as reading will: what keeps the app out of this mailbox shows here and nowhere before.</summary>
    /// <returns>Whether it can be opened.</returns>
    public async Task<bool> MailboxAsync(StepList steps, GraphAccess access, string address, CancellationToken cancel)
    {
        var client = new GraphClient(access, options, clock);
        try
        {
            var inbox = await client.SendAsync(GraphRequest.Get($"users/{Uri.EscapeDataString(address)}/mailFolders/inbox?$select=id,displayName,totalItemCount", GraphPermission.MailRead), cancel);
            steps.Pass("Mailbox", $"{address} can be opened{(inbox.TryGetProperty("totalItemCount", out var count) ? $"; its inbox has {count} messages" : "")}.");
            return true;
        }
        catch (GraphException failure)
        {
            steps.Fail("Mailbox", failure.Message, failure.Kind switch
            {
                GraphFailure.Forbidden => "Grant what the message names, or let the app into this mailbox (docs/providers/microsoft365.md, Only these mailboxes).",
                GraphFailure.NotFound => "Check the address; shared mailboxes are addressed by their own address.",
                GraphFailure.Throttled => "Microsoft limits us just now; try again later.",
                _ => "Try again in a few minutes.",
            });
            return false;
        }
    }
}
