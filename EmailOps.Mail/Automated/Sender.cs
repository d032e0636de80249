namespace EmailOps.Mail.Automated;

/// <summary>What sort of sender a message names.</summary>
/// <param name="IsDaemon">A mailer daemon: never a person.</param>
/// <param name="IsPostmaster">A postmaster or mail system by its name: mostly a machine.</param>
/// <param name="IsNull">The null return path of RFC 5321 section 4.5.5, or a From without address: set on reports and automatic replies, and by some spammers.</param>
internal readonly record struct Sender(bool IsDaemon, bool IsPostmaster, bool IsNull)
{
    public static Sender Of(MailMessage message)
    {
        var from = message.Headers["From"] ?? "";
        var path = message.Headers["Return-Path"];
        var address = message.From.Count > 0 ? message.From[0].Addr : "";
        var isDaemon = from.AsSpan().ContainsAny(BounceWords.Daemons);
        var isPostmaster = from.AsSpan().ContainsAny(BounceWords.Postmasters);
        var isNull = (path is not null && (path.Trim(' ', '<', '>', '"').Length == 0 || path.AsSpan().ContainsAny(BounceWords.Daemons))) || (from.Length > 0 && address.Length == 0);
        return new Sender(isDaemon, isPostmaster, isNull);
    }
}
