using System.Text;

namespace EmailOps.Mail;

/// <summary>Follows the tags of an HTML body and hands its text to an <see cref="HtmlLineWriter"/>.</summary>
internal sealed class HtmlReader
{
    // Real mail nests tables some 40 deep. Deeper elements are followed without their own style.
    private const int MaxOpen = 512;
    private const int MaxMarkers = 16;
    /// <summary>Characters of a text for a picture or pointer that says more than a name.</summary>
    private const int LeastSpoken = 24;
    /// <summary>Links of newsletters say in a few words what a click does ("Send a reply to the sender of this message.").</summary>
    private const int LeastOfLink = 48;

    private readonly string _html;
    private readonly HtmlLineWriter _lines = new();
    private readonly StringBuilder _hidden = new();
    private readonly List<Element> _open = [];
    private readonly int[] _openByTag = new int[HtmlTag.Count];
    private int _beyond;
    private bool _hasStyleSheet;

    public HtmlReader(string html) => _html = html;

    private struct Element
    {
        public HtmlTag? Tag;
        public int Depth;
        public bool Hidden;
        public bool Tiny;
        public bool Preformatted;
        public int Colour;
        public int Background;
        public int Items;
        public IReadOnlyList<string> Markers;

        public readonly bool IsSeen => !Hidden && !Tiny && (Colour != Background || Colour == HtmlStyle.UnknownColour);
    }

    public HtmlContent Read()
    {
        _open.Add(new Element { Colour = 0, Background = HtmlColour.White, Markers = [] });
        var tokens = new HtmlTokenizer(_html);
        for (var kind = tokens.Next(); kind != HtmlTokenKind.End; kind = tokens.Next())
        {
            // Also of elements that lay out nothing, as pictures.
            if (kind == HtmlTokenKind.StartTag && !tokens.Attributes.IsEmpty)
                WriteSpoken(tokens.Attributes, tokens.Name is "a" ? LeastOfLink : LeastSpoken);
            switch (kind)
            {
                case HtmlTokenKind.Text:
                    WriteText(tokens.Text);
                    break;
                case HtmlTokenKind.StartTag when HtmlTag.Of(tokens.Name) is { } tag:
                    if (tag.Is(HtmlLayout.Dropped))
                    {
                        _hasStyleSheet |= tag.Name == "style";
                        tokens.SkipRawText(tag.Name);
                    }
                    else
                        Start(tag, tokens.Attributes);
                    break;
                case HtmlTokenKind.EndTag when HtmlTag.Of(tokens.Name) is { } tag:
                    End(tag);
                    break;
                case HtmlTokenKind.Comment:
                    WriteComment(tokens.Text);
                    break;
            }
        }
        _lines.EndLine();
        return new HtmlContent(_lines.Lines, _hidden.ToString().Trim());
    }

    private void Start(HtmlTag tag, ReadOnlySpan<char> attributes)
    {
        var style = attributes.IsEmpty ? default : HtmlStyle.Read(attributes);
        if (tag.Is(HtmlLayout.Break))
            _lines.Break();
        if (tag.Is(HtmlLayout.Rule) || (style.RuleOnTop && tag.Is(HtmlLayout.Block)))
            _lines.Rule();
        if (tag.Is(HtmlLayout.Void))
            return;
        EndLineFor(tag);
        if (_open.Count >= MaxOpen)
        {
            _beyond++;
            return;
        }
        var outer = _open[^1];
        _open.Add(new Element
        {
            Tag = tag,
            Depth = outer.Depth + (tag.Is(HtmlLayout.Quote) ? 1 : 0),
            Hidden = style.Hidden || outer.Hidden,
            Tiny = style.Tiny ?? outer.Tiny,
            Preformatted = style.KeepsWhiteSpace ?? (tag.Is(HtmlLayout.Preformatted) || (outer.Preformatted && !tag.Is(HtmlLayout.Cell))),
            Colour = style.Colour ?? outer.Colour,
            // Where a style sheet may paint the ground, white text is taken as seen: a person's words must not disappear.
            Background = style.Background ?? (style.HasClass && _hasStyleSheet ? HtmlStyle.UnknownColour : outer.Background),
            Markers = With(outer.Markers, style.Markers),
        });
        _openByTag[tag.Id]++;
        if (tag.Is(HtmlLayout.Item))
            _lines.Prefix(ItemPrefix());
        Place();
    }

    private string ItemPrefix()
    {
        for (var at = _open.Count - 2; at > 0 && at > _open.Count - 6; at--)
        {
            var list = _open[at];
            if (list.Tag is not { } tag || !(tag.Is(HtmlLayout.List) || tag.Name == "ul"))
                continue;
            list.Items++;
            _open[at] = list;
            return tag.Is(HtmlLayout.List) ? $"{list.Items}. " : "- ";
        }
        return "- ";
    }

    private void End(HtmlTag tag)
    {
        if (tag.Is(HtmlLayout.Break))
            _lines.Break();
        if (tag.Is(HtmlLayout.Void | HtmlLayout.Dropped))
            return;
        EndLineFor(tag);
        if (_beyond > 0)
        {
            _beyond--;
            return;
        }
        if (_openByTag[tag.Id] == 0)
            return;
        var at = _open.Count - 1;
        while (_open[at].Tag!.Id != tag.Id)
        {
            // "<span><div></span>": an inline end tag does not close blocks (section 13.2.6.4.7, "any other end tag").
            if (!tag.Is(HtmlLayout.Block) && _open[at].Tag!.Is(HtmlLayout.Block))
                return;
            at--;
        }
        while (_open.Count > at)
        {
            _openByTag[_open[^1].Tag!.Id]--;
            _open.RemoveAt(_open.Count - 1);
        }
        Place();
    }

    private void EndLineFor(HtmlTag tag)
    {
        if (tag.Is(HtmlLayout.Paragraph))
            _lines.EndParagraph();
        else if (tag.Is(HtmlLayout.Cell))
            _lines.Separate();
        else if (tag.Is(HtmlLayout.Block))
            _lines.EndLine();
    }

    private void Place()
    {
        _lines.Depth = _open[^1].Depth;
        _lines.Markers = _open[^1].Markers;
    }

    private static IReadOnlyList<string> With(IReadOnlyList<string> outer, List<string>? own)
    {
        if (own is null || outer.Count >= MaxMarkers)
            return outer;
        var added = own.Where(marker => !outer.Contains(marker)).ToList();
        return added.Count == 0 ? outer : [.. outer, .. added];
    }

    /// <summary>Texts for pictures and pointers are not on the page; a name of a picture is nothing, a sentence may be meant for machines.</summary>
    private void WriteSpoken(ReadOnlySpan<char> attributes, int least)
    {
        if (!attributes.Contains("alt", StringComparison.OrdinalIgnoreCase) && !attributes.Contains("title", StringComparison.OrdinalIgnoreCase) && !attributes.Contains("aria-label", StringComparison.OrdinalIgnoreCase))
            return;
        var walk = new HtmlAttributes(attributes);
        ReadOnlySpan<char> written = [];
        while (walk.MoveNext())
        {
            if (!IsSpoken(walk.Name) || walk.Value.Length < least || walk.Value.SequenceEqual(written))
                continue;
            written = walk.Value;
            WriteText(written, new Element { Hidden = true });
            Hide("\n");
        }
    }

    private static bool IsSpoken(ReadOnlySpan<char> name)
        => name.Equals("alt", StringComparison.OrdinalIgnoreCase) || name.Equals("title", StringComparison.OrdinalIgnoreCase) || name.Equals("aria-label", StringComparison.OrdinalIgnoreCase);

    private void WriteText(ReadOnlySpan<char> text) => WriteText(text, _open[^1]);

    private void WriteText(ReadOnlySpan<char> text, in Element place)
    {
        while (!text.IsEmpty)
        {
            var ampersand = text.IndexOf('&');
            Write(ampersand < 0 ? text : text[..ampersand], place);
            if (ampersand < 0)
                return;
            text = text[ampersand..];
            if (HtmlEntities.TryRead(text, out var value, out var length))
            {
                Write(value, place);
                text = text[length..];
            }
            else
            {
                Write("&", place);
                text = text[1..];
            }
        }
    }

    private void Write(ReadOnlySpan<char> text, in Element place)
    {
        if (place.IsSeen)
            _lines.Write(text, place.Preformatted);
        else if (!text.IsWhiteSpace())
            Hide(text);
    }

    /// <summary>Conditional comments hold layout for Outlook; other comments may hold what somebody wants only machines to read.</summary>
    private void WriteComment(ReadOnlySpan<char> text)
    {
        if (text.IsWhiteSpace() || text.StartsWith("[if", StringComparison.OrdinalIgnoreCase) || text.ContainsAny("{}<>"))
            return;
        Hide(text.Trim());
        Hide("\n");
    }

    private void Hide(ReadOnlySpan<char> text) => _hidden.Append(text[..Math.Clamp(HtmlContent.MaxHidden - _hidden.Length, 0, text.Length)]);
}
