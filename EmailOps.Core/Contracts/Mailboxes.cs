namespace EmailOps.Core.Contracts;

/// <summary>How a connection to a mail server is protected.</summary>
public enum MailSecurity
{
    /// <summary>TLS from the first byte (RFC 8314): IMAP 993, SMTP 465.</summary>
    Tls,
    /// <summary>Plain, then STARTTLS, required: IMAP 143, SMTP 587.</summary>
    StartTls,
    /// <summary>No protection. For servers on this machine or in a trusted network only.</summary>
    None,
}

/// <summary>How we sign in at a mail server.</summary>
public enum MailAuthentication
{
    Password,
    /// <summary>An OAuth 2.0 access token (XOAUTH2, RFC 7628 OAUTHBEARER).</summary>
    OAuth2,
    /// <summary>Not at all: relays that trust the address we come from. SMTP only.</summary>
    None,
}

/// <summary>What happens to a mail on the server once it is stored. Nothing is ever deleted.</summary>
public enum AfterStored { Leave, MarkSeen, Move }

/// <summary>Where a mailbox's loop stands.</summary>
public enum LoopState { Stopped, Connecting, CatchingUp, Watching, BackingOff }

/// <param name="User">Sign-in name; the mailbox's address when empty.</param>
/// <param name="CertificateSha256">Pins a private server's certificate (hexadecimal); null: it must be valid for the host.</param>
public sealed record MailServerSettings(string Host, int Port, MailSecurity Security, MailAuthentication Authentication = MailAuthentication.Password, string? User = null, string? CertificateSha256 = null);

/// <summary>How a mailbox is read and answered from. Passwords are not in it.</summary>
public sealed record MailboxSettings
{
    public MailboxProvider Provider { get; init; } = MailboxProvider.Imap;
    /// <summary>The other way, taken while the first does not work; null: none. With <see cref="MailboxProvider.Imap"/> the servers below are used.</summary>
    public MailboxProvider? Fallback { get; init; }
    /// <summary>Null, where the mailbox is not read by an API: mail comes by import only.</summary>
    public MailServerSettings? Imap { get; init; }
    /// <summary>Null, where the mailbox has no API: nothing is sent; replies are withheld and shown.</summary>
    public MailServerSettings? Smtp { get; init; }
    public IReadOnlyList<string> Folders { get; init; } = ["INBOX"];
    public AfterStored AfterStored { get; init; } = AfterStored.Leave;
    /// <summary>With <see cref="AfterStored.Move"/>.</summary>
    public string? MoveTo { get; init; }
    /// <summary>Longest time between two looks, seconds, 5-3600, even while the server announces new mail by itself.</summary>
    public int PollSeconds { get; init; } = 60;
    /// <summary>A copy of what was sent goes into the Sent folder. Off where the provider does that by itself (Gmail).</summary>
    public bool SaveSent { get; init; } = true;
    /// <summary>Null: the folder that the server names (RFC 6154 \Sent), else "Sent".</summary>
    public string? SentFolder { get; init; }
    /// <summary>How long an automatic answer waits and can be undone, seconds, 0-86400.</summary>
    public int HoldSeconds { get; init; } = 120;
    /// <summary>Automatic answers to one correspondent in an hour, 1-100.</summary>
    public int AnswersPerCorrespondent { get; init; } = 3;
    /// <summary>Automatic answers of the whole mailbox in an hour, 1-100000.</summary>
    public int AnswersPerHour { get; init; } = 200;
    /// <summary>Names of the servers whose Authentication-Results are believed (RFC 8601, 5); empty: senders are not checked.</summary>
    public IReadOnlyList<string> TrustedAuthServers { get; init; } = [];
    /// <summary>Other addresses whose mail arrives here (help@, a former name); mail that names none of ours in To or Cc is never answered without a person.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
    /// <summary>Reply-To carries a signed token (support+t...@), for servers that deliver plus-addresses.</summary>
    public bool PlusAddressing { get; init; }
    /// <summary>Whether and how much language models are asked about this mailbox's mail.</summary>
    public ModelPolicy Model { get; init; } = new();
    /// <summary>How replies begin and end. When it is saved: null keeps what is stored, an empty one goes back to the taxonomy's.</summary>
    public ReplySettings? Reply { get; init; }
}

/// <summary>Body of <c>POST /mailboxes</c> and <c>PUT /mailboxes/{id}/settings</c>. Passwords are only ever written: null keeps what is stored, "" forgets it.</summary>
/// <param name="Name">Empty: the address.</param>
/// <param name="SmtpSecret">Where none is stored, that of IMAP is used.</param>
public sealed record SaveMailbox(string Address, string Name, MailboxSettings Settings, string? ImapSecret = null, string? SmtpSecret = null, bool IsEnabled = true)
{
    /// <summary>Without the secrets: a record's own would print them.</summary>
    public override string ToString() => $"{nameof(SaveMailbox)} {Address}";
}

/// <summary>Answer of <c>GET /mailboxes/{id}/settings</c>.</summary>
/// <param name="HasSmtpSecret">One of its own; without, that of IMAP is used.</param>
/// <param name="Version">Send back as <c>If-Match: "version"</c>.</param>
/// <param name="FromEnvironment">Settings that come from the environment (EMAIL_IMAP_HOST, ...) and are changed there only.</param>
public sealed record MailboxSetup(long Id, string Address, string Name, MailboxSettings Settings, bool HasImapSecret, bool HasSmtpSecret, bool IsEnabled, int Version, IReadOnlyList<string> FromEnvironment);

/// <summary>Body of <c>POST /mailboxes/test</c>: nothing is stored, nothing is sent.</summary>
/// <param name="MailboxId">Where a secret is null, this mailbox's stored one is used.</param>
public sealed record TestMailbox(string Address, MailboxSettings Settings, string? ImapSecret = null, string? SmtpSecret = null, long? MailboxId = null)
{
    /// <summary>Without the secrets: a record's own would print them.</summary>
    public override string ToString() => $"{nameof(TestMailbox)} {Address}";
}

/// <summary>Body of <c>POST /mailboxes/find</c>.</summary>
public sealed record FindMailSettings(string Address);

/// <summary>Servers guessed from an address; null where none was found.</summary>
/// <param name="SaveSent">False where the provider puts sent mail into the Sent folder by itself.</param>
/// <param name="Provider">Its name, when it is a known one.</param>
/// <param name="Note">What a person should know or do.</param>
public sealed record FoundSettings(MailServerSettings? Imap, MailServerSettings? Smtp, bool SaveSent, string? Provider, string? Note);

/// <summary>What "test connection" found, step by step (name, TCP, TLS, sign-in, folders, ...); the steps after a failed one are not tried.</summary>
public sealed record ConnectionReport(bool Ok, IReadOnlyList<ConnectionStep> Steps);

/// <param name="Service">IMAP or SMTP.</param>
/// <param name="Fix">What to change, when it failed.</param>
public sealed record ConnectionStep(string Service, string Step, bool Ok, string Detail, string? Fix, double Milliseconds);

/// <summary>How the reading of a mailbox goes.</summary>
/// <param name="HeardAt">When the server last said anything.</param>
/// <param name="SilentTooLong">It should have been heard by now.</param>
/// <param name="Provider">By which way it is read just now.</param>
/// <param name="Diverted">Why that is not its own way but its fallback; null when it is.</param>
public sealed record MailboxReading(LoopState State, DateTimeOffset? ConnectedAt, DateTimeOffset? HeardAt, bool SilentTooLong, int Failures, string? Problem, DateTimeOffset? NextTryAt, IReadOnlyList<FolderReading> Folders,
    MailboxProvider Provider = MailboxProvider.Imap, string? Diverted = null);

/// <param name="Known">Messages of this folder that the ledger has.</param>
/// <param name="Gap">Messages on the server that the ledger did not have at the last reconciliation.</param>
/// <param name="Note">What happened to it that is no problem.</param>
public sealed record FolderReading(string Name, long? OnServer, long Known, long Gap, DateTimeOffset? ReconciledAt, string? Problem, string? Note = null);

/// <summary>One comparison of a mailbox's server with the ledger.</summary>
public sealed record ReconciliationView(long Id, long MailboxId, string RequestedBy, DateTimeOffset RequestedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, long OnServer, long Known, long Missing, long Backfilled, string? Problem);

/// <summary>Automatic answers stopped by a loop brake.</summary>
/// <param name="Correspondent">Null: the whole mailbox.</param>
/// <param name="Until">Null: until an operator lifts it.</param>
public sealed record BrakeView(long Id, long MailboxId, string? Correspondent, string Reason, DateTimeOffset TrippedAt, DateTimeOffset? Until);

/// <summary>Body of <c>POST /outbound/{id}/settle</c>: what a person found out about a reply whose fate was unknown.</summary>
/// <param name="WasSent">True: it arrived. False: it did not, send it.</param>
public sealed record SettleOutbound(bool WasSent);
