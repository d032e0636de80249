using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Web.StandIn;

/// <summary>The schedule and the backups, as the real Api tells them.</summary>
internal sealed class StandInSchedule
{
    private static readonly JobRunView s_run = new(7, "backup", StandInMail.Now.AddHours(-3), null, StandInMail.Now.AddHours(-3), StandInMail.Now.AddHours(-3).AddSeconds(12), JobOutcome.Done, 0, "emailops-1.dump: 4,211 rows in 8.1 MB.", null, "worker-<a> (7)", 12.4);

    public List<ScheduledJobView> Jobs { get; } =
    [
        new("backup", "Dumps the database.", "0 2 * * *", "0 2 * * *", true, "UTC", false, 1, StandInMail.Now.AddHours(9), false, null, null, s_run, 0, 0, s_run.FinishedAt),
        new("drift", "Measures <drift>.", "every 6h", "15 6 * * *", false, "Europe/Berlin", true, 3, null, false, null, null, s_run with { Outcome = JobOutcome.Failed, Said = "<b>No.</b>" }, 0, 2, null),
        new("reconcile", "Compares.", "30 1 * * *", "30 1 * * *", true, "UTC", false, 1, StandInMail.Now.AddHours(-2), true, null, null, null, 3, 0, null),
    ];

    public List<BackupView> Backups { get; } =
    [
        new("emailops-1.dump", "worker-<a>", "/data/backups", StandInMail.Now.AddHours(-3), "schedule", 8_100_000, 4211, 12.4, "emailops/emailops-1.dump", StandInMail.Now.AddHours(-1), true, "Whole."),
        new("emailops-0.dump", "worker-a", "/data/backups", StandInMail.Now.AddDays(-1), "Mara Ek", 8_000_000, 4100, 12, null, StandInMail.Now.AddHours(-20), false, "message has 1 rows instead of 2"),
    ];

    public List<string> Orders { get; } = [];

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(ScheduleRoutes.All, () => Jobs);
        app.MapGet(ScheduleRoutes.Job, (string name) => Jobs.Find(j => j.Name == name) is { } job ? Results.Ok(job) : Missing());
        app.MapGet(ScheduleRoutes.Runs, (string name) => Jobs.Exists(j => j.Name == name) ? Results.Ok(new[] { s_run with { Id = 9, Outcome = JobOutcome.Missed, Missed = 3, Said = "Nobody began 3 runs in time." }, s_run }) : Missing());
        app.MapPost(ScheduleRoutes.Run, (string name) => Order("run", name));
        app.MapPost(ScheduleRoutes.Pause, (string name) => Order("pause", name));
        app.MapPost(ScheduleRoutes.Resume, (string name) => Order("resume", name));
        app.MapPut(ScheduleRoutes.Job, (string name, SetSchedule set) => set.Schedule == "nonsense" ? Results.Problem("\"nonsense\" has 1 fields.", statusCode: 400, title: "The request cannot be used") : Order($"set {set.Schedule} {set.TimeZone}", name));
        app.MapGet(BackupRoutes.All, () => Backups);
        app.MapPost(PrivacyRoutes.Find, (PersonAddress person) => new PersonFound(person.Address, 3, 2, 1, 0, 4, 0, 0));
        app.MapPost(PrivacyRoutes.Export, () => Results.Bytes("PK zip"u8.ToArray(), "application/zip"));
        app.MapPost(PrivacyRoutes.Erase, (ErasePerson person) => person.Confirm == person.Address ? Results.Ok(new PersonErased(person.Address, 3, 1000, ["On the mail servers."])) : Results.Problem("confirm is not the address: nothing was erased.", statusCode: 400, title: "The request cannot be used"));
    }

    private IResult Order(string what, string name)
    {
        Orders.Add($"{what} {name}");
        return Jobs.Find(j => j.Name == name) is { } job ? Results.Ok(job) : Missing();
    }

    private static IResult Missing() => Results.Problem("There is no such job.", statusCode: 404, title: "Not found");
}
