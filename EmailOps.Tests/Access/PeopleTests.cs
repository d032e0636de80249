using System.Net;
using EmailOps.Core.Audit;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Web;

namespace EmailOps.Tests.Access;

/// <summary>Accounts, roles and sessions, through the front door.</summary>
public sealed class PeopleTests(GuardedInstallation at) : IClassFixture<GuardedInstallation>
{
    [Fact]
    public async Task The_installations_link_makes_an_administrator_and_an_invitation_makes_everybody_else()
    {
        using var owner = at.Browser();
        var link = at.NewLink();
        using var weak = await owner.SubmitAsync(link.PathAndQuery, "/sign-in", ("token", link.Query["?token=".Length..]), ("name", "Ada"), ("password", "password1234"));
        Assert.Contains("first that are guessed", await owner.FollowAsync(weak));
        using var made = await owner.SubmitAsync(link.PathAndQuery, "/sign-in", ("token", link.Query["?token=".Length..]), ("name", "Ada"), ("password", GuardedInstallation.Password));
        Assert.Equal("/", made.Headers.Location?.ToString());
        using var again = await at.Browser().SubmitAsync(at.NewLink().PathAndQuery, "/sign-in", ("token", link.Query["?token=".Length..]), ("name", "Eve"), ("password", GuardedInstallation.Password));
        Assert.Equal("/sign-in?refused=true", again.Headers.Location?.ToString());

        using var invited = await owner.SubmitAsync("/access", "/access/users", ("name", "Vic Viewer"), ("role", "Viewer"));
        var page = await invited.Content.ReadAsStringAsync();
        var start = page.IndexOf("/invitation?token=", StringComparison.Ordinal);
        var invitation = page[start..page.IndexOf('"', start)];
        using var vic = at.Browser();
        using var chosen = await vic.SubmitAsync(invitation, "/invitation", ("token", invitation["/invitation?token=".Length..]), ("password", "four words nobody guesses"));
        Assert.Equal("/", chosen.Headers.Location?.ToString());
        Assert.Contains("data-role=\"viewer\"", await vic.GetStringAsync("/account"));
        using var twice = await at.Browser().SubmitAsync(invitation, "/invitation", ("token", invitation["/invitation?token=".Length..]), ("password", GuardedInstallation.Password));
        Assert.StartsWith("/invitation", twice.Headers.Location?.ToString(), StringComparison.Ordinal);

        var audit = (await at.Owner.GetAsync<AuditPage>("/audit?take=200")).Items;
        Assert.Contains(audit, e => e is { Action: "user.create", Actor: "Ada" });
        Assert.Contains(audit, e => e is { Action: "user.create", Detail: "Added Vic Viewer as Viewer.", Actor: "Ada" });
        Assert.DoesNotContain(audit, e => e.Detail.Contains(GuardedInstallation.Password, StringComparison.Ordinal) || e.Detail.Contains("ei_", StringComparison.Ordinal) || e.Detail.Contains("es_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_of_role_a_new_password_and_disabling_reach_open_sessions_at_once()
    {
        var person = await at.PersonAsync(UserRole.Operator);
        var (first, second) = (await at.SessionAsync(person), await at.SessionAsync(person));
        using var here = at.With(first.Token);
        using var there = at.With(second.Token);
        Assert.Equal(UserRole.Operator, (await here.GetAsync<CallerView>(AccessRoutes.Session)).Role);

        person = await at.Owner.SendAsync<UserView>(HttpMethod.Put, $"/users/{person.Id}", new ChangeUser(UserRole.Viewer, false), person.Version);
        using var trigger = await here.SendAsync(HttpMethod.Post, Routes.ProcessTrigger, null);
        await ApiCaller.ProblemAsync(trigger, 403);
        using var stale = await at.Owner.SendAsync(HttpMethod.Put, $"/users/{person.Id}", new ChangeUser(UserRole.Admin, false), person.Version - 1);
        await ApiCaller.ProblemAsync(stale, 412);

        using var changed = await here.SendAsync(HttpMethod.Post, AccessRoutes.SessionPassword, new ChangePassword(GuardedInstallation.Password, "quite another few words"));
        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        await here.GetAsync<CallerView>(AccessRoutes.Session);
        using var ended = await there.Http.GetAsync(AccessRoutes.Session);
        await ApiCaller.ProblemAsync(ended, 401);
        using var old = await at.Owner.SendAsync(HttpMethod.Post, AccessRoutes.SignIn, new PasswordSignIn(person.Name, GuardedInstallation.Password));
        await ApiCaller.ProblemAsync(old, 422);

        person = (await at.Owner.GetAsync<UserView[]>(AccessRoutes.Users)).Single(u => u.Id == person.Id);
        await at.Owner.SendAsync<UserView>(HttpMethod.Put, $"/users/{person.Id}", new ChangeUser(UserRole.Viewer, true), person.Version);
        using var disabled = await here.Http.GetAsync(Routes.Messages);
        await ApiCaller.ProblemAsync(disabled, 401);
        using var refused = await at.Owner.SendAsync(HttpMethod.Post, AccessRoutes.SignIn, new PasswordSignIn(person.Name, "quite another few words"));
        await ApiCaller.ProblemAsync(refused, 422);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_all_and_a_stolen_cookie_with_it()
    {
        var person = await at.PersonAsync(UserRole.Operator);
        using var browser = await at.BrowserAsync(person);
        var elsewhere = await at.SessionAsync(person);
        using var thief = at.With(elsewhere.Token);
        await thief.GetAsync<CallerView>(AccessRoutes.Session);
        using var left = await browser.SubmitAsync("/account", "/account/sign-out-everywhere");
        Assert.Equal("/sign-in?left=true", left.Headers.Location?.ToString());
        using var ended = await thief.Http.GetAsync(AccessRoutes.Session);
        await ApiCaller.ProblemAsync(ended, 401);
    }

    [Fact]
    public async Task The_last_administrator_stays_one_also_when_two_take_each_others_role()
    {
        // On a database of its own: what is the last one depends on nobody else's test.
        await using var store = await Store.TestStore.CreateAsync(new Postgres.PostgresFixture());
        var users = store.Get<Core.Data.Access.UserStore>();
        long[] ids = [await AdminAsync("One"), await AdminAsync("Two")];
        var outcomes = await Task.WhenAll(ids.Select(id => users.ChangeAsync(id, null, new ChangeUser(UserRole.Viewer, false), "test", CancellationToken.None)));
        Assert.Single(outcomes, o => o.Outcome == Core.Data.WriteOutcome.Done);
        var left = Assert.Single(await users.AllAsync(CancellationToken.None), u => u.Role == UserRole.Admin);
        Assert.Contains("last administrator", (await users.ChangeAsync(left.Id, null, new ChangeUser(UserRole.Admin, true), "test", CancellationToken.None)).Problem, StringComparison.Ordinal);

        async Task<long> AdminAsync(string name)
        {
            var id = (await users.AddAsync(name, UserRole.Admin, "test", CancellationToken.None)).Id;
            await users.SetPasswordAsync(id, GuardedInstallation.Password, "test", CancellationToken.None);
            return id;
        }
    }

    [Fact]
    public async Task Guessing_locks_a_name_whether_anybody_has_it_or_not_also_when_all_guesses_come_at_once()
    {
        var person = await at.PersonAsync(UserRole.Viewer);
        foreach (var name in new[] { person.Name, "nobody of that name", "nobody else" })
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => at.Owner.SendAsync(HttpMethod.Post, AccessRoutes.SignIn, new PasswordSignIn(name, $"guess number {i}", "198.51.100.7"))));
            Assert.Equal(5, answers.Count(a => (int)a.StatusCode == 422));
            var locked = answers.Where(a => (int)a.StatusCode == 429).ToList();
            Assert.Equal(7, locked.Count);
            Assert.All(locked, a => Assert.InRange(a.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 900));
        }
        using var right = await at.Owner.SendAsync(HttpMethod.Post, AccessRoutes.SignIn, new PasswordSignIn(person.Name, GuardedInstallation.Password));
        await ApiCaller.ProblemAsync(right, 429);
        Assert.NotNull((await at.Owner.GetAsync<UserView[]>(AccessRoutes.Users)).Single(u => u.Id == person.Id).LockedUntil);

        var finding = Assert.Single(await at.Owner.GetAsync<SecurityFinding[]>(AuditRoutes.Findings), f => f.Component == "sign-in");
        Assert.Equal(AlertSeverity.Warning, finding.Severity);
        var failed = (await at.Owner.GetAsync<AuditPage>("/audit?action=sign-in.failed&take=200")).Items;
        Assert.Contains(failed, e => e.Actor == person.Name && e.Detail.Contains("198.51.100.7", StringComparison.Ordinal));
        Assert.DoesNotContain(failed, e => e.Detail.Contains("nobody of that name", StringComparison.Ordinal));

        await at.Store.ExecuteAsync("update sign_in_failure set locked_until = now() - interval '1 second'");
        Assert.Equal(person.Name, (await at.SessionAsync(person)).Name);
    }

    [Fact]
    public async Task Sessions_end_by_themselves_and_a_new_address_is_noticed()
    {
        var person = await at.PersonAsync(UserRole.Viewer);
        var session = await at.SessionAsync(person);
        using var caller = at.With(session.Token);
        await at.Store.ExecuteAsync($"update user_session set seen_at = now() - interval '13 hours' where user_id = {person.Id}");
        using var idle = await caller.Http.GetAsync(AccessRoutes.Session);
        await ApiCaller.ProblemAsync(idle, 401);

        await at.Owner.SendAsync<SignedIn>(HttpMethod.Post, AccessRoutes.SignIn, new PasswordSignIn(person.Name, GuardedInstallation.Password, "203.0.113.9"));
        Assert.Contains(await at.Owner.GetAsync<SecurityFinding[]>(AuditRoutes.Findings), f => f is { Severity: AlertSeverity.Info, Component: "access" } && f.Details.GetValueOrDefault("address") == "203.0.113.9");
    }

    [Theory]
    [InlineData("short", "Mara", false)]
    [InlineData("aaaaaaaaaaaaaaaa", "Mara", false)]
    [InlineData("Password1234", "Mara", false)]
    [InlineData("Mara Lindqvist1", "Mara Lindqvist", false)]
    [InlineData("quite a few words", "Mara", true)]
    public void A_password_is_long_and_not_among_the_first_guesses(string password, string name, bool good) => Assert.Equal(good, Passwords.Problem(password, name) is null);

    [Theory]
    [InlineData("emailops")]
    [InlineData("Installation")]
    [InlineData("key:grafana")]
    [InlineData(" Mara")]
    [InlineData("<b>")]
    [InlineData("")]
    public void A_name_cannot_be_that_of_the_product_or_of_a_key(string name) => Assert.NotNull(PersonName.Problem(name));
}
