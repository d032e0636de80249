using System.Text;

namespace EmailOps.Core.Knowledge;

/// <summary>Puts Markdown together from what stands in HTML, in the order it comes. Link texts and headings are never nested, so nothing has to be remembered but the line.</summary>
internal sealed class HtmlMarkdown
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _line = new();
    private string _prefix = "";
    private string? _link;
    private int _linkStart;
    private bool _space, _cell, _afterItem;

    public void Text(string text)
    {
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c) || c == '\0')
            {
                _space = true;
                continue;
            }
            if (_space && _line.Length > 0) _line.Append(' ');
            _space = false;
            _cell = false;
            _line.Append(c);
        }
    }

    public void Heading(int level)
    {
        Block();
        _prefix = level == 0 ? "" : new string('#', Math.Max(2, level)) + " ";
    }

    public void Item()
    {
        Block();
        _prefix = "- ";
    }

    /// <summary>Cells of a row stand on one line; a row is quoted alone, so it is an item.</summary>
    public void Cell()
    {
        if (_line.Length == 0 || _cell) return;
        _line.Append(';');
        (_space, _cell) = (true, true);
    }

    public void Break()
    {
        if (_line.Length > 0) _space = true;
    }

    /// <param name="target">Null at the end of a link.</param>
    public void Link(string? target)
    {
        if (_link is { } href && target is null && _line.Length > _linkStart && _line.ToString(_linkStart, _line.Length - _linkStart).Trim() is { Length: > 0 } shown && !href.EndsWith(shown, StringComparison.Ordinal))
            _line.Append(" (").Append(href).Append(')');
        _link = target is not null && Uri.TryCreate(target.Trim(), UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0 ? uri.AbsoluteUri : null;
        _linkStart = _line.Length;
    }

    /// <summary>What is written so far is a paragraph.</summary>
    public void Block()
    {
        if (_link is not null) Link(null);
        if (_line.Length > 0)
        {
            var line = TextArticle.Escaped(_line.ToString().Trim().TrimEnd(';'));
            var isItem = _prefix == "- ";
            // Items of a list stand one below the other; everything else has an empty line before it.
            if (_text.Length > 0 && !(isItem && _afterItem)) _text.Append('\n');
            _afterItem = isItem;
            _text.Append(_prefix).Append(line).Append('\n');
        }
        _line.Clear();
        _prefix = "";
        (_space, _cell, _linkStart) = (false, false, 0);
    }

    public override string ToString()
    {
        Block();
        return _text.ToString().Trim();
    }
}
