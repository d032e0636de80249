using System.Globalization;

namespace EmailOps.Mail;

/// <summary>What the attributes of one start tag say that matters for reading: hidden, colours, a border on top, kept white space, client markers.</summary>
internal ref struct HtmlStyle
{
    /// <summary>A colour that is not known: a picture, a name nobody looks up.</summary>
    public const int UnknownColour = -1;

    public bool Hidden { get; private set; }

    public bool RuleOnTop { get; private set; }

    public bool? KeepsWhiteSpace { get; private set; }

    /// <summary>Whether the letters are too small to see; null where the element does not say. Inner elements may differ.</summary>
    public bool? Tiny { get; private set; }

    /// <summary>RGB, <see cref="UnknownColour"/>, or null where the element sets none.</summary>
    public int? Colour { get; private set; }

    public int? Background { get; private set; }

    public List<string>? Markers { get; private set; }

    /// <summary>A style sheet may say more about it.</summary>
    public bool HasClass { get; private set; }

    public static HtmlStyle Read(ReadOnlySpan<char> attributes)
    {
        var style = new HtmlStyle();
        var walk = new HtmlAttributes(attributes);
        while (walk.MoveNext())
        {
            if (Is(walk.Name, "class") || Is(walk.Name, "id"))
            {
                style.ReadMarkers(walk.Value);
                style.HasClass = true;
            }
            else if (Is(walk.Name, "style"))
                style.ReadDeclarations(walk.Value);
            else if (Is(walk.Name, "hidden"))
                style.Hidden = true;
            else if (Is(walk.Name, "color"))
                style.Colour = HtmlColour.Parse(walk.Value);
            else if (Is(walk.Name, "bgcolor"))
                style.Background = HtmlColour.Parse(walk.Value);
            else if (Is(walk.Name, "background"))
                style.Background = UnknownColour;
        }
        return style;
    }

    private static bool Is(ReadOnlySpan<char> name, string wanted) => name.Equals(wanted, StringComparison.OrdinalIgnoreCase);

    private void ReadMarkers(ReadOnlySpan<char> value)
    {
        foreach (var range in value.SplitAny(" \t\r\n"))
        {
            if (HtmlMarkers.Of(value[range]) is { } marker && Markers?.Contains(marker) != true)
                (Markers ??= []).Add(marker);
        }
    }

    private void ReadDeclarations(ReadOnlySpan<char> css)
    {
        bool clipped = false, flat = false;
        foreach (var range in css.Split(';'))
        {
            var declaration = css[range];
            var colon = declaration.IndexOf(':');
            if (colon <= 0)
                continue;
            var name = declaration[..colon].Trim();
            var value = declaration[(colon + 1)..].Trim();
            if (value.EndsWith("!important", StringComparison.OrdinalIgnoreCase))
                value = value[..^"!important".Length].TrimEnd();
            switch (name.Length)
            {
                case 5 when Is(name, "color"):
                    Colour = HtmlColour.Parse(value);
                    break;
                case 7 when Is(name, "display"):
                    Hidden |= Is(value, "none");
                    break;
                case 7 when Is(name, "opacity"):
                    Hidden |= IsZero(value);
                    break;
                case 8 when Is(name, "mso-hide"):
                    Hidden |= Is(value, "all");
                    break;
                case 8 when Is(name, "overflow"):
                    clipped = Is(value, "hidden");
                    break;
                case 9 when Is(name, "font-size"):
                    Tiny = IsZero(value) || Is(value, "1px") || Is(value, "1pt");
                    break;
                case 6 when Is(name, "height"):
                case 5 when Is(name, "width"):
                case 9 when Is(name, "max-width"):
                case 10 when Is(name, "max-height"):
                    flat |= IsZero(value);
                    break;
                case 10 when Is(name, "visibility"):
                    Hidden |= Is(value, "hidden") || Is(value, "collapse");
                    break;
                case 10 when Is(name, "background"):
                case 16 when Is(name, "background-color"):
                    Background = HtmlColour.Parse(value);
                    break;
                case 10 when Is(name, "border-top"):
                    RuleOnTop |= !Is(value, "none") && !value.StartsWith("0", StringComparison.Ordinal) && !value.StartsWith("none ", StringComparison.OrdinalIgnoreCase);
                    break;
                case 11 when Is(name, "white-space"):
                    KeepsWhiteSpace = value.StartsWith("pre", StringComparison.OrdinalIgnoreCase) || Is(value, "break-spaces");
                    break;
                case 11 when Is(name, "text-indent"):
                case 4 when Is(name, "left"):
                    Hidden |= value.StartsWith("-999", StringComparison.Ordinal);
                    break;
            }
        }
        Hidden |= clipped && flat;
    }

    private static bool IsZero(ReadOnlySpan<char> value)
    {
        var digits = value.TrimEnd("pxtemr%");
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number == 0;
    }
}
