using System.Text;
using EmailOps.Mail.Net;

namespace EmailOps.Mail.Imap;

/// <summary>What a server says it can do; compared without regard to case.</summary>
public sealed class ImapCapabilities
{
    private const int Most = 500;

    internal static readonly ImapCapabilities None = new([]);

    private readonly HashSet<string> _words;

    internal ImapCapabilities(IEnumerable<string> words)
    {
        _words = new HashSet<string>(words.Take(Most), StringComparer.OrdinalIgnoreCase);
        Mechanisms = [.. _words.Where(word => word.StartsWith("AUTH=", StringComparison.OrdinalIgnoreCase)).Select(word => word[5..])];
    }

    internal static ImapCapabilities Parse(ReadOnlySpan<byte> words) =>
        new(Encoding.Latin1.GetString(words).Split([' ', '\t', '(', ')', ']'], StringSplitOptions.RemoveEmptyEntries));

    public bool Has(string word) => _words.Contains(word);

    /// <summary>SASL mechanisms offered.</summary>
    public IReadOnlyList<string> Mechanisms { get; }

    public IReadOnlyCollection<string> Words => _words;

    public bool StartTls => Has("STARTTLS");

    public bool LoginDisabled => Has("LOGINDISABLED");

    public bool SaslInitialResponse => Has("SASL-IR");

    public bool Idle => Has("IDLE");

    public bool Move => Has("MOVE") || Revision2;

    public bool UidPlus => Has("UIDPLUS") || Revision2;

    /// <summary>QRESYNC includes CONDSTORE (RFC 7162, section 3.2).</summary>
    public bool CondStore => Has("CONDSTORE") || QResync;

    public bool QResync => Has("QRESYNC");

    public bool ESearch => Has("ESEARCH") || Revision2;

    public bool SpecialUse => Has("SPECIAL-USE");

    public bool ListExtended => Has("LIST-EXTENDED") || Revision2;

    public bool Id => Has("ID");

    public bool Enable => Has("ENABLE") || Revision2;

    public bool Unselect => Has("UNSELECT") || Revision2;

    public bool Namespaces => Has("NAMESPACE") || Revision2;

    /// <summary>Counted strings without waiting, of any length (RFC 7888).</summary>
    public bool LiteralPlus => Has("LITERAL+");

    /// <summary>The same up to 4,096 bytes; part of IMAP4rev2.</summary>
    public bool LiteralMinus => Has("LITERAL-") || Revision2;

    /// <summary>Whether there is any way in, and the mechanisms to try before the plain LOGIN command.</summary>
    internal bool CanLogin(MailCredentials credentials, MailServer server, out IReadOnlyList<SaslMechanism> mechanisms)
    {
        mechanisms = credentials.Mechanisms(Mechanisms, server);
        return mechanisms.Count > 0 || (credentials.Password is not null && !LoginDisabled);
    }

    private bool Revision2 => Has("IMAP4rev2");
}
