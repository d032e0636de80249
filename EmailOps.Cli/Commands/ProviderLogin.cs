using System.CommandLine;
using System.Web;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.OAuth;
using EmailOps.Core.Mailboxes.Remote;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary>
/// <c>emailops provider login</c>: a person consents in a browser, whose last step comes back to this machine (RFC 8252: a port of the loopback address), is pasted in
/// from another machine, or, where the provider has it, is a short code typed elsewhere.
/// </summary>
internal static class ProviderLogin
{
    public static Command Create(IAnsiConsole console)
    {
        var name = MailProviderCommand.NameArgument("gmail or graph.");
        var address = MailboxCommand.AddressArgument();
        var port = new Option<int>("--port") { Description = "Of this machine, where the browser comes back to; any free one without it." };
        var paste = new Option<bool>("--paste") { Description = "The browser is on another machine: paste the address it ends at (the page that does not load)." };
        var device = new Option<bool>("--device") { Description = "Show a code to type in elsewhere (Microsoft 365; Google gives none for mail)." };
        var command = new Command("login", "Signs in at a provider for a mailbox; makes the mailbox if there is none. Nothing is read before.") { name, address, port, paste, device };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            await installation.Get<Migrator>().MigrateAsync(cancel);
            var provider = MailProviderCommand.Of(parsed.GetRequiredValue(name));
            if (!provider.IsRemote()) throw new CommandException("IMAP mailboxes have a password: emailops mailbox add");
            try
            {
                var mailbox = await MailboxAsync(installation, parsed.GetRequiredValue(address), provider, cancel);
                var client = await installation.Get<OAuthClients>().FindAsync(provider, cancel);
                var grant = parsed.GetValue(device) ? await ByDeviceAsync(console, installation, mailbox, client, cancel) : await ByBrowserAsync(console, installation, mailbox, client, parsed.GetValue(port), parsed.GetValue(paste), cancel);
                console.MarkupLineInterpolated($"[green]Signed in as {grant.Account}.[/] {installation.Get<ProviderStatus>().View(grant).Forecast} A running worker reads {mailbox.Address} from now on.");
                return CliHost.Done;
            }
            catch (Exception failure) when (failure is RemoteException or SecretsKeyException)
            {
                throw new CommandException(failure.Message);
            }
        });
        return command;
    }

    private static async Task<MailboxSetup> MailboxAsync(Installation installation, string address, MailboxProvider provider, CancellationToken cancel)
    {
        if (MailboxAddress.Problem(address) is { } problem) throw new CommandException(problem);
        var store = installation.Get<MailboxStore>();
        var mailbox = await store.FindAsync(address, cancel);
        if (mailbox is null) MailboxSaving.Check(await store.CreateAsync(MailboxCommand.Actor, new SaveMailbox(address, "", new MailboxSettings { Provider = provider }), cancel));
        else if (mailbox.Settings.IsBare()) MailboxSaving.Check(await store.SaveAsync(mailbox.Id, mailbox.Version, MailboxCommand.Actor, new SaveMailbox(mailbox.Address, mailbox.Name, mailbox.Settings with { Provider = provider }, IsEnabled: mailbox.IsEnabled), cancel));
        else if (mailbox.Settings.Provider != provider && mailbox.Settings.Fallback != provider && !UsesTokens(mailbox.Settings))
            throw new CommandException($"{mailbox.Address} is read by {mailbox.Settings.Provider}. To change that: emailops mailbox set {mailbox.Address} --provider {provider}, or with --fallback {provider} as its second way.");
        return (await store.FindAsync(address, cancel))!;
    }

    private static bool UsesTokens(MailboxSettings settings) => settings.Imap?.Authentication == MailAuthentication.OAuth2 || settings.Smtp?.Authentication == MailAuthentication.OAuth2;

    private static async Task<Grant> ByBrowserAsync(IAnsiConsole console, Installation installation, MailboxSetup mailbox, OAuthClient client, int port, bool paste, CancellationToken cancel)
    {
        using var loopback = new Loopback(port);
        var consent = OAuthConsent.Begin(client, loopback.Address, mailbox.Address);
        // Not wrapped: an address in pieces cannot be opened.
        console.Profile.Out.Writer.WriteLine($"Open this address in a browser, sign in as {mailbox.Address} and allow what is asked for:\n\n{consent.Address.AbsoluteUri}\n");
        console.Profile.Out.Writer.WriteLine(paste ? "Then paste the address of the page it ends at (it does not load), and press Enter:" : $"Waiting for the browser at {loopback.Address} for {OAuthConsent.Longest.TotalMinutes:0} minutes (--paste if it runs on another machine) ...");
        await console.Profile.Out.Writer.FlushAsync(cancel);
        using var limit = new CancellationTokenSource(OAuthConsent.Longest);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        Uri back;
        try
        {
            back = paste ? Pasted(await Console.In.ReadLineAsync(both.Token)) : await loopback.WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CommandException("Nobody came back in time. Begin again.");
        }
        var query = HttpUtility.ParseQueryString(back.Query);
        if (query["state"] != consent.State) throw new CommandException("What came back does not belong to this sign-in. Begin again.");
        if (query["code"] is not { Length: > 0 } code) throw new CommandException(query["error"] == "access_denied" ? "The consent was not given. Begin again, and allow what is asked for." : $"The provider did not let you in ({Core.Mailboxes.Connecting.StepList.Printable(query["error"] ?? "it said nothing")}).");
        return await installation.Get<OAuthSignIns>().ExchangeAsync(mailbox, client.Provider, code, consent.Verifier, loopback.Address, MailboxCommand.Actor, cancel);
    }

    private static Uri Pasted(string? line) => Uri.TryCreate(line?.Trim(), UriKind.Absolute, out var back) ? back : throw new CommandException("That is no address. Copy the whole line from the browser; it begins with http://127.0.0.1");

    private static async Task<Grant> ByDeviceAsync(IAnsiConsole console, Installation installation, MailboxSetup mailbox, OAuthClient client, CancellationToken cancel)
    {
        var endpoint = installation.Get<OAuthEndpoint>();
        try
        {
            var code = await endpoint.DeviceAsync(client, cancel);
            console.Profile.Out.Writer.WriteLine($"On any device open {code.Address} and enter {code.UserCode}; sign in as {mailbox.Address}. Waiting ...");
            await console.Profile.Out.Writer.FlushAsync(cancel);
            using var limit = new CancellationTokenSource(code.ExpiresIn);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
            return await installation.Get<OAuthSignIns>().KeepAsync(mailbox, client.Provider, client, await endpoint.DeviceAsync(client, code, both.Token), MailboxCommand.Actor, cancel);
        }
        catch (OAuthRefusedException refused)
        {
            throw new CommandException($"{client.Provider} did not let you in ({refused.Message}). Begin again.");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CommandException("Nobody entered the code in time. Begin again.");
        }
    }
}
