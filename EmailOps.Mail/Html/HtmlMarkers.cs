using System.Collections.Frozen;

namespace EmailOps.Mail;

/// <summary>
/// Classes and ids by which mail clients mark what they put around a person's words. Kept short on purpose: only what a client writes itself.
/// </summary>
public static class HtmlMarkers
{
    private const int MaxLength = 64;

    private static readonly FrozenSet<string> Known = new[]
    {
        // Gmail
        "gmail_quote", "gmail_quote_container", "gmail_attr", "gmail_extra", "gmail_signature", "gmail_signature_prefix", "gmail_sendername",
        // Outlook: desktop, web, mobile, Mac
        "divrplyfwdmsg", "appendonsend", "olk_src_body_section", "outlookmessageheader", "mail-editor-reference-message-container",
        "ms-outlook-mobile-signature", "ms-outlook-mobile-body-separator-line", "ms-outlook-mobile-reference-message", "signature", "stopspelling",
        "mac_outlook_signature", "isforwardcontent", "hmmessage", "elementtoproof", "replysplit", "originalmessage",
        // Yahoo, AOL
        "yahoo_quoted", "yahoo_quoted_begin", "yahoo-signature", "yahoo_signature", "signature_block", "yahoo-quoted", "aolmail", "aolreplacedbody",
        // Thunderbird
        "moz-cite-prefix", "moz-signature", "moz-forward-container", "moz-email-headers-table", "moz-txt-sig",
        // Apple
        "applemailsignature", "apple-mail-signature", "applemailcompose", "lineBreakAtBeginningOfMessage".ToLowerInvariant(),
        "linebreakatbeginningofsignature", "applewebviewsignature",
        // Proton, Tutanota, Zoho, Zimbra, Fastmail, Spark, Superhuman, Hey, GMX, mail.ru, Yandex, QQ, NetEase
        "protonmail_quote", "protonmail_signature_block", "protonmail_signature_block-user", "tutanota_quote", "tutanota_signature", "zmail_extra",
        "zmail_extra_hr", "zm_quote", "replyheader", "zimbra_quote", "fastmail-quote", "fastmail-quoted", "defangedmessage", "spark_signature",
        "messagereplysig", "messagebodysection", "sh-signature", "trix-content", "gmx_quote", "wrapper_quoted", "mailru-blockquote",
        "mail-quote-collapse", "yandex-quote", "ntes_not_fresh_quote", "isreplycontent", "origbody", "qmbox", "foxdiv20", "includetail",
        // Help desks
        "front-signature", "zd-comment", "freescout-quote", "intercom-quote", "freshdesk_quote", "hs_reply", "hubspot-quote", "zendesk_quote",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> ByText = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The marker that a class or id token is, or null. Webmail that rewrites foreign classes ("x_gmail_quote", "ydp1234yahoo_quoted") is seen through.</summary>
    public static string? Of(ReadOnlySpan<char> token)
    {
        while (token.StartsWith("x_", StringComparison.OrdinalIgnoreCase))
            token = token[2..];
        if (token.IsEmpty || token.Length > MaxLength)
            return null;
        if (ByText.TryGetValue(token, out var marker))
            return marker;
        if (token.StartsWith("ydp", StringComparison.OrdinalIgnoreCase) && token.IndexOf("yahoo", StringComparison.OrdinalIgnoreCase) is > 0 and var yahoo)
            return ByText.TryGetValue(token[yahoo..], out marker) ? marker : null;
        return null;
    }
}
