using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Schedules;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops schedule</c>: what is done on time, by which worker it was, and what came of it.</summary>
internal static class ScheduleCommand
{
    private const string Actor = "emailops";
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    public static Command Create(IAnsiConsole console) => new("schedule", """
        Shows and changes what workers do on time.

        Examples:
          emailops schedule list
          emailops schedule runs backup
          emailops schedule run backup --wait
          emailops schedule set backup "0 3 * * *" --time-zone Europe/Berlin
          emailops schedule set maintenance-monthly "0 10 * * TUE#1"
          emailops schedule set backup --default
          emailops schedule pause retention
        """)
    {
        List(console), Runs(console), Run(console), Order(console, "pause", "The job is run only when somebody asks, until it is resumed."), Order(console, "resume", "The job is run on time again."), Set(console),
    };

    private static Command List(IAnsiConsole console)
    {
        var json = new Option<bool>("--json") { Description = "The same as GET /schedule." };
        var command = new Command("list", "All jobs: when they are due, and how they ended last. Exit code 1 when a run was missed or a job fails.") { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var jobs = await installation.Get<ScheduleDesk>().ListAsync(cancel);
            if (parsed.GetValue(json)) Write(console, jobs);
            else Show(console, jobs);
            return jobs.Any(j => j.MissedLastDay > 0 || j.FailuresInARow > 0) ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    private static Command Runs(IAnsiConsole console)
    {
        var (name, json, take) = (Name(), new Option<bool>("--json") { Description = "The same as GET /schedule/{name}/runs." }, new Option<int>("--take") { Description = "Runs at most, 1 to 200.", DefaultValueFactory = _ => 20 });
        take.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 200) r.AddError("--take is between 1 and 200."); });
        var command = new Command("runs", "The history of a job, newest first.") { name, json, take };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var desk = installation.Get<ScheduleDesk>();
            if (await desk.FindAsync(parsed.GetValue(name)!, cancel) is null) throw Missing(parsed.GetValue(name)!);
            var runs = await desk.RunsAsync(parsed.GetValue(name)!, parsed.GetValue(take), cancel);
            if (parsed.GetValue(json)) Write(console, runs);
            else
            {
                var table = new Table().Border(TableBorder.Rounded).AddColumns("Began", "Outcome", "Took", "By", "Said");
                foreach (var run in runs) table.AddRow(Text(At(run.StartedAt)), Text(run.Outcome.ToString()), Text(Took(run.Seconds)), Text(run.AskedBy ?? "schedule"), Text(run.Said ?? run.Progress ?? ""));
                console.Write(table);
            }
            return CliHost.Done;
        });
        return command;
    }

    private static Command Run(IAnsiConsole console)
    {
        var (name, wait) = (Name(), new Option<bool>("--wait") { Description = "Stays until it has ended, and tells how. Exit code 1 when it was not done." });
        var command = new Command("run", "Has a worker run the job now.") { name, wait };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var desk = installation.Get<ScheduleDesk>();
            var before = (await desk.RunsAsync(parsed.GetValue(name)!, 1, cancel)).FirstOrDefault()?.Id ?? 0;
            var (outcome, job) = await desk.AskAsync(parsed.GetValue(name)!, Actor, cancel);
            if (job is null) throw Missing(parsed.GetValue(name)!);
            console.MarkupLineInterpolated($"{(outcome == WriteOutcome.WrongState ? "It is running already." : "Asked for; a worker begins it as soon as one is free.")}");
            if (!parsed.GetValue(wait)) return CliHost.Done;
            return await WaitAsync(console, desk, job.Name, job.Running is { } running ? running.Id - 1 : before, cancel);
        });
        return command;
    }

    private static async Task<int> WaitAsync(IAnsiConsole console, ScheduleDesk desk, string name, long after, CancellationToken cancel)
    {
        string? said = null;
        while (true)
        {
            if ((await desk.RunsAsync(name, 20, cancel)).LastOrDefault(r => r.Id > after && r.Outcome is not (JobOutcome.Missed or JobOutcome.Stopped or JobOutcome.Abandoned)) is { } run)
            {
                if (run.FinishedAt is not null)
                {
                    console.MarkupLineInterpolated($"{run.Outcome} in {Took(run.Seconds)}: {run.Said ?? ""}");
                    return run.Outcome == JobOutcome.Done ? CliHost.Done : CliHost.WithProblems;
                }
                if (run.Progress is { } progress && progress != said) console.MarkupLineInterpolated($"{said = progress}");
            }
            await Task.Delay(s_look, TimeProvider.System, cancel);
        }
    }

    private static Command Order(IAnsiConsole console, string verb, string text)
    {
        var name = Name();
        var command = new Command(verb, text) { name };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var desk = installation.Get<ScheduleDesk>();
            var (_, job) = verb == "pause" ? await desk.PauseAsync(parsed.GetValue(name)!, Actor, cancel) : await desk.ResumeAsync(parsed.GetValue(name)!, Actor, cancel);
            Show(console, [job ?? throw Missing(parsed.GetValue(name)!)]);
            return CliHost.Done;
        });
        return command;
    }

    private static Command Set(IAnsiConsole console)
    {
        var name = Name();
        var schedule = new Argument<string?>("times") { Description = "Five fields of cron, or every 15m, every 6h, every 2d.", Arity = ArgumentArity.ZeroOrOne };
        var zone = new Option<string?>("--time-zone") { Description = "An IANA name such as Europe/Berlin; without it that of the installation (Schedule__TimeZone)." };
        var back = new Option<bool>("--default") { Description = "Back to the job's own times." };
        var command = new Command("set", "Changes when a job is run.") { name, schedule, zone, back };
        command.Validators.Add(r =>
        {
            if (r.GetValue(back) == r.GetValue(schedule) is { Length: > 0 }) r.AddError("Give the times, or --default.");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            try
            {
                var (_, job) = await installation.Get<ScheduleDesk>().SetAsync(parsed.GetValue(name)!, new SetSchedule(parsed.GetValue(schedule), parsed.GetValue(zone)), null, Actor, cancel);
                Show(console, [job ?? throw Missing(parsed.GetValue(name)!)]);
            }
            catch (FormatException wrong)
            {
                throw new CommandException(wrong.Message);
            }
            return CliHost.Done;
        });
        return command;
    }

    private static void Show(IAnsiConsole console, List<ScheduledJobView> jobs)
    {
        if (jobs.Count == 0)
        {
            console.WriteLine("No job is known yet: a worker registers them when it starts.");
            return;
        }
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Job", "Times", "Next", "Last", "Said");
        foreach (var job in jobs)
        {
            var next = job.Running is { } running ? $"runs: {running.Progress ?? Took(running.Seconds)}" : job.AskedBy is { } by ? $"asked by {by}" : job.IsPaused ? "paused" : job.IsOverdue ? $"overdue since {At(job.NextRunAt)}" : At(job.NextRunAt);
            var last = job.Last is { } run ? $"{run.Outcome} {At(run.FinishedAt)}" : "never";
            table.AddRow(Text(job.Name), Text($"{job.Schedule} {job.TimeZone}"), Text(next), Text(job.MissedLastDay > 0 ? $"{last}; {job.MissedLastDay} missed" : last), Text(job.Last?.Said ?? ""));
        }
        console.Write(table);
    }

    private static Argument<string> Name() => new("job") { Description = "As emailops schedule list names it." };

    private static CommandException Missing(string name) => new($"There is no job {name}. emailops schedule list shows them; a worker registers them when it starts.");

    private static void Write<T>(IAnsiConsole console, T value) => console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(value, ContractJson.Options));

    private static string Text(string text) => Markup.Escape(text);

    private static string At(DateTimeOffset? at) => at is { } moment ? moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) : "";

    private static string Took(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s");
}
