using System.Text;

namespace EmailOps.Mail;

/// <summary>Chooses what of the MIME tree is the body a reader sees and what is attached.</summary>
internal sealed class MessageBody
{
    private readonly MimeLimits _limits;
    private readonly DefectList _defects;
    private readonly List<Attachment> _attachments = [];
    private readonly List<MimePart> _parts = [];
    private StringBuilder? _text;
    private StringBuilder? _html;
    private StringBuilder? _visible;
    private int _muted;
    private int _words;

    private MessageBody(MimeLimits limits, DefectList defects) => (_limits, _defects) = (limits, defects);

    public string? Text { get; private set; }

    public string? Html { get; private set; }

    public string Visible => _visible?.ToString() ?? "";

    public IReadOnlyList<MimePart> Parts => _parts;

    public IReadOnlyList<Attachment> Attachments => _attachments;

    public static MessageBody Of(MimePart root, MimeLimits limits, DefectList defects)
    {
        var body = new MessageBody(limits, defects);
        body.Add(root, null, isRoot: true, inRelated: false);
        body.Text = body._text?.ToString();
        body.Html = body._html?.ToString();
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
        var before = _words;
        foreach (var child in part.Children)
        {
            // A second form of what is shown already is not shown again; a blank first form is none.
            var muted = _words > before && (IsHtml(child) || child.ContentType.IsText);
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
        var text = part.DecodeText(out var guessed, out var cut);
        if (guessed)
            _defects.Add(DefectKind.CharsetGuessed);
        if (cut)
            _defects.Add(DefectKind.TextTooLong);
        if (part.ContentType.Is("text", "html"))
        {
            Append(ref _html, text, "\n");
            if (_muted == 0)
                Show(HtmlText.ToVisibleText(text));
            return;
        }
        if (part.ContentType.IsFlowed)
            text = FlowedText.Join(text, string.Equals(part.ContentType.Parameters["delsp"], "yes", StringComparison.OrdinalIgnoreCase));
        text = UUFiles.TakeOut(text, part, _attachments);
        Append(ref _text, text, "\n\n");
        if (_muted == 0)
            Show(text);
    }

    private void Show(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return;
        _words++;
        Append(ref _visible, text, "\n\n");
    }

    private void Append(ref StringBuilder? into, string text, string separator)
    {
        into ??= new StringBuilder();
        if (into.Length > 0 && text.Length > 0)
            into.Append(separator);
        var room = _limits.MaxTextLength - into.Length;
        if (room < text.Length)
            _defects.Add(DefectKind.TextTooLong);
        into.Append(text.AsSpan(0, Math.Clamp(room, 0, text.Length)));
    }

    private void Attach(MimePart part, bool inRelated)
    {
        var name = part.FileName;
        if (name is null && part.Message is { } message)
            name = (message.Subject.Length > 0 ? message.Subject : "message") + ".eml";
        var inline = part.ContentDisposition?.Disposition == "inline" || (inRelated && part.ContentDisposition is not { IsAttachment: true });
        _attachments.Add(new Attachment(part, name, inline));
    }
}
