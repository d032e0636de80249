using System.CommandLine;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary>The options of a mailbox's settings. Those that are given go over what was there before.</summary>
internal sealed class MailboxArguments
{
    private readonly Option<string?> _name = new("--name") { Description = "Shown to operators." };
    private readonly Option<MailboxProvider?> _provider = new("--provider") { Description = "By which way it is read and sent from: Imap, Gmail, Graph, or Folder (mail comes by import)." };
    private readonly Option<string?> _fallback = new("--fallback") { Description = "The other way while the first does not work: Imap, Gmail or Graph; \"\" for none. FALLBACK_PROVIDER says it for new mailboxes." };
    private readonly ServerArguments _imap = new("imap", "reading");
    private readonly ServerArguments _smtp = new("smtp", "sending; \"\" as host: nothing is sent");
    private readonly Option<string[]> _folders = new("--folder") { Description = "A folder to read; may be given several times. INBOX without any." };
    private readonly Option<AfterStored?> _afterStored = new("--after-stored") { Description = "What happens to a mail on the server once it is stored here: Leave, MarkSeen or Move." };
    private readonly Option<string?> _moveTo = new("--move-to") { Description = "The folder for Move." };
    private readonly Option<int?> _poll = new("--poll-seconds") { Description = "Look at least this often, 5 to 3600." };
    private readonly Option<bool?> _saveSent = new("--save-sent") { Description = "true: copies of replies go into the Sent folder." };
    private readonly Option<string?> _sentFolder = new("--sent-folder") { Description = "Its name, where the server names none." };
    private readonly Option<int?> _hold = new("--hold-seconds") { Description = "How long an automatic answer waits and can be undone, 0 to 86400." };
    private readonly Option<int?> _perPerson = new("--answers-per-person") { Description = "Automatic answers to one person an hour, 1 to 100." };
    private readonly Option<int?> _perHour = new("--answers-per-hour") { Description = "Automatic answers in all an hour." };
    private readonly Option<string[]> _aliases = new("--alias") { Description = "Another address whose mail arrives here; may be given several times." };
    private readonly Option<string[]> _trusted = new("--trust-auth-server") { Description = "A name behind Authentication-Results: that is believed; may be given several times." };
    private readonly Option<bool?> _plus = new("--plus-addressing") { Description = "true: support+anything@ reaches this mailbox." };
    private readonly ModelArguments _model = new();
    private readonly Option<bool> _stdin = new("--password-stdin") { Description = "Read the password from the first line of standard input." };
    private readonly Option<string?> _file = new("--password-file") { Description = "Read the password from the first line of a file." };
    private readonly Option<string?> _smtpFile = new("--smtp-password-file") { Description = "Another password for sending, from the first line of a file." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_name, _provider, _fallback, .. _imap.All, .. _smtp.All, _folders, _afterStored, _moveTo, _poll, _saveSent, _sentFolder, _hold, _perPerson, _perHour, _aliases, _trusted, _plus, .. _model.All, _stdin, _file, _smtpFile])
            command.Add(option);
    }

    public string? Name(ParseResult parsed) => parsed.GetValue(_name);

    public MailboxSettings Apply(ParseResult parsed, MailboxSettings before) => before with
    {
        Provider = parsed.GetValue(_provider) ?? before.Provider,
        Fallback = parsed.GetValue(_fallback) is not { } fallback ? before.Fallback : fallback.Length == 0 ? null
            : Enum.TryParse<MailboxProvider>(fallback, ignoreCase: true, out var way) && Enum.IsDefined(way) ? way : throw new CommandException("--fallback is Imap, Gmail or Graph, or \"\" for none."),
        Imap = _imap.Apply(parsed, before.Imap, WellKnownPorts.Imaps, WellKnownPorts.ImapSecurity),
        Smtp = _smtp.Apply(parsed, before.Smtp, WellKnownPorts.Submission, WellKnownPorts.SmtpSecurity),
        Folders = parsed.GetValue(_folders) is { Length: > 0 } folders ? folders : before.Folders,
        AfterStored = parsed.GetValue(_afterStored) ?? before.AfterStored,
        MoveTo = parsed.GetValue(_moveTo) ?? before.MoveTo,
        PollSeconds = parsed.GetValue(_poll) ?? before.PollSeconds,
        SaveSent = parsed.GetValue(_saveSent) ?? before.SaveSent,
        SentFolder = parsed.GetValue(_sentFolder) is { } sent ? sent.Length == 0 ? null : sent : before.SentFolder,
        HoldSeconds = parsed.GetValue(_hold) ?? before.HoldSeconds,
        AnswersPerCorrespondent = parsed.GetValue(_perPerson) ?? before.AnswersPerCorrespondent,
        AnswersPerHour = parsed.GetValue(_perHour) ?? before.AnswersPerHour,
        Aliases = parsed.GetValue(_aliases) is { Length: > 0 } aliases ? [.. aliases.Where(a => a.Length > 0)] : before.Aliases,
        TrustedAuthServers = parsed.GetValue(_trusted) is { Length: > 0 } trusted ? [.. trusted.Where(t => t.Length > 0)] : before.TrustedAuthServers,
        PlusAddressing = parsed.GetValue(_plus) ?? before.PlusAddressing,
        Model = _model.Apply(parsed, before.Model),
    };

    /// <param name="ask">Whether somebody at a terminal is asked when none is given.</param>
    public async Task<(string? Imap, string? Smtp)> SecretsAsync(ParseResult parsed, IAnsiConsole console, bool ask, CancellationToken cancel)
    {
        var smtp = parsed.GetValue(_smtpFile) is { } smtpFile ? await FirstLineAsync(smtpFile, cancel) : null;
        if (parsed.GetValue(_stdin) && parsed.GetValue(_file) is not null) throw new CommandException("Give either --password-stdin or --password-file.");
        if (parsed.GetValue(_file) is { } file) return (await FirstLineAsync(file, cancel), smtp);
        if (parsed.GetValue(_stdin)) return (await Console.In.ReadLineAsync(cancel) is { Length: > 0 } line ? line : throw new CommandException("Standard input holds no password."), smtp);
        if (!ask || !console.Profile.Capabilities.Interactive || Console.IsInputRedirected) return ask ? throw new CommandException("No password was given. Use --password-stdin or --password-file, or run this at a terminal.") : (null, smtp);
        return (await new TextPrompt<string>("Password:").Secret(null).ShowAsync(console, cancel), smtp);
    }

    private static async Task<string> FirstLineAsync(string path, CancellationToken cancel)
    {
        if (!File.Exists(path)) throw new CommandException($"{path} does not exist.");
        using var reader = new StreamReader(path);
        return await reader.ReadLineAsync(cancel) is { Length: > 0 } line ? line : throw new CommandException($"The first line of {path} is empty.");
    }

    /// <summary>The options of one of the two servers.</summary>
    private sealed class ServerArguments(string name, string what)
    {
        private readonly Option<string?> _host = new($"--{name}-host") { Description = $"Server for {what}." };
        private readonly Option<int?> _port = new($"--{name}-port") { Description = "Its port." };
        private readonly Option<MailSecurity?> _security = new($"--{name}-security") { Description = "Tls, StartTls or None; what belongs to the port without it." };
        private readonly Option<MailAuthentication?> _authentication = new($"--{name}-auth") { Description = "Password, OAuth2 (the password is an access token) or, for sending, None." };
        private readonly Option<string?> _user = new($"--{name}-user") { Description = "Sign-in name; the address without it." };
        private readonly Option<string?> _pin = new($"--{name}-pin") { Description = "SHA-256 of the one certificate that is accepted; \"\" ends that." };

        public IEnumerable<Option> All => [_host, _port, _security, _authentication, _user, _pin];

        public MailServerSettings? Apply(ParseResult parsed, MailServerSettings? before, int usualPort, Func<int, MailSecurity> usual)
        {
            var (host, port) = (parsed.GetValue(_host), parsed.GetValue(_port));
            if (host is { Length: 0 }) return null;
            if (host is null && before is null)
                return All.Any(o => parsed.GetResult(o) is { Implicit: false }) ? new MailServerSettings("", port ?? usualPort, MailSecurity.Tls) : null;
            var newPort = port ?? before?.Port ?? usualPort;
            var security = parsed.GetValue(_security) ?? (before is null || port is not null ? usual(newPort) : before.Security);
            var same = before is not null && (host is null || before.Host.Equals(host, StringComparison.OrdinalIgnoreCase)) ? before : null;
            return new MailServerSettings(host ?? before!.Host, newPort, security, parsed.GetValue(_authentication) ?? before?.Authentication ?? MailAuthentication.Password,
                parsed.GetValue(_user) ?? before?.User, parsed.GetValue(_pin) is { } pin ? pin.Length == 0 ? null : pin : same?.CertificateSha256);
        }
    }
}
