using System.CommandLine;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Articles;
using EmailOps.Core.Knowledge;
using EmailOps.Core.LanguageModels;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops knowledge import|list|search|reindex</c>: what drafts may say.</summary>
internal static class KnowledgeCommand
{
    private const int QuoteLength = 220;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    public static Command Create(IAnsiConsole console) => new("knowledge", """
        The articles that answers cite: import, list, search, reindex.

        Examples:
          emailops knowledge import ./articles                        Markdown, HTML and text files; again is safe, only changes are written
          emailops knowledge search "how long does a refund take"     what is found, why, and whether it is enough for an answer
          emailops knowledge search "retoure" --language de --json
          emailops knowledge list
          emailops knowledge reindex                                  cut all articles again and make their vectors anew; searches go on meanwhile

        Files are named slug.language.md (returns.de.md); without a language it is detected. Markdown may begin with front matter: title, language, category,
        keywords, updated.

        Exit codes: 0 done, 1 done but some files cannot be used (they are named) or nothing was found, 2 could not be done.
        """)
    {
        Import(console), List(console), Search(console), Reindex(console),
    };

    private static Command Import(IAnsiConsole console)
    {
        var folder = new Argument<string>("FOLDER") { Description = "A folder of .md, .html and .txt files, with those in folders below it." };
        var json = MailboxCommand.JsonOption();
        var command = new Command("import", "Reads articles in. What the files say replaces what was edited in the console; articles without a file stay. A file that cannot be used is named and does not stop the others.") { folder, json };
        command.SetAction(async (parsed, cancel) =>
        {
            KnowledgeFiles files;
            try
            {
                files = KnowledgeFolder.Read(parsed.GetRequiredValue(folder));
            }
            catch (KnowledgeException missing)
            {
                throw new CommandException($"{missing.File}: there is no such folder.");
            }
            if (files.Articles.Count + files.Problems.Count == 0) throw new CommandException($"{parsed.GetRequiredValue(folder)} holds no .md, .html or .txt file.");
            await using var installation = Installation.Open();
            await installation.Get<Migrator>().MigrateAsync(cancel);
            var read = await installation.Get<ArticleImport>().RunAsync(files, MailboxCommand.Actor, ImportMode.Asked, cancel);
            if (parsed.GetValue(json)) MailboxCommand.Print(console, read);
            else
            {
                console.MarkupLineInterpolated($"[green]{read.Added:N0} added[/], {read.Changed:N0} changed, {read.Same:N0} as they were.");
                foreach (var problem in read.Problems) console.MarkupLineInterpolated($"[yellow]{problem.File}: {problem.Problem}[/]");
            }
            return read.Problems.Count > 0 ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    private static Command List(IAnsiConsole console)
    {
        var json = MailboxCommand.JsonOption();
        var command = new Command("list", "Lists the articles, and how far their index is.") { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            await using var db = await installation.Get<IDbContextFactory<EmailOpsDb>>().CreateDbContextAsync(cancel);
            var articles = await db.Articles.AsNoTracking().OrderBy(a => a.Slug).ThenBy(a => a.Language).Select(a => new ArticleView(a.Id, a.Slug, a.Title, a.Language, a.Category, a.UpdatedAt)).ToListAsync(cancel);
            if (parsed.GetValue(json))
            {
                MailboxCommand.Print(console, articles);
                return CliHost.Done;
            }
            var table = new Table().Border(TableBorder.Rounded).AddColumns("Name", "Language", "Title", "Category", "Changed");
            foreach (var article in articles) table.AddRow(new Text(article.Slug), new Text(article.Language), new Text(article.Title), new Text(article.Category ?? ""), new Text($"{article.UpdatedAt:yyyy-MM-dd}"));
            if (articles.Count > 0) console.Write(table);
            else console.MarkupLine("There are no articles yet. Read some: emailops knowledge import FOLDER");
            Show(console, await installation.Get<KnowledgeIndexer>().StatusAsync(cancel));
            return CliHost.Done;
        });
        return command;
    }

    private static Command Search(IAnsiConsole console)
    {
        var (words, language) = (new Argument<string>("WORDS") { Description = "A question, or words of one." }, new Option<string?>("--language") { Description = "en, de, fr, ...; detected without it." });
        var (take, json) = (new Option<int>("--take") { Description = "At most so many passages.", DefaultValueFactory = _ => 5 }, MailboxCommand.JsonOption());
        var command = new Command("search", "Asks the articles as triage does. Exit code 1: nothing is close enough, \"we don't know\".") { words, language, take, json };
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(language) is { Length: > 0 } given && !ArticleRules.IsLanguage(given)) throw new CommandException($"--language {given} is no language. Write it as en, de, fr, ...");
            await using var installation = Installation.Open();
            var answer = await installation.Get<KnowledgeSearch>().AskAsync(parsed.GetRequiredValue(words), parsed.GetValue(language)?.ToLowerInvariant(), Math.Clamp(parsed.GetValue(take), 1, KnowledgeSearch.MostTaken), cancel);
            if (parsed.GetValue(json)) MailboxCommand.Print(console, answer);
            else Show(console, answer);
            return answer.IsKnown ? CliHost.Done : CliHost.WithProblems;
        });
        return command;
    }

    private static Command Reindex(IAnsiConsole console)
    {
        var json = MailboxCommand.JsonOption();
        var command = new Command("reindex", "Cuts all articles again and makes their vectors anew. Safe to stop: a worker, or the same command, goes on where it was.") { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            await installation.Get<Migrator>().MigrateAsync(cancel);
            var indexer = installation.Get<KnowledgeIndexer>();
            await indexer.RequestAsync(MailboxCommand.Actor, cancel);
            var status = await FinishAsync(installation, indexer, view =>
            {
                if (!parsed.GetValue(json) && console.Profile.Out.IsTerminal) Show(console, view);
            }, cancel);
            if (parsed.GetValue(json)) MailboxCommand.Print(console, status);
            else Show(console, status);
            return status.IsComplete ? CliHost.Done : CliHost.WithProblems;
        });
        return command;
    }

    /// <summary>Does the steps itself; a worker that has the turn does them while this waits.</summary>
    private static async Task<KnowledgeIndexView> FinishAsync(Installation installation, KnowledgeIndexer indexer, Action<KnowledgeIndexView> report, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                while (await indexer.StepAsync(cancel)) report(await indexer.StatusAsync(cancel));
            }
            catch (LanguageModelException failure)
            {
                throw new CommandException($"The articles are cut, and searches use the former vectors, but the model gives none just now: {failure.Message} A worker tries again by itself.");
            }
            var status = await indexer.StatusAsync(cancel);
            if (status.IsComplete || status.Passages == 0) return status;
            await Task.Delay(s_look, installation.Get<TimeProvider>(), cancel);
        }
    }

    private static void Show(IAnsiConsole console, KnowledgeIndexView index)
    {
        if (index.IsComplete) console.MarkupLineInterpolated($"{index.Articles:N0} articles in {index.Passages:N0} passages, all indexed with {index.Wanted}.");
        else console.MarkupLineInterpolated($"[yellow]{index.Embedded:N0} of {index.Passages:N0} passages have vectors of {index.Wanted}, {index.Uncut:N0} articles wait to be cut.{(index.Model is { } model && model != index.Wanted ? $" Searches use {model} meanwhile." : "")} {index.Problem}[/]");
    }

    private static void Show(IAnsiConsole console, KnowledgeAnswer answer)
    {
        foreach (var word in answer.Corrections) console.MarkupLineInterpolated($"Read \"{word.Asked}\" as \"{word.ReadAs}\".");
        if (answer.Note is { } note) console.MarkupLineInterpolated($"[yellow]{note}[/]");
        foreach (var hit in answer.Hits)
        {
            console.MarkupLineInterpolated($"[bold]{hit.Article}{(hit.Heading.Length > 0 ? $": {hit.Heading}" : "")}[/] ({hit.Language}, article {hit.ArticleId})");
            console.MarkupLineInterpolated($"  found by {string.Join(" and ", hit.FoundBy)}; words {hit.WordScore:0.0} ({hit.Coverage:P0} of the question), meaning {hit.Meaning:0.00}, together {hit.Score:0.00}");
            console.MarkupLineInterpolated($"  [grey]{Cut(hit.Text)}[/]");
        }
        if (answer.IsKnown) return;
        console.MarkupLine("[yellow]We don't know: no article is close enough to answer that.[/]");
        foreach (var hit in answer.Below) console.MarkupLineInterpolated($"  nearest: {hit.Article} (words {hit.WordScore:0.0}, meaning {hit.Meaning:0.00} of {answer.MeaningFloor:0.00})");
    }

    private static string Cut(string text) => text.ReplaceLineEndings(" ") is { Length: > QuoteLength } line ? line[..(QuoteLength - 1)] + "…" : text.ReplaceLineEndings(" ");
}
