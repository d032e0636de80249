using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Checking;
using EmailOps.Core.Mailboxes.Connecting;
using EmailOps.Core.Mailboxes.Graph;

namespace EmailOps.Core.Data.Checks;

/// <summary>Teams through Graph: somebody signed in who may open chats and post into them.</summary>
internal sealed class TeamsCheck(TeamsAccess teams, GraphDiagnosis graph, Microsoft365Options options, TimeProvider clock) : IConfigurationCheck
{
    private const string Nobody = "M365_TEAMS is set, and nobody has signed in who may post into chats.";
    private const string SignIn = "Sign in as the user who is to post: emailops provider login graph ADDRESS. Microsoft lets no app post into chats in its own name.";

    public string Name => "teams";

    public async Task<ValidationView> CheckAsync(CancellationToken cancel)
    {
        var user = await teams.FindAsync(cancel);
        if (user is null) return options.Teams ? new ValidationView(ValidationView.Invalid, Nobody, SignIn) : new ValidationView(ValidationView.NotConfigured, "No escalation of this installation goes to Teams through Microsoft Graph.");
        var steps = await StepsAsync(user, reach: false, cancel);
        var parts = Microsoft365Check.Parts(steps.Steps);
        var failed = steps.Steps.FirstOrDefault(s => !s.Ok);
        return new ValidationView(ValidationView.WorstOf(parts), failed?.Detail ?? $"{user.Account} may open chats and post into them.", failed?.Fix, parts);
    }

    /// <summary>The same step by step, with the way there.</summary>
    public async Task<StepList> StepsAsync(CancellationToken cancel)
    {
        if (await teams.FindAsync(cancel) is { } user) return await StepsAsync(user, reach: true, cancel);
        var steps = new StepList("Teams", clock);
        if (await graph.ReachAsync(steps, cancel)) steps.Fail("Sign-in", options.Teams ? Nobody : "Teams is not set up through Microsoft Graph.", $"Set M365_TEAMS=true. {SignIn}");
        return steps;
    }

    private async Task<StepList> StepsAsync(TeamsUser user, bool reach, CancellationToken cancel)
    {
        var steps = new StepList("Teams", clock);
        if (reach && !await graph.ReachAsync(steps, cancel)) return steps;
        if (await graph.TokenAsync(steps, user.Access, cancel)) await GraphDiagnosis.PermissionsAsync(steps, user.Access, GraphDiagnosis.TeamsNeeds, opens: false, cancel);
        return steps;
    }
}
