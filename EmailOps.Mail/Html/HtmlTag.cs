using System.Collections.Frozen;

namespace EmailOps.Mail;

/// <summary>How an element lays out its text, as far as lines care.</summary>
[Flags]
internal enum HtmlLayout
{
    Inline = 0,
    /// <summary>Starts and ends on a line of its own; an inline end tag does not reach past it.</summary>
    Block = 1,
    /// <summary>With an empty line before and after.</summary>
    Paragraph = 2,
    /// <summary>Has no content and no end tag.</summary>
    Void = 4,
    /// <summary>Its content is not text a reader sees.</summary>
    Dropped = 8,
    Cell = 16,
    Item = 32,
    Quote = 64,
    Preformatted = 128,
    Break = 256,
    Rule = 512,
    List = 1024,
}

/// <summary>The elements that matter; every other is passed over as if its tags were not there.</summary>
internal sealed record HtmlTag(int Id, string Name, HtmlLayout Layout)
{
    private static readonly FrozenDictionary<string, HtmlTag> ByName = Build();
    private static readonly FrozenDictionary<string, HtmlTag>.AlternateLookup<ReadOnlySpan<char>> Lookup = ByName.GetAlternateLookup<ReadOnlySpan<char>>();

    public static int Count => ByName.Count;

    public bool Is(HtmlLayout layout) => (Layout & layout) != 0;

    public static HtmlTag? Of(ReadOnlySpan<char> name) => Lookup.TryGetValue(name, out var tag) ? tag : null;

    private static FrozenDictionary<string, HtmlTag> Build()
    {
        List<(string Names, HtmlLayout Layout)> kinds =
        [
            ("div address article aside body center details dd dt dir fieldset figcaption figure footer form header html legend main menu nav " +
                "section summary table tbody thead tfoot tr caption optgroup option hgroup search dialog", HtmlLayout.Block),
            ("p h1 h2 h3 h4 h5 h6 dl", HtmlLayout.Block | HtmlLayout.Paragraph),
            ("ul", HtmlLayout.Block | HtmlLayout.Paragraph),
            ("ol", HtmlLayout.Block | HtmlLayout.Paragraph | HtmlLayout.List),
            ("li", HtmlLayout.Block | HtmlLayout.Item),
            ("td th", HtmlLayout.Block | HtmlLayout.Cell),
            ("blockquote", HtmlLayout.Block | HtmlLayout.Paragraph | HtmlLayout.Quote),
            ("pre listing xmp plaintext", HtmlLayout.Block | HtmlLayout.Paragraph | HtmlLayout.Preformatted),
            ("hr", HtmlLayout.Void | HtmlLayout.Rule),
            ("br", HtmlLayout.Void | HtmlLayout.Break),
            ("script style title iframe noembed noframes template", HtmlLayout.Dropped),
            ("span font a b i u s em strong small big sub sup code tt label button ins del mark abbr cite q", HtmlLayout.Inline),
        ];
        var id = 0;
        return kinds.SelectMany(k => k.Names.Split(' ').Select(name => new HtmlTag(id++, name, k.Layout)))
            .ToFrozenDictionary(t => t.Name, StringComparer.OrdinalIgnoreCase);
    }
}
