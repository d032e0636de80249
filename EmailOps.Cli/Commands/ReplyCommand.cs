using System.CommandLine;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Drafts;
using EmailOps.Core.Mailboxes;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops mailbox reply</c>: how a mailbox's replies begin and end.</summary>
internal static class ReplyCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var (address, json) = (MailboxCommand.AddressArgument(), MailboxCommand.JsonOption());
        var language = new Option<string?>("--language") { Description = "en, de, fr, ...: the language that the words are in." };
        Option<string?> Words(string name, string description) => new(name) { Description = description + " \\n begins a new line; \"\" goes back to the taxonomy's." };
        var (greeting, without, intro) = (Words("--greeting", "With {name}."), Words("--greeting-without-name", "For correspondents whose name is no person's."), Words("--intro", "The sentence before the answer."));
        var (signOff, signature, team) = (Words("--sign-off", "With {team} or without."), Words("--signature", "Below the sign-off; of all languages when no --language is given."), Words("--team", "What {team} stands for, in all languages."));
        var clear = new Option<bool>("--clear") { Description = "Back to the taxonomy's words, in the language given or in all." };
        var name = new Option<string?>("--name") { Description = "A correspondent's name, for the preview." };
        var command = new Command("reply", """
            Shows or sets how replies of a mailbox begin and end. What is not set is the taxonomy's; drafts that wait keep their words.

            Examples:
              emailops mailbox reply support@example.com --name "Jana Weber"
              emailops mailbox reply support@example.com --language de --greeting "Moin {name}," --greeting-without-name "Moin,"
              emailops mailbox reply support@example.com --signature "Nordlicht GmbH\nHafenstr. 1, 24103 Kiel"
              emailops mailbox reply support@example.com --language de --clear
            """) { address, language, greeting, without, intro, signOff, signature, team, clear, name, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var setup = await MailboxCommand.FindAsync(installation, parsed.GetRequiredValue(address), cancel);
            string? Text(Option<string?> option) => parsed.GetValue(option)?.Replace("\\n", "\n", StringComparison.Ordinal);
            var (code, before) = (parsed.GetValue(language)?.ToLowerInvariant(), setup.Settings.Reply ?? new ReplySettings());
            var after = parsed.GetValue(clear) ? Cleared(before, code) : before;
            if (code is null && new[] { greeting, without, intro, signOff }.FirstOrDefault(o => parsed.GetValue(o) is not null) is { } lost) throw new CommandException($"{lost.Name} needs --language.");
            if (code is not null)
            {
                var words = after.Languages.GetValueOrDefault(code) ?? new ReplyWords();
                words = new ReplyWords(Over(Text(greeting), words.Greeting), Over(Text(without), words.GreetingWithoutName), Over(Text(intro), words.Intro), Over(Text(signOff), words.SignOff), Over(Text(signature), words.Signature));
                var languages = after.Languages.ToDictionary();
                if (words == new ReplyWords()) languages.Remove(code);
                else languages[code] = words;
                after = after with { Languages = languages };
            }
            else after = after with { Signature = Over(Text(signature), after.Signature) };
            after = after with { Team = Over(Text(team), after.Team) };
            if (after.Problem() is { } problem) throw new CommandException(problem);
            if (Sql.Json(after) != Sql.Json(before))
            {
                MailboxSaving.Check(await installation.Get<MailboxStore>().SaveAsync(setup.Id, setup.Version, MailboxCommand.Actor,
                    new SaveMailbox(setup.Address, setup.Name, setup.Settings with { Reply = after }, IsEnabled: setup.IsEnabled), cancel));
                if (!parsed.GetValue(json)) console.MarkupLine("[green]Saved.[/] The next drafts begin and end so.");
            }
            var previews = MailboxReplies.Preview(installation.Get<TriageSource>().Taxonomy.Reply, after, parsed.GetValue(name));
            if (parsed.GetValue(json)) MailboxCommand.Print(console, previews);
            else
                foreach (var preview in previews.Where(p => code is null || p.Language == code)) console.Write(new Panel(new Text(preview.Body)) { Header = new PanelHeader($"{preview.Language}{(preview.IsOwn ? "" : ", as the taxonomy says")}") });
            if (code is not null && previews.All(p => p.Language != code)) console.MarkupLineInterpolated($"[yellow]The taxonomy has no words in {code}: greeting, greeting-without-name, intro and sign-off are all needed before replies are written in it.[/]");
            return CliHost.Done;
        });
        return command;
    }

    /// <summary>Not given stays, empty goes back to the taxonomy's.</summary>
    private static string? Over(string? given, string? before) => given is null ? before : given.Length == 0 ? null : given;

    private static ReplySettings Cleared(ReplySettings before, string? language)
        => language is null ? new ReplySettings() : before with { Languages = before.Languages.Where(l => l.Key != language).ToDictionary() };
}
