using System.Collections.Frozen;

namespace EmailOps.Mail.Replies;

/// <summary>Reads the marks of HTML mail clients off the lines of a body.</summary>
internal static class HtmlLines
{
    private static readonly FrozenSet<string> QuoteMarks = new[]
    {
        "gmail_quote", "gmail_quote_container", "divrplyfwdmsg", "outlookmessageheader", "mail-editor-reference-message-container", "ms-outlook-mobile-reference-message", "originalmessage", "replysplit",
        "yahoo_quoted", "yahoo_quoted_begin", "yahoo-quoted", "aolreplacedbody", "moz-cite-prefix", "moz-forward-container", "protonmail_quote", "tutanota_quote", "zmail_extra", "zm_quote", "replyheader",
        "zimbra_quote", "fastmail-quote", "fastmail-quoted", "gmx_quote", "wrapper_quoted", "mailru-blockquote", "mail-quote-collapse", "yandex-quote", "ntes_not_fresh_quote", "isreplycontent", "origbody", "includetail",
        "freescout-quote", "intercom-quote", "freshdesk_quote", "hubspot-quote", "zendesk_quote", "isforwardcontent",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> SignatureMarks = new[]
    {
        "gmail_signature", "gmail_signature_prefix", "ms-outlook-mobile-signature", "mac_outlook_signature", "yahoo-signature", "yahoo_signature", "signature_block", "moz-signature", "moz-txt-sig",
        "applemailsignature", "apple-mail-signature", "applewebviewsignature", "protonmail_signature_block", "tutanota_signature", "spark_signature", "messagereplysig", "sh-signature", "front-signature",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static IEnumerable<(string Text, int Depth, LineMark Mark)> Of(IReadOnlyList<HtmlLine> lines)
    {
        var inQuote = false;
        IReadOnlyList<string>? known = null;
        var (quotes, signs) = (false, false);
        foreach (var line in lines)
        {
            // Lines of one block share their list of marks: look at it once.
            if (!ReferenceEquals(line.Markers, known))
                (known, quotes, signs) = (line.Markers, HasAny(line.Markers, QuoteMarks), HasAny(line.Markers, SignatureMarks));
            var mark = quotes && !inQuote ? LineMark.OpensQuote : signs && !quotes ? LineMark.Signature : LineMark.None;
            inQuote = quotes;
            yield return (line.Text, line.QuoteDepth, mark);
        }
    }

    private static bool HasAny(IReadOnlyList<string> markers, FrozenSet<string> wanted)
    {
        foreach (var marker in markers)
        {
            if (wanted.Contains(marker))
                return true;
        }

        return false;
    }
}
