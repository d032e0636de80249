using System.Globalization;
using EmailOps.Core.Contracts;

namespace EmailOps.Web.Mailboxes;

/// <summary>The form of a mailbox, as text: what somebody typed is shown again as it was, right or wrong. Passwords are never shown again.</summary>
public sealed class MailboxFields
{
    private static readonly char[] Breaks = ['\r', '\n', ','];

    /// <summary>0: a new one.</summary>
    public long Id { get; set; }
    public int Version { get; set; }
    public string? Address { get; set; }
    public string? Name { get; set; }
    public string? Password { get; set; }
    public string? Provider { get; set; }
    /// <summary>Empty: none.</summary>
    public string? Fallback { get; set; }
    public string? ImapHost { get; set; }
    public string? ImapPort { get; set; }
    public string? ImapSecurity { get; set; }
    public string? ImapAuthentication { get; set; }
    public string? ImapUser { get; set; }
    public string? ImapPin { get; set; }
    public string? SmtpHost { get; set; }
    public string? SmtpPort { get; set; }
    public string? SmtpSecurity { get; set; }
    public string? SmtpAuthentication { get; set; }
    public string? SmtpUser { get; set; }
    public string? SmtpPassword { get; set; }
    public string? SmtpPin { get; set; }
    public string? Folders { get; set; }
    public string? AfterStored { get; set; }
    public string? MoveTo { get; set; }
    public string? PollSeconds { get; set; }
    public bool SaveSent { get; set; }
    public string? SentFolder { get; set; }
    public string? HoldSeconds { get; set; }
    public string? AnswersPerCorrespondent { get; set; }
    public string? AnswersPerHour { get; set; }
    public string? Aliases { get; set; }
    public string? TrustedAuthServers { get; set; }
    public bool PlusAddressing { get; set; }
    public string? ModelUse { get; set; }
    public string? ModelTokensPerDay { get; set; }
    public string? ModelMoneyPerDay { get; set; }
    public bool Paused { get; set; }

    /// <summary>Read by an API: nothing is typed to sign in with.</summary>
    public bool IsRemote => Choice(Provider, MailboxProvider.Imap).IsRemote();

    public bool HasServers => !string.IsNullOrWhiteSpace(ImapHost) || !string.IsNullOrWhiteSpace(SmtpHost);

    public static MailboxFields New() => Of(new MailboxSetup(0, "", "", new MailboxSettings(), false, false, true, 0, []));

    public static MailboxFields Of(MailboxSetup setup)
    {
        var settings = setup.Settings;
        var fields = new MailboxFields
        {
            Id = setup.Id, Version = setup.Version, Address = setup.Address, Name = setup.Name == setup.Address ? "" : setup.Name, Paused = !setup.IsEnabled, Provider = settings.Provider.ToString(), Fallback = settings.Fallback?.ToString() ?? "",
            Folders = string.Join('\n', settings.Folders), AfterStored = settings.AfterStored.ToString(), MoveTo = settings.MoveTo, PollSeconds = Text(settings.PollSeconds),
            SaveSent = settings.SaveSent, SentFolder = settings.SentFolder, HoldSeconds = Text(settings.HoldSeconds), AnswersPerCorrespondent = Text(settings.AnswersPerCorrespondent),
            AnswersPerHour = Text(settings.AnswersPerHour), Aliases = string.Join('\n', settings.Aliases), TrustedAuthServers = string.Join('\n', settings.TrustedAuthServers), PlusAddressing = settings.PlusAddressing,
            ModelUse = settings.Model.Use.ToString(), ModelTokensPerDay = settings.Model.TokensPerDay?.ToString(CultureInfo.InvariantCulture), ModelMoneyPerDay = settings.Model.MoneyPerDay?.ToString("0.##", CultureInfo.InvariantCulture),
        };
        fields.Take(settings.Imap, settings.Smtp);
        return fields;
    }

    public void Take(MailServerSettings? imap, MailServerSettings? smtp)
    {
        (ImapHost, ImapPort, ImapSecurity, ImapAuthentication, ImapUser, ImapPin) = (imap?.Host, Text(imap?.Port ?? 993), (imap?.Security ?? MailSecurity.Tls).ToString(), (imap?.Authentication ?? MailAuthentication.Password).ToString(), imap?.User, imap?.CertificateSha256);
        (SmtpHost, SmtpPort, SmtpSecurity, SmtpAuthentication, SmtpUser, SmtpPin) = (smtp?.Host, Text(smtp?.Port ?? 587), (smtp?.Security ?? MailSecurity.StartTls).ToString(), (smtp?.Authentication ?? MailAuthentication.Password).ToString(), smtp?.User, smtp?.CertificateSha256);
    }

    public SaveMailbox ToSave() => new(Address?.Trim() ?? "", Name?.Trim() ?? "", Settings(), Typed(Password), Typed(SmtpPassword), !Paused);

    public TestMailbox ToTest() => new(Address?.Trim() ?? "", Settings(), Typed(Password), Typed(SmtpPassword), Id == 0 ? null : Id);

    private MailboxSettings Settings() => new()
    {
        Provider = Choice(Provider, MailboxProvider.Imap), Fallback = Given(Fallback) is { } fallback ? Choice(fallback, (MailboxProvider)(-1)) : null,
        Imap = Server(ImapHost, ImapPort, ImapSecurity, ImapAuthentication, ImapUser, ImapPin),
        Smtp = Server(SmtpHost, SmtpPort, SmtpSecurity, SmtpAuthentication, SmtpUser, SmtpPin),
        Folders = Lines(Folders), AfterStored = Choice(AfterStored, Core.Contracts.AfterStored.Leave), MoveTo = Given(MoveTo), PollSeconds = Number(PollSeconds),
        SaveSent = SaveSent, SentFolder = Given(SentFolder), HoldSeconds = Number(HoldSeconds), AnswersPerCorrespondent = Number(AnswersPerCorrespondent),
        AnswersPerHour = Number(AnswersPerHour), Aliases = Lines(Aliases), TrustedAuthServers = Lines(TrustedAuthServers), PlusAddressing = PlusAddressing,
        Model = new ModelPolicy { Use = Choice(ModelUse, Core.Contracts.ModelUse.WhenUnsure), TokensPerDay = (long?)Limit(ModelTokensPerDay), MoneyPerDay = Limit(ModelMoneyPerDay) },
    };

    private static MailServerSettings? Server(string? host, string? port, string? security, string? authentication, string? user, string? pin) => Given(host) is not { } name
        ? null
        : new MailServerSettings(name, Number(port), Choice(security, MailSecurity.Tls), Choice(authentication, MailAuthentication.Password), Given(user), Given(pin));

    /// <summary>An empty field keeps what is stored: a browser cannot show that there is something.</summary>
    private static string? Typed(string? secret) => string.IsNullOrEmpty(secret) ? null : secret;

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string[] Lines(string? text) => (text ?? "").Split(Breaks, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>What is no number becomes one that no field allows: the Api then names the field.</summary>
    private static int Number(string? text) => int.TryParse(text?.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : -1;

    /// <summary>Empty: no limit. What is no number becomes one that no limit may be.</summary>
    private static decimal? Limit(string? text) => Given(text) is not { } given ? null
        : decimal.TryParse(given, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1_000_000_000_000 ? number : -1;

    private static T Choice<T>(string? text, T otherwise) where T : struct, Enum => Enum.TryParse<T>(text, ignoreCase: true, out var choice) && Enum.IsDefined(choice) ? choice : otherwise;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
