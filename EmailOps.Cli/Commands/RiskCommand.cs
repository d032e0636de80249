using System.CommandLine;
using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Lessons;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops model risk</c>: how many automatic answers may be wrong, and the curve of coverage against error.</summary>
internal static class RiskCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var (address, json) = (LearnedCommands.Address(), MailboxCommand.JsonOption());
        var category = new Option<string>("--category") { Description = "A category; all without a budget of their own if left out.", DefaultValueFactory = _ => "" };
        var most = new Option<double?>("--most-wrong") { Description = "Per cent of automatic answers that may be wrong, above 0 to 50." };
        var doubt = new Option<double>("--doubt") { Description = "How often the promise may fail, per cent.", DefaultValueFactory = _ => 10 };
        var none = new Option<bool>("--none") { Description = "Take the budget away; the bands hold." };
        most.Validators.Add(given => { if (given.GetValueOrDefault<double?>() is not (> 0 and <= 50)) given.AddError("--most-wrong must be above 0 and at most 50 (per cent)."); });
        doubt.Validators.Add(given => { if (given.GetValueOrDefault<double>() is not (>= 0.1 and <= 50)) given.AddError("--doubt must be between 0.1 and 50 (per cent)."); });
        var command = new Command("risk", """
            Shows, or sets, how many automatic answers may be wrong. The confidence from which mail is answered automatically follows from what people did with
            drafts so far; until there is enough evidence the bands hold, and it says how many outcomes are missing.

            Examples:
              emailops model risk                                                 the budgets and the curve of coverage against error
              emailops model risk support@example.com --most-wrong 2
              emailops model risk support@example.com --category returns-refunds --most-wrong 1 --doubt 5
              emailops model risk support@example.com --category returns-refunds --none
            """) { address, category, most, doubt, none, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var mailbox = await LearnedCommands.MailboxAsync(installation, parsed.GetValue(address), cancel);
            var risk = installation.Get<RiskStore>();
            if (parsed.GetValue(most) is not null || parsed.GetValue(none))
            {
                var budget = new SaveRiskBudget(parsed.GetValue(category) ?? "", parsed.GetValue(none) ? null : parsed.GetValue(most) / 100, parsed.GetValue(doubt) / 100);
                if (budget.Category.Length > 0 && installation.Get<TriageSource>().Taxonomy.Find(budget.Category) is null) throw new CommandException($"There is no category {budget.Category}.");
                LearnedCommands.Check(await risk.SaveAsync(mailbox, null, budget, MailboxCommand.Actor, cancel), "There is no such mailbox.", "");
            }
            var all = await risk.ListAsync(mailbox, cancel);
            if (parsed.GetValue(json)) MailboxCommand.Print(console, all);
            else foreach (var view in all) Write(console, view);
            return CliHost.Done;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, RiskBudgetView view)
    {
        console.MarkupLineInterpolated($"{(view.Category.Length == 0 ? "All categories without a budget of their own" : view.Category)}: {view.Explanation}");
        if (view.Outcomes == 0) return;
        var table = new Table().Border(TableBorder.Rounded).AddColumns("From confidence", "Outcomes", "Coverage", "Wrong", "At most");
        foreach (var point in view.Curve.Where(p => p.Outcomes > 0 && (p.Threshold % 5 == 0 || p.Threshold == view.Threshold)))
            table.AddRow(string.Create(CultureInfo.InvariantCulture, $"{point.Threshold:0}{(point.Threshold == view.Threshold ? " <-" : "")}"), $"{point.Outcomes:N0}", Percent(point.Coverage), Percent(point.Wrong), Percent(point.Upper));
        console.Write(table);
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");
}
