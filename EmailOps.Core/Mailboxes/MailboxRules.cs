using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes;

/// <summary>What a mailbox's settings must be like. Each answer is a sentence that begins with the field's name; null when all is well.</summary>
internal static class MailboxRules
{
    private const int MostFolders = 50;
    private const int MostAuthServers = 20;
    private const int MostAliases = 50;
    private const int LongestName = 200;
    private const int LongestFolder = 255;

    public static string? Problem(this SaveMailbox mailbox)
        => MailboxAddress.Problem(mailbox.Address)
        ?? (mailbox.Name?.Length > LongestName ? $"name has {mailbox.Name.Length} characters; at most {LongestName} are kept." : null)
        ?? (mailbox.Settings is null ? "settings are missing." : null)
        ?? SecretProblem("imapSecret", mailbox.ImapSecret) ?? SecretProblem("smtpSecret", mailbox.SmtpSecret)
        ?? mailbox.Settings!.Problem();

    public static string? Problem(this TestMailbox test) => new SaveMailbox(test.Address, "", test.Settings, test.ImapSecret, test.SmtpSecret).Problem();

    public static string? Problem(this MailboxSettings settings)
        => ProviderProblem(settings) ?? ServerProblem("imap", settings.Imap) ?? ServerProblem("smtp", settings.Smtp)
        ?? (settings.Imap is { Authentication: MailAuthentication.None } ? "imap.authentication cannot be None: IMAP needs a password or an OAuth token." : null)
        ?? FoldersProblem(settings)
        ?? Between("pollSeconds", settings.PollSeconds, 5, 3600)
        ?? Between("holdSeconds", settings.HoldSeconds, 0, 86_400)
        ?? Between("answersPerCorrespondent", settings.AnswersPerCorrespondent, 1, 100)
        ?? Between("answersPerHour", settings.AnswersPerHour, 1, 100_000)
        ?? AuthServersProblem(settings.TrustedAuthServers)
        ?? AliasesProblem(settings.Aliases)
        ?? ModelProblem(settings.Model)
        ?? settings.Reply?.Problem();

    private static string? ProviderProblem(MailboxSettings settings) => settings switch
    {
        _ when !Enum.IsDefined(settings.Provider) => "provider must be Imap, Gmail, Graph or Folder.",
        { Fallback: null } => null,
        { Fallback: MailboxProvider.Folder } => "fallback cannot be Folder: nobody looks for mail there.",
        _ when !Enum.IsDefined(settings.Fallback.Value) => "fallback must be Imap, Gmail or Graph, or be left out.",
        { Provider: MailboxProvider.Folder } => "fallback needs a provider that is read; Folder is not.",
        _ when settings.Fallback == settings.Provider => $"fallback is {settings.Fallback}, which is the provider itself; choose the other way, or none.",
        { Fallback: MailboxProvider.Imap, Imap: null } => "fallback is Imap, but imap is missing: name the server.",
        _ => null,
    };

    /// <summary>The same rule for a secret that is kept and one that is only tried.</summary>
    public static string? SecretProblem(string field, string? secret) => secret switch
    {
        null => null,
        { Length: > SecretBox.MaxLength } => $"{field} has {secret.Length} characters; at most {SecretBox.MaxLength} are kept.",
        // A line end would end the command it is sent in; half a pair of UTF-16 is no text.
        _ when secret.AsSpan().IndexOfAny('\0', '\r', '\n') >= 0 || !IsText(secret) => $"{field} has a line end or a character that is none; copy it without them.",
        _ => null,
    };

    private static bool IsText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }
        return true;
    }

    private static string? ServerProblem(string field, MailServerSettings? server)
    {
        if (server is null) return null;
        if (HostProblem(server.Host) is { } host) return $"{field}.host {host}";
        if (server.Port is < 1 or > 65535) return $"{field}.port is {server.Port}; set it between 1 and 65535.";
        if (!Enum.IsDefined(server.Security)) return $"{field}.security must be Tls, StartTls or None.";
        if (!Enum.IsDefined(server.Authentication)) return $"{field}.authentication must be Password, OAuth2 or None.";
        if (server.User is { } user && (user.Length > MailboxAddress.MaxLength || !IsPlain(user))) return $"{field}.user is too long or has a character that no sign-in name has.";
        if (server.CertificateSha256 is { Length: > 0 } pin && CertificatePin.Read(pin) is null) return $"{field}.certificateSha256 must be 64 hexadecimal digits (colons and blanks are fine), or empty.";
        return null;
    }

    private static string? HostProblem(string? host) => host switch
    {
        null or "" => "is missing; write the server's name, for example mail.example.com.",
        _ when host.Contains("://", StringComparison.Ordinal) => "must be a name without a protocol: mail.example.com.",
        { Length: > 253 } => "is longer than any host name.",
        _ when host.Contains(' ', StringComparison.Ordinal) || Uri.CheckHostName(host) == UriHostNameType.Unknown => "is no host name. Write it as mail.example.com, and the port in its own field.",
        _ => null,
    };

    private static string? FoldersProblem(MailboxSettings settings)
    {
        if (settings.Folders is not { Count: > 0 }) return "folders is empty; name at least INBOX.";
        if (settings.Folders.Count > MostFolders) return $"folders names {settings.Folders.Count}; at most {MostFolders} are read.";
        foreach (var folder in settings.Folders)
            if (FolderProblem(folder) is { } problem) return $"folders: {problem}";
        if (settings.Folders.Select(Key).Distinct(StringComparer.Ordinal).Count() != settings.Folders.Count) return "folders names one folder twice.";
        if (!Enum.IsDefined(settings.AfterStored)) return "afterStored must be Leave, MarkSeen or Move.";
        if (settings.AfterStored == AfterStored.Move)
        {
            if (string.IsNullOrEmpty(settings.MoveTo)) return "moveTo is missing: name the folder that stored mail is moved to, or choose another afterStored.";
            if (FolderProblem(settings.MoveTo) is { } problem) return $"moveTo: {problem}";
            if (settings.Folders.Any(f => Key(f) == Key(settings.MoveTo))) return $"moveTo is {settings.MoveTo}, which is also read: what is moved there would be read again.";
        }
        return string.IsNullOrEmpty(settings.SentFolder) ? null : FolderProblem(settings.SentFolder) is { } sent ? $"sentFolder: {sent}" : null;

        // RFC 3501, 5.1: INBOX in any case is one folder, other names are told apart by case.
        static string Key(string folder) => folder.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? "INBOX" : folder;
    }

    private static string? FolderProblem(string? folder) => folder switch
    {
        null or "" => "a name is empty.",
        { Length: > LongestFolder } => $"a name has {folder.Length} characters; at most {LongestFolder} are known to servers.",
        _ when !IsPlain(folder) || folder.AsSpan().IndexOfAny('*', '%') >= 0 => $"\"{string.Concat(folder.Where(c => !char.IsControl(c)))}\" has a character that no folder name has.",
        _ => null,
    };

    private static string? AuthServersProblem(IReadOnlyList<string>? names) => names switch
    {
        null => "trustedAuthServers must be a list; it may be empty.",
        { Count: > MostAuthServers } => $"trustedAuthServers names {names.Count}; at most {MostAuthServers} are kept.",
        _ when names.FirstOrDefault(n => string.IsNullOrWhiteSpace(n) || n.Length > 253 || !IsPlain(n) || n.Contains(' ', StringComparison.Ordinal)) is { } wrong
            => $"trustedAuthServers: \"{string.Concat(wrong.Where(c => !char.IsControl(c)))}\" is no name. Take what stands behind Authentication-Results: in a mail of yours, up to the semicolon.",
        _ => null,
    };

    private static string? AliasesProblem(IReadOnlyList<string>? aliases) => aliases switch
    {
        null => "aliases must be a list; it may be empty.",
        { Count: > MostAliases } => $"aliases names {aliases.Count}; at most {MostAliases} are kept.",
        _ when aliases.FirstOrDefault(a => MailboxAddress.Problem(a) is not null) is { } wrong => $"aliases: \"{string.Concat(wrong.Where(c => !char.IsControl(c)))}\" is no mail address.",
        _ => null,
    };

    private static string? ModelProblem(ModelPolicy? model) => model switch
    {
        null => "model is missing; leave it out for the usual, or set model.use to WhenUnsure, Never or Always.",
        _ when !Enum.IsDefined(model.Use) => "model.use must be WhenUnsure, Never or Always.",
        { TokensPerDay: < 1_000 or > 1_000_000_000 } => $"model.tokensPerDay is {model.TokensPerDay}; set it between 1000 and 1000000000, or leave it empty for no limit. To ask nothing, set model.use to Never.",
        { MoneyPerDay: < 0 or > 100_000 } => $"model.moneyPerDay is {model.MoneyPerDay}; set it between 0 and 100000, or leave it empty for no limit.",
        _ => null,
    };

    private static string? Between(string field, int value, int least, int most) => value >= least && value <= most ? null : $"{field} is {value}; set it between {least} and {most}.";

    private static bool IsPlain(string text) => IsText(text) && !text.Any(char.IsControl);
}
