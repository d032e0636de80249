namespace EmailOps.Web.Messages;

/// <summary>
/// What the content security policy cannot stop in the HTML of a mail: a link element with rel=preconnect or dns-prefetch asks the network
/// before any policy is looked at, and a meta or base element bends what follows. Their names are broken, so that browsers see unknown
/// elements. The sandbox and the policy remain the fence; this closes the gap under it.
/// </summary>
internal static class MailHtml
{
    // The first letter after "<" decides what a tag is; encoded letters do not make a tag (HTML, 13.2.5.6 tag open state).
    private static readonly byte[][] Names = ["link"u8.ToArray(), "meta"u8.ToArray(), "base"u8.ToArray()];

    /// <summary>Changes the bytes in place; any encoding that keeps ASCII will do.</summary>
    public static void Disarm(Span<byte> html)
    {
        while (html.IndexOf((byte)'<') is >= 0 and var at)
        {
            html = html[(at + 1)..];
            foreach (var name in Names)
                if (html.Length >= name.Length && System.Text.Ascii.EqualsIgnoreCase(html[..name.Length], name))
                    html[0] = (byte)'x';
        }
    }
}
