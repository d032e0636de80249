using System.CommandLine;
using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes.OAuth;
using EmailOps.Core.Mailboxes.Remote;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops provider list|client|login|refresh|auth-test|expiry|breaker|diagnose|test</c>: where mailboxes are read, and the consents of their owners.</summary>
internal static class MailProviderCommand
{
    public static Command Create(IAnsiConsole console) => new("provider", """
        Where mailboxes are read (imap, gmail, graph), and the sign-ins of their owners: list, client, login, refresh, auth-test, expiry, breaker, diagnose, test.

        Examples:
          emailops provider client gmail --client-id 1234.apps.googleusercontent.com --secret-stdin < secret.txt   who we are at Google
          emailops provider login gmail support@example.com    prints an address to open; makes the mailbox if there is none
          emailops provider auth-test                          does every sign-in still work; exit code 1 when one does not
          emailops provider expiry --within 14                 which sign-ins end soon; exit code 1 when one does
          emailops provider breaker gmail open --why "moving"  ask Gmail nothing; mailboxes with a fallback are read by that
          emailops provider breaker gmail auto                 as it goes again
          emailops provider diagnose m365                      names, ports, TLS, sign-in, each permission, each mailbox
          emailops provider diagnose support@example.com       one mailbox, whatever it is read by
        """)
    {
        List(console), Client(console), ProviderLogin.Create(console), Refresh(console), AuthTest(console), Expiry(console), Breaker(console), ProviderDiagnosis.Diagnose(console), ProviderDiagnosis.Test(console),
    };

    public static Argument<string> NameArgument(string what)
    {
        var name = new Argument<string>("PROVIDER") { Description = what };
        name.AcceptOnlyFromAmong("imap", "gmail", "graph");
        return name;
    }

    public static MailboxProvider Of(string name) => ProviderStatus.Parse(name)!.Value;

    private static Command List(IAnsiConsole console)
    {
        var json = MailboxCommand.JsonOption();
        var command = new Command("list", "Lists the providers that mailboxes use, and how they are. Exit code 1 when one is down.") { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var all = await installation.Get<ProviderStatus>().AllAsync(cancel);
            if (parsed.GetValue(json)) MailboxCommand.Print(console, all);
            else if (all.Count == 0) console.MarkupLine("No mailbox is read from a server.");
            else foreach (var p in all) Show(console, p);
            return all.Any(p => !p.IsUp) ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    private static void Show(IAnsiConsole console, MailProviderView p)
    {
        console.MarkupLineInterpolated($"{p.Name}: {(p.IsUp ? "works" : "does not work")}; breaker {Words(p.Breaker)}{(p.Problem is { } problem ? $". {problem}" : "")}");
        foreach (var m in p.Mailboxes) console.MarkupLineInterpolated($"  {m.Address}: {(m.Diverted is { } diverted ? $"read by its fallback. {diverted}" : m.Problem ?? m.State.ToString())}");
    }

    private static string Words(BreakerView breaker) => breaker switch
    {
        { Force: BreakerForce.Open } => $"held open by {breaker.ForcedBy}",
        { Force: BreakerForce.Closed } => $"held closed by {breaker.ForcedBy}",
        { State: BreakerState.Open } => string.Create(CultureInfo.InvariantCulture, $"open until {breaker.RetryAt:HH:mm:ss} UTC"),
        { State: BreakerState.HalfOpen } => "open, one request tries",
        _ => "closed",
    };

    private static Command Client(IAnsiConsole console)
    {
        var name = NameArgument("gmail or graph.");
        var id = new Option<string>("--client-id") { Description = "The id of our registration at the provider.", Required = true };
        var stdin = new Option<bool>("--secret-stdin") { Description = "Read its secret from the first line of standard input; without, it has none." };
        var command = new Command("client", "Stores our registration at a provider, sealed. What settings name (GMAIL_CLIENT_ID, ...) wins over it.") { name, id, stdin };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var secret = parsed.GetValue(stdin) ? await Console.In.ReadLineAsync(cancel) is { Length: > 0 } line ? line.Trim() : throw new CommandException("Standard input holds no secret.") : null;
            await installation.Get<Migrator>().MigrateAsync(cancel);
            await installation.Get<OAuthClients>().SaveAsync(Of(parsed.GetRequiredValue(name)), new OAuthKeys(parsed.GetRequiredValue(id).Trim(), secret), MailboxCommand.Actor, cancel);
            console.MarkupLineInterpolated($"[green]Stored.[/] Now sign in: emailops provider login {parsed.GetRequiredValue(name)} support@example.com");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Refresh(IAnsiConsole console) => ForGrants(console, "refresh", "Asks the provider for new access tokens now, for one mailbox or all. Exit code 1 when one is refused.", async (installation, grant, cancel) =>
    {
        var token = await installation.Get<MailboxTokens>().RefreshAsync(grant.MailboxId, grant.Address, grant.Provider, cancel);
        return string.Create(CultureInfo.InvariantCulture, $"a new access token until {token.ExpiresAt:yyyy-MM-dd HH:mm} UTC");
    });

    private static Command AuthTest(IAnsiConsole console) => ForGrants(console, "auth-test", "Tries every sign-in: a token is got and the provider is asked whose mailbox it is. Exit code 1 when one does not work.", async (installation, grant, cancel) =>
    {
        var token = await installation.Get<MailboxTokens>().RefreshAsync(grant.MailboxId, grant.Address, grant.Provider, cancel);
        var account = await installation.Get<OAuthClients>().Of(grant.Provider).AccountAsync(token.Value, cancel);
        return $"works, signed in as {account ?? grant.Account}";
    });

    private static Command ForGrants(IAnsiConsole console, string name, string text, Func<Installation, GrantView, CancellationToken, Task<string>> act)
    {
        var address = new Argument<string?>("ADDRESS") { Description = "Of one mailbox; all without it.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command(name, text) { address };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var code = CliHost.Done;
            foreach (var grant in await ChosenAsync(installation, parsed.GetValue(address), cancel))
            {
                try
                {
                    console.MarkupLineInterpolated($"[green]ok  [/] {grant.Address} ({grant.Provider}): {await act(installation, grant, cancel)}");
                }
                catch (RemoteException failure)
                {
                    console.MarkupLineInterpolated($"[red]FAIL[/] {grant.Address} ({grant.Provider}): {failure.Message}");
                    code = CliHost.WithProblems;
                }
            }
            return code;
        });
        return command;
    }

    private static Command Expiry(IAnsiConsole console)
    {
        var address = new Argument<string?>("ADDRESS") { Description = "Of one mailbox; all without it.", Arity = ArgumentArity.ZeroOrOne };
        var within = new Option<int>("--within") { Description = "Days that count as soon.", DefaultValueFactory = _ => 7 };
        var json = MailboxCommand.JsonOption();
        var command = new Command("expiry", "Says when sign-ins end. Exit code 1 when one ended, is refused, or ends soon.") { address, within, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var grants = await ChosenAsync(installation, parsed.GetValue(address), cancel);
            if (parsed.GetValue(json)) MailboxCommand.Print(console, grants);
            else foreach (var grant in grants) console.MarkupLineInterpolated($"{grant.Address} ({grant.Provider}): {grant.Forecast}{(grant.Problem is { } problem ? $" {problem}" : "")}");
            var soon = TimeProvider.System.GetUtcNow().AddDays(parsed.GetValue(within));
            return grants.Any(g => g.FailedAt is not null || g.EndsAt <= soon) ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    private static async Task<IReadOnlyList<GrantView>> ChosenAsync(Installation installation, string? address, CancellationToken cancel)
    {
        var all = await installation.Get<ProviderStatus>().GrantsAsync(cancel);
        if (address is null) return all.Count > 0 ? all : throw new CommandException("No mailbox is signed in at a provider. Sign in: emailops provider login gmail support@example.com");
        var mailbox = await MailboxCommand.FindAsync(installation, address, cancel);
        return all.Where(g => g.MailboxId == mailbox.Id).ToArray() is { Length: > 0 } chosen ? chosen : throw new CommandException($"Nobody has signed in for {mailbox.Address}. Sign in: emailops provider login gmail {mailbox.Address}");
    }

    private static Command Breaker(IAnsiConsole console)
    {
        var name = NameArgument("imap, gmail or graph.");
        var order = new Argument<string?>("ORDER") { Description = "open: ask it nothing. close: ask it whatever happens. auto: as it goes, with a clean slate. Without: shows it.", Arity = ArgumentArity.ZeroOrOne };
        order.AcceptOnlyFromAmong("open", "close", "closed", "auto");
        var why = new Option<string?>("--why") { Description = "For the audit log." };
        var json = MailboxCommand.JsonOption();
        var command = new Command("breaker", "Shows a provider's breaker, or forces it; every process obeys within seconds.") { name, order, why, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var (status, provider) = (installation.Get<ProviderStatus>(), Of(parsed.GetRequiredValue(name)));
            var view = parsed.GetValue(order) is { } ordered
                ? await status.ForceAsync(provider, ordered switch { "open" => BreakerForce.Open, "auto" => BreakerForce.Auto, _ => BreakerForce.Closed }, MailboxCommand.Actor, parsed.GetValue(why), cancel)
                : (await status.AllAsync(cancel)).FirstOrDefault(p => p.Name == ProviderBreakers.Name(provider)) ?? throw new CommandException($"No mailbox uses {parsed.GetRequiredValue(name)}.");
            if (parsed.GetValue(json)) MailboxCommand.Print(console, view);
            else Show(console, view);
            return CliHost.Done;
        });
        return command;
    }
}
