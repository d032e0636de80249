using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Assessments;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary>Does an evaluation or a replay in this process, with a bar on a terminal.</summary>
internal static class AssessmentProgress
{
    public static async Task<AssessmentView> RunAsync(Installation installation, IAnsiConsole console, AssessmentView asked, Guid owner, bool quiet, CancellationToken cancel)
    {
        var assessor = installation.Get<Assessor>();
        try
        {
            if (quiet || !console.Profile.Out.IsTerminal) return await assessor.RunAsync(asked, owner, null, cancel);
            return await console.Progress().StartAsync(async context =>
            {
                var task = context.AddTask(asked.Kind == AssessmentKind.Evaluation ? "Judging" : "Replaying");
                return await assessor.RunAsync(asked, owner, (done, total) =>
                {
                    task.MaxValue = Math.Max(1, total);
                    task.Value = done;
                }, cancel);
            });
        }
        catch (OperationCanceledException)
        {
            // No worker goes on with what a person stopped.
            await installation.Get<AssessmentStore>().FinishAsync(asked.Id, owner, null, "Stopped by a person.", CancellationToken.None);
            throw;
        }
    }
}
