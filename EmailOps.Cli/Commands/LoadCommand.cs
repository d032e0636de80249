using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EmailOps.Cli.Load;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Mail.Net;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops load</c>: many generated mails, and how the installation bears them.</summary>
internal static class LoadCommand
{
    private const string Actor = "emailops load";

    public static Command Create(IAnsiConsole console)
    {
        var emails = Number("--emails", "How many.", 1000, 1_000_000);
        var concurrent = Number("--concurrent", "Senders side by side.", 10, 256);
        var via = new Option<string>("--via") { Description = "api: uploads into a mailbox of its own, from which nothing is sent. smtp: to a mailbox that is read.", DefaultValueFactory = _ => "api" };
        via.AcceptOnlyFromAmong("api", "smtp");
        var to = new Option<string?>("--to") { Description = "With smtp: the mailbox's address." };
        var server = new Option<string?>("--server") { Description = "With smtp: HOST:PORT that takes mail for it without signing in; without it, the mailbox's own server for sending, with its password." };
        var rate = new Option<double?>("--rate") { Description = "Mails a second at most; as fast as they go without it." };
        rate.Validators.Add(given => { if (given.GetValueOrDefault<double?>() is { } r && !(r is > 0 and <= 100_000)) given.AddError("--rate is above 0 and at most 100000."); });
        var patience = Number("--patience", "Seconds to wait for the last to be decided, once all are sent.", 600, 86_400);
        var clean = new Option<bool>("--clean") { Description = "Remove what load tests generated, with everything that was made of it; after a run, or alone." };
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON, and no live display." };
        var command = new Command("load", """
            Generates mails, sends them by several senders, and shows live how they are processed: seconds from stored to decided (p50, p95, p99), the queue, memory. The mails are marked
            and can be removed. Their mailbox has no server, so nothing that is answered leaves. Try it on a test installation first: it learns nothing, but it fills the queue.

            Examples:
              emailops load --emails 1000 --concurrent 10
              emailops load --emails 200 --via smtp --to support@example.com
              emailops load --clean                           remove all of it

            Exit codes: 0 all were decided, 1 some were not, or could not be sent, 2 it could not begin.
            """) { emails, concurrent, via, to, server, rate, patience, clean, json };
        command.SetAction(async (parsed, cancel) =>
        {
            using var configuration = Installation.Configure();
            await using var installation = Installation.Open(configuration);
            if (parsed.GetValue(clean)) return await CleanAsync(installation, console, parsed.GetValue(json), cancel);
            var order = new LoadOrder($"load{Guid.CreateVersion7():n}", parsed.GetValue(emails), parsed.GetValue(concurrent), parsed.GetValue(via)!, parsed.GetValue(to) ?? LoadMail.Mailbox, parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(patience)));
            var sender = order.Via == "smtp" ? await SmtpAsync(installation, parsed.GetValue(to), parsed.GetValue(server), cancel) : await ApiAsync(installation, configuration, cancel);
            var run = new LoadRun(order, sender, installation.Get<NpgsqlDataSource>(), installation.Get<TimeProvider>());
            var summary = await LoadDisplay.FollowAsync(console, run, !parsed.GetValue(json), cancel);
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(summary, ContractJson.Options));
            else LoadDisplay.Summary(console, summary);
            return summary.Problem is null ? CliHost.Done : CliHost.WithProblems;
        });
        return command;
    }

    private static Option<int> Number(string name, string text, int otherwise, int most)
    {
        var option = new Option<int>(name) { Description = $"{text} {otherwise} without it.", DefaultValueFactory = _ => otherwise };
        option.Validators.Add(given => { if (given.GetValueOrDefault<int>() is var n && (n < 1 || n > most)) given.AddError($"{name} is between 1 and {most}."); });
        return option;
    }

    private static async Task<int> CleanAsync(Installation installation, IAnsiConsole console, bool json, CancellationToken cancel)
    {
        var removed = await new LoadCleaning(installation.Get<NpgsqlDataSource>()).RunAsync(Actor, _ => { /* Nobody looks; it takes seconds. */ }, cancel);
        if (json) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(new { removed }, ContractJson.Options));
        else console.MarkupLineInterpolated($"Removed {removed:N0} generated messages.");
        return CliHost.Done;
    }

    private static async Task<Func<ILoadSender>> ApiAsync(Installation installation, IConfiguration configuration, CancellationToken cancel)
    {
        var address = Installation.ApiAddress(configuration);
        var key = Installation.ApiKey(configuration) ?? throw new CommandException("There is no key to the Api: set EMAILOPS_API_KEY (emailops key create load --scope operate makes one).");
        using (var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) })
        {
            try
            {
                http.DefaultRequestHeaders.Add("X-Api-Key", key);
                using var answer = await http.GetAsync(new Uri(address, Routes.ProcessStatus), cancel);
                if (!answer.IsSuccessStatusCode) throw new CommandException($"The Api at {address} answers {(int)answer.StatusCode} to the key of EMAILOPS_API_KEY.");
            }
            catch (Exception away) when (away is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
            {
                throw new CommandException($"The Api does not answer at {address}: {away.Message} Set services__api__http__0 to its address, or API_PORT.");
            }
        }
        var mailbox = await MailboxAsync(installation, cancel);
        return () => new ApiSender(address, key, mailbox);
    }

    /// <summary>Made when it is not there; it has no server, so nothing is read or sent.</summary>
    private static async Task<long> MailboxAsync(Installation installation, CancellationToken cancel)
    {
        var mailboxes = installation.Get<MailboxStore>();
        if (await mailboxes.FindAsync(LoadMail.Mailbox, cancel) is { } known) return known.Id;
        return (await mailboxes.CreateAsync(Actor, new SaveMailbox(LoadMail.Mailbox, "Load test", new MailboxSettings()), cancel)).Id;
    }

    private static async Task<Func<ILoadSender>> SmtpAsync(Installation installation, string? to, string? server, CancellationToken cancel)
    {
        if (to is null) throw new CommandException("Say which mailbox: --to ADDRESS");
        if (await installation.Get<MailboxStore>().FindAsync(to, cancel) is not { } mailbox) throw new CommandException($"There is no mailbox {to}; see: emailops mailbox list");
        if (server is not null)
        {
            var colon = server.LastIndexOf(':');
            if (colon < 1 || !int.TryParse(server[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535) throw new CommandException("--server is HOST:PORT.");
            return () => new SmtpSender(new MailServer(server[..colon].Trim('[', ']'), port, TransportSecurity.None), null, to);
        }
        if (await installation.Get<MailboxAccess>().OpenAsync(mailbox.Id, cancel) is not { Settings.Smtp: { } smtp } opened) throw new CommandException($"{to} has no server for sending; name one: --server HOST:PORT");
        var credentials = smtp.Authentication == MailAuthentication.Password && opened.SmtpSecret is { } password ? MailCredentials.ForPassword(opened.UserOf(smtp), password) : null;
        return () => new SmtpSender(smtp.Server(), credentials, to);
    }
}
