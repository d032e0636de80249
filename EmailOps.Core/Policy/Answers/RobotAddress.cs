using System.Buffers;

namespace EmailOps.Core.Policy.Answers;

/// <summary>Addresses that no person reads, told by the part before the @ (RFC 3834, section 2; RFC 5321, 4.5.1).</summary>
internal static class RobotAddress
{
    private static readonly SearchValues<string> s_anywhere = SearchValues.Create(
        ["noreply", "donotreply", "dontreply", "notreply", "mailerdaemon", "nichtantworten", "keineantwort", "nepasrepondre", "pasdereponse", "noresponder", "noresponda", "nonrispondere", "naoresponda", "nietbeantwoorden", "autoreply", "autoresponder", "unmonitored"],
        StringComparison.Ordinal);

    private static readonly string[] s_whole = ["postmaster", "bounce", "bounces", "daemon", "listserv", "majordomo", "nobody", "devnull"];

    public static bool Is(string address)
    {
        var at = address.LastIndexOf('@');
        var local = (at < 0 ? address : address[..at]).ToLowerInvariant();
        // no-reply, no_reply and no.reply are one; a tag (bounces+1234) does not make a person of it.
        var plain = string.Concat(local.Split('+', '=')[0].Where(char.IsLetterOrDigit));
        return plain.AsSpan().ContainsAny(s_anywhere) || s_whole.Contains(plain)
            || local.StartsWith("bounce-", StringComparison.Ordinal) || local.StartsWith("bounces-", StringComparison.Ordinal) || local.StartsWith("owner-", StringComparison.Ordinal)
            || local.EndsWith("-bounces", StringComparison.Ordinal) || local.EndsWith("-bounce", StringComparison.Ordinal) || local.EndsWith("-owner", StringComparison.Ordinal) || local.EndsWith("-request", StringComparison.Ordinal);
    }
}
