namespace EmailOps.Mail;

/// <summary>Chooses what of the MIME tree is the body a reader sees and what is attached.</summary>
internal sealed class MessageBody
{
    private readonly MimeLimits _limits;
    private readonly DefectList _defects;
    private readonly List<Attachment> _attachments = [];
    private readonly List<MimePart> _parts = [];
    private readonly List<Shown> _shown = [];
    private JoinedText _text;
    private JoinedText _html;
    private int _muted;
    private string? _visible;
    private HtmlContent? _content;

    /// <summary>Something a reader sees: a text, or a message inside this one that wants to be shown (then the text is empty).</summary>
    private readonly record struct Shown(string Text, bool IsHtml, MailMessage? Message);

    private MessageBody(MimeLimits limits, DefectList defects)
    {
        _limits = limits;
        _defects = defects;
        _text = new JoinedText("\n\n", limits.MaxTextLength);
        _html = new JoinedText("\n", limits.MaxTextLength);
    }

    public string? Text { get; private set; }

    public string? Html { get; private set; }

    /// <summary>Turning HTML into text costs more than everything before it, so it waits until somebody asks.</summary>
    public string Visible => _visible ??= JoinVisible(withMessages: true);

    /// <summary><see cref="Visible"/> without the messages inside: one level of them is shown, so that nesting does not multiply text.</summary>
    public string OwnVisible => _shown.Exists(s => s.Message is not null) ? JoinVisible(withMessages: false) : Visible;

    /// <summary>The HTML body read once for all who ask; null when there is none.</summary>
    public HtmlContent? HtmlContent => _content ??= Html is null ? null : HtmlText.Read(Html);

    public IReadOnlyList<MimePart> Parts => _parts;

    public IReadOnlyList<Attachment> Attachments => _attachments;

    public static MessageBody Of(MimePart root, MimeLimits limits, DefectList defects)
    {
        var body = new MessageBody(limits, defects);
        body.Add(root, null, isRoot: true, inRelated: false);
        body.Text = body._text.ToString();
        body.Html = body._html.ToString();
        return body;
    }

    private void Add(MimePart part, MimePart? parent, bool isRoot, bool inRelated)
    {
        if (part.Children.Count > 0)
        {
            if (part.ContentType.Subtype == "alternative")
                AddAlternative(part);
            else
                AddAll(part, inRelated || part.ContentType.Subtype == "related");
        }
        else if (IsBodyText(part, isRoot))
        {
            AddText(part);
            if (part.FileName is not null)
                Attach(part, inRelated: true);
        }
        else if (IsSignatureOfSigned(part, parent))
        {
            // It belongs to the envelope, not to what was sent; the tree still has it.
        }
        else if (!part.ContentType.IsMultipart || part.RawBody.Length > 0)
        {
            Attach(part, inRelated);
        }
    }

    private void AddAll(MimePart part, bool related)
    {
        foreach (var child in part.Children)
            Add(child, part, isRoot: false, related);
    }

    /// <summary>RFC 2046 section 5.1.4: the same thing in several forms. The reader sees one of them; both bodies are kept.</summary>
    private void AddAlternative(MimePart part)
    {
        var before = _shown.Count;
        foreach (var child in part.Children)
        {
            // A second form of what is shown already is not shown again; a blank first form is none.
            var muted = _shown.Count > before && (IsHtml(child) || child.ContentType.IsText);
            _muted += muted ? 1 : 0;
            Add(child, part, isRoot: false, inRelated: false);
            _muted -= muted ? 1 : 0;
        }
    }

    private static bool IsHtml(MimePart part) =>
        part.ContentType.Is("text", "html") || (part.Children.Count > 0 && part.ContentType.IsMultipart && IsHtml(part.Children[0]));

    private static bool IsBodyText(MimePart part, bool isRoot)
    {
        var type = part.ContentType;
        // A multipart that could not be opened still has words in it.
        if (type.IsMultipart)
            return true;
        if (!type.IsText || type.Subtype is "calendar" or "x-vcard" or "vcard" or "csv" or "rfc822-headers" or "directory" or "css" or "javascript")
            return false;
        if (part.ContentDisposition is { IsAttachment: true })
            return isRoot && part.FileName is null;
        return part.FileName is null || (isRoot && part.ContentDisposition is null);
    }

    /// <summary>RFC 1847 section 2.1: the second part of multipart/signed. One with a name is shown as a file by most readers, and here.</summary>
    private static bool IsSignatureOfSigned(MimePart part, MimePart? parent) =>
        parent?.ContentType.Subtype == "signed" && part.ContentType.Type == "application" && part.FileName is null;

    private void AddText(MimePart part)
    {
        _parts.Add(part);
        var isHtml = part.ContentType.Is("text", "html");
        if (isHtml ? _html.IsFull : _text.IsFull)
        {
            _defects.Add(DefectKind.TextTooLong);
            return;
        }
        var text = part.DecodeText(out var guessed, out var cut, out var damaged);
        if (damaged)
            _defects.Add(DefectKind.DamagedEncoding);
        if (guessed)
            _defects.Add(DefectKind.CharsetGuessed);
        if (!isHtml && part.ContentType.IsFlowed)
            text = FlowedText.Join(text, string.Equals(part.ContentType.Parameters["delsp"], "yes", StringComparison.OrdinalIgnoreCase));
        if (!isHtml)
            text = UUFiles.TakeOut(text, part, _attachments);
        if (!(isHtml ? _html.Add(text) : _text.Add(text)) || cut)
            _defects.Add(DefectKind.TextTooLong);
        if (_muted == 0 && !string.IsNullOrWhiteSpace(text))
            _shown.Add(new Shown(text, isHtml, null));
    }

    private string JoinVisible(bool withMessages)
    {
        var visible = new JoinedText("\n\n", _limits.MaxTextLength);
        foreach (var (text, isHtml, message) in _shown)
        {
            var words = message is not null ? (withMessages ? ShownMessage.Text(message) : "") : !isHtml ? text : text == Html ? HtmlContent!.Text : HtmlText.ToVisibleText(text);
            if (words.Length > 0)
                visible.Add(words);
        }
        // An HTML form that is only a picture, beside a text form that was not needed for it.
        return visible.ToString() is { Length: > 0 } seen ? seen : Text ?? "";
    }

    private void Attach(MimePart part, bool inRelated)
    {
        var name = part.FileName;
        if (name is null && part.Message is { } message)
            name = (message.Subject.Length > 0 ? message.Subject : "message") + ".eml";
        var inline = part.ContentDisposition?.Disposition == "inline" || (inRelated && part.ContentDisposition is not { IsAttachment: true });
        _attachments.Add(new Attachment(part, name, inline));
        // RFC 2183 section 2.1: inline parts are shown with the message, and so does what a person forwards this way reach the reader.
        if (part.Message is { } inner && _muted == 0 && part.ContentDisposition?.Disposition == "inline")
            _shown.Add(new Shown("", false, inner));
    }
}
