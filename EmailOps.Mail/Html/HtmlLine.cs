namespace EmailOps.Mail;

/// <summary>A line of an HTML mail as a reader sees it, with what the markup says about where it comes from.</summary>
/// <param name="Text">White space collapsed as a browser does, entities decoded, no line end. Empty for a blank line between paragraphs.</param>
/// <param name="QuoteDepth">How many blockquote elements are open around it.</param>
/// <param name="Markers">
/// Classes and ids of the open elements around it that mail clients use to mark quotes, signatures and forwards (<see cref="HtmlMarkers"/>), lower case,
/// outermost first, without the prefixes that webmail adds (<c>x_</c>, <c>ydp...</c>). Lines of the same block share one list.
/// </param>
/// <param name="RuleBefore">An &lt;hr&gt; or a block with a border on top stands between this line and the one before.</param>
public readonly record struct HtmlLine(string Text, int QuoteDepth, IReadOnlyList<string> Markers, bool RuleBefore)
{
    /// <summary>True when a block with this class or id is open around the line. Lower case.</summary>
    public bool Has(string marker) => Markers.Contains(marker);
}
