using EmailOps.Mail.Writing;

namespace EmailOps.Mail.Smtp;

/// <summary>Who sends a mail and who gets it, whatever its header says.</summary>
/// <param name="Sender">Where bounces go; empty for mail that must never bounce (RFC 5321, section 4.5.5).</param>
/// <param name="Recipients">At least one. Each gets its own answer.</param>
public sealed record SmtpEnvelope(string Sender, IReadOnlyList<string> Recipients)
{
    internal bool NeedsSmtpUtf8 => AddrSpec.NeedsSmtpUtf8(Sender) || Recipients.Any(AddrSpec.NeedsSmtpUtf8);

    /// <summary>With domains in ASCII.</summary>
    /// <exception cref="ArgumentException">An address cannot be written.</exception>
    internal SmtpEnvelope Normalised() => new(Sender.Length == 0 ? "" : AddrSpec.Normalise(Sender), [.. Recipients.Select(AddrSpec.Normalise)]);
}
