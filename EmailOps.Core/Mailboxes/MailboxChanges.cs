using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes;

/// <summary>What an audit entry says about a saved mailbox. Secrets are named, never shown.</summary>
internal static class MailboxChanges
{
    /// <param name="before">Null: the mailbox is new.</param>
    public static string Between(MailboxSetup? before, SaveMailbox after)
    {
        var (was, now) = (before?.Settings ?? new MailboxSettings(), after.Settings);
        List<string> changes =
        [
            .. Changed("address", before?.Address, before is null ? null : MailboxAddress.Normal(after.Address)),
            .. Changed("provider", $"{was.Provider}", $"{now.Provider}"),
            .. Changed("fallback", $"{was.Fallback}", $"{now.Fallback}"),
            .. Changed("reading", Server(was.Imap), Server(now.Imap)),
            .. Changed("sending", Server(was.Smtp), Server(now.Smtp)),
            .. Changed("folders", string.Join(", ", was.Folders), string.Join(", ", now.Folders)),
            .. Changed("after stored", AfterStored(was), AfterStored(now)),
            .. Changed("poll seconds", $"{was.PollSeconds}", $"{now.PollSeconds}"),
            .. Changed("copies of sent mail", Sent(was), Sent(now)),
            .. Changed("hold seconds", $"{was.HoldSeconds}", $"{now.HoldSeconds}"),
            .. Changed("answers per correspondent and hour", $"{was.AnswersPerCorrespondent}", $"{now.AnswersPerCorrespondent}"),
            .. Changed("answers per hour", $"{was.AnswersPerHour}", $"{now.AnswersPerHour}"),
            .. Changed("trusted Authentication-Results", string.Join(", ", was.TrustedAuthServers), string.Join(", ", now.TrustedAuthServers)),
            .. Changed("aliases", string.Join(", ", was.Aliases), string.Join(", ", now.Aliases)),
            .. Changed("plus addressing", $"{was.PlusAddressing}", $"{now.PlusAddressing}"),
            .. Changed("language model", Model(was.Model), Model(now.Model)),
            .. Changed("how replies begin and end", Reply(was), Reply(now)),
            .. Changed("enabled", $"{before?.IsEnabled ?? true}", $"{after.IsEnabled}"),
        ];
        if (after.ImapSecret is { } imap) changes.Add(imap.Length == 0 ? "forgot the password" : "a new password");
        if (after.SmtpSecret is { } smtp) changes.Add(smtp.Length == 0 ? "forgot the password for sending" : "a new password for sending");
        return changes.Count == 0 ? "nothing changed." : string.Join("; ", changes) + ".";
    }

    private static IEnumerable<string> Changed(string what, string? before, string? after)
    {
        if (before == after || after is null) yield break;
        yield return string.IsNullOrEmpty(before) ? $"{what} {after}" : $"{what} {before} -> {(after.Length == 0 ? "none" : after)}";
    }

    private static string Server(MailServerSettings? server) => server is null
        ? ""
        : $"{server.Host}:{server.Port} {server.Security} {server.Authentication}{(string.IsNullOrEmpty(server.User) ? "" : $" as {server.User}")}{(string.IsNullOrEmpty(server.CertificateSha256) ? "" : $" pinned {server.CertificateSha256}")}";

    private static string Model(ModelPolicy model)
    {
        var use = model.Use switch { ModelUse.Never => "never", ModelUse.Always => "always", _ => "when unsure" };
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{use}, a day {(model.TokensPerDay is { } tokens ? $"{tokens} tokens" : "any tokens")} and {(model.MoneyPerDay is { } money ? $"{money:0.##} money" : "any money")}");
    }

    /// <summary>Which languages, not the words: those are long.</summary>
    private static string Reply(MailboxSettings settings) => settings.Reply is not { } reply ? "" : string.Join(", ", (string[])
        [.. reply.Team is { Length: > 0 } team ? (string[])[$"as {team}"] : [], .. reply.Signature is { Length: > 0 } signature ? (string[])[$"a signature of {signature.Length} characters"] : [], .. reply.Languages.Keys.Order(StringComparer.Ordinal).Select(l => $"{l} ({System.Text.Json.JsonSerializer.Serialize(reply.Languages[l]).Length})")]);

    private static string AfterStored(MailboxSettings settings) => settings.AfterStored == Contracts.AfterStored.Move ? $"move to {settings.MoveTo}" : settings.AfterStored.ToString();

    private static string Sent(MailboxSettings settings) => settings.SaveSent ? settings.SentFolder is { Length: > 0 } folder ? $"in {folder}" : "in the Sent folder" : "off";
}
