using EmailOps.Core.Contracts;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;

namespace EmailOps.Core.Mailboxes.Connecting;

/// <summary>Everything the reading of a mailbox needs, tried without changing anything: folders are opened read-only.</summary>
internal sealed class ImapCheck(OpenedMailbox mailbox, MailServerSettings settings, TimeProvider clock)
{
    private static readonly string[] SentNames = ["Sent", "Sent Items", "Sent Messages", "Gesendet", "Gesendete Objekte", "Sent Mail", "INBOX.Sent"];

    public StepList Steps { get; } = new("IMAP", clock);

    public async Task RunAsync(CancellationToken cancel)
    {
        var check = new ServerCheck(Steps, settings, mailbox.Address);
        if (!await check.ReachAsync(cancel)) return;
        ImapClient client;
        try
        {
            client = await ImapClient.ConnectAsync(check.Server, null, ServerCheck.Limits, null, clock, cancel);
        }
        catch (MailConnectionException failure)
        {
            await check.GreetingFailedAsync(failure, cancel);
            return;
        }
        await using (client)
        {
            check.Protected(client.Connection);
            Steps.Pass("Greeting", client.Greeting.Length == 0 ? "The server greets as IMAP servers do." : $"\"{client.Greeting}\"");
            if (!await SignInAsync(client, check, cancel)) return;
            await LookAsync(client, cancel);
            await client.LogoutAsync(cancel);
        }
    }

    private async Task<bool> SignInAsync(ImapClient client, ServerCheck check, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(mailbox.ImapSecret) || mailbox.Credentials(settings, mailbox.ImapSecret) is not { } credentials)
        {
            Steps.Fail("Sign-in", $"There is no {(settings.Authentication == MailAuthentication.OAuth2 ? "access token" : "password")} to try.", MailboxSecrets.EnterIt);
            return false;
        }
        try
        {
            await client.LoginAsync(credentials, cancel);
            Steps.Pass("Sign-in", $"Signed in as {credentials.User}.");
            return true;
        }
        catch (MailConnectionException failure)
        {
            check.SignInFailed(failure);
        }
        catch (ImapCommandException refused)
        {
            Steps.Fail("Sign-in", refused.Message, SignInFixes.Fix(Steps.Service, mailbox.Address, settings, refused.ServerText) is var fix && refused.IsTemporary ? "The server cannot check passwords just now. Test again in a few minutes." : fix);
        }
        return false;
    }

    private async Task LookAsync(ImapClient client, CancellationToken cancel)
    {
        try
        {
            Steps.Pass("Abilities", Abilities(client.Capabilities));
            var folders = await client.ListAsync("*", cancel);
            foreach (var folder in mailbox.Settings.Folders) await FolderAsync(client, folders, "Folder", folder, cancel);
            if (mailbox.Settings is { AfterStored: AfterStored.Move, MoveTo: { Length: > 0 } target }) await FolderAsync(client, folders, "Move to", target, cancel);
            if (mailbox.Settings is { Smtp: not null, SaveSent: true }) Sent(folders);
        }
        catch (MailConnectionException failure)
        {
            Steps.Fail("Folders", failure.Message, "The connection broke while folders were looked at. Test again; if it stays, the server or a firewall ends connections early.");
        }
        catch (ImapCommandException refused)
        {
            Steps.Fail("Folders", refused.Message, SignInFixes.Fix(Steps.Service, mailbox.Address, settings, refused.ServerText));
        }
    }

    private string Abilities(ImapCapabilities can)
    {
        List<string> words =
        [
            can.Idle ? "announces new mail at once (IDLE)" : $"does not announce new mail (no IDLE), so it is asked every {mailbox.Settings.PollSeconds} s",
            can.CondStore ? "tells what changed since the last look (CONDSTORE)" : "cannot tell what changed since the last look (no CONDSTORE), so catching up takes a little longer",
            can.UidPlus ? "names the copies it makes (UIDPLUS)" : "does not name the copies it makes (no UIDPLUS)",
        ];
        if (mailbox.Settings.AfterStored == AfterStored.Move) words.Add(can.Move ? "moves mail in one step (MOVE)" : "moves mail by copying it (no MOVE)");
        return $"The server {string.Join("; ", words)}.";
    }

    private async Task FolderAsync(ImapClient client, IReadOnlyList<ImapFolderEntry> folders, string step, string wanted, CancellationToken cancel)
    {
        // Some servers hide folders from the list that can be opened all the same, so opening decides.
        try
        {
            var opened = await client.SelectAsync(wanted, readOnly: true, cancel: cancel);
            Steps.Pass(step, $"{wanted} has {opened.Exists:N0} messages{(opened.UidValidity == 0 ? ", but no UIDVALIDITY: it cannot be followed reliably" : "")}.");
        }
        catch (ImapCommandException refused)
        {
            var entry = folders.FirstOrDefault(f => FolderNames.Same(f.Name, wanted));
            var fix = entry switch
            {
                { CanSelect: false } => $"{wanted} only holds other folders. Name one of those: {string.Join(", ", folders.Where(f => f.CanSelect && f.Name.StartsWith(wanted + f.Delimiter, StringComparison.Ordinal)).Take(5).Select(f => f.Name))}.",
                { } => "It exists but cannot be opened: this user lacks the right to read it, or the server has trouble with it.",
                null => FolderNames.Fix(wanted, [.. folders.Where(f => f.CanSelect).Select(f => f.Name)]),
            };
            Steps.Fail(step, $"{wanted} cannot be opened: {refused.ServerText}", fix);
        }
    }

    private void Sent(IReadOnlyList<ImapFolderEntry> folders)
    {
        var selectable = folders.Where(f => f.CanSelect).ToList();
        var wanted = mailbox.Settings.SentFolder;
        var found = string.IsNullOrEmpty(wanted)
            ? selectable.FirstOrDefault(f => f.Use == ImapFolderUse.Sent) ?? selectable.FirstOrDefault(f => SentNames.Contains(f.Name, StringComparer.OrdinalIgnoreCase))
            : selectable.FirstOrDefault(f => FolderNames.Same(f.Name, wanted));
        if (found is not null) Steps.Pass("Sent folder", $"Copies of replies go into {found.Name}{(found.Use == ImapFolderUse.Sent ? ", which the server names for that" : "")}.");
        else Steps.Fail("Sent folder", string.IsNullOrEmpty(wanted) ? "The server names no folder for sent mail, and none has a usual name." : $"{wanted} is not there.",
            $"Name the Sent folder in the settings, or switch copies off. {FolderNames.Fix(string.IsNullOrEmpty(wanted) ? "Sent" : wanted, [.. selectable.Select(f => f.Name)])}");
    }
}
