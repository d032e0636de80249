namespace EmailOps.Mail;

/// <summary>
/// A parsed message (RFC 5322, RFC 2045 to 2049). <see cref="Parse"/> finds the structure and everything else is decoded when first asked for; nothing
/// here throws, whatever the bytes are. Safe to read from several threads.
/// </summary>
public sealed class MailMessage
{
    private readonly MimeLimits _limits;
    private readonly DefectList _defects;
    private Dictionary<string, IReadOnlyList<Address>>? _addresses;
    private readonly Lock _lock = new();
    private string? _subject;
    private MessageBody? _body;

    internal MailMessage(MimePart root, ReadOnlyMemory<byte> raw, MimeLimits limits, DefectList defects)
    {
        Root = root;
        root.Headers.CharsetHint = TextCharset(root);
        Raw = raw;
        _limits = limits;
        _defects = defects;
    }

    /// <summary>Never throws. The message keeps <paramref name="raw"/>, which must not change afterwards.</summary>
    public static MailMessage Parse(ReadOnlyMemory<byte> raw, MimeLimits? limits = null)
    {
        limits ??= MimeLimits.Default;
        raw = LineEnds.Normalise(raw);
        var defects = new DefectList();
        return new MailMessage(new MimeReader(raw, limits, defects).ReadMessage(0), raw, limits, defects);
    }

    /// <summary>The bytes the message was read from; for a nested message, those of the message around it, or its own where it came encoded.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    public MimePart Root { get; }

    public HeaderList Headers => Root.Headers;

    /// <summary>Decoded; empty when there is none.</summary>
    public string Subject => _subject ??= Headers["Subject"] ?? "";

    public IReadOnlyList<Address> From => Addresses("From");

    public IReadOnlyList<Address> To => Addresses("To");

    public IReadOnlyList<Address> Cc => Addresses("Cc");

    public IReadOnlyList<Address> Bcc => Addresses("Bcc");

    public IReadOnlyList<Address> ReplyTo => Addresses("Reply-To");

    public IReadOnlyList<Address> Sender => Addresses("Sender");

    /// <summary>When the sender says it was written, with the sender's offset; null when there is no readable Date.</summary>
    public DateTimeOffset? Date => Headers.Find("Date") is { } found ? MailDate.Parse(Headers.RawBytes(found)) : null;

    /// <summary>When the last server on the way took it, from the topmost Received (RFC 5321, section 4.4); null when there is none that can be read.</summary>
    public DateTimeOffset? ReceivedDate
    {
        get
        {
            if (Headers.Find("Received") is not { } found)
                return null;
            var trace = Headers.RawBytes(found);
            var date = trace.LastIndexOf((byte)';');
            return date < 0 ? null : MailDate.Parse(trace[(date + 1)..]);
        }
    }

    /// <summary>Without angle brackets; null when there is none. Not unique: senders re-use them.</summary>
    public string? MessageId => Headers.Find("Message-ID") is { } found ? MessageIds.First(Headers.RawBytes(found)) : null;

    /// <summary>Without angle brackets, in order.</summary>
    public IReadOnlyList<string> InReplyTo => Identifiers("In-Reply-To");

    /// <summary>Without angle brackets, oldest first.</summary>
    public IReadOnlyList<string> References => Identifiers("References");

    /// <summary>The text/plain body with line feeds; format=flowed is undone (RFC 3676). Null when there is none.</summary>
    public string? TextBody => Body.Text;

    /// <summary>The text/html body as sent: hostile, never show it unsanitised. Null when there is none.</summary>
    public string? HtmlBody => Body.Html;

    /// <summary>
    /// What a reader sees: the text body, or the HTML body as text; and after it, with its main fields, a message inside that is marked to be shown
    /// (Content-Disposition: inline, RFC 2183). Never null.
    /// </summary>
    public string VisibleText
    {
        get
        {
            var body = Body;
            lock (_lock)
                return body.Visible;
        }
    }

    internal string OwnVisibleText
    {
        get
        {
            var body = Body;
            lock (_lock)
                return body.OwnVisible;
        }
    }

    /// <summary>
    /// Text of the HTML body that no reader sees: hidden, too small, unseen-coloured, or in comments; cut at <see cref="HtmlContent.MaxHidden"/>. Empty for
    /// most mail.
    /// </summary>
    public string HiddenText => HtmlContent?.HiddenText ?? "";

    /// <summary>The HTML body as lines and hidden text, read once; null when there is none.</summary>
    public HtmlContent? HtmlContent
    {
        get
        {
            var body = Body;
            lock (_lock)
                return body.HtmlContent;
        }
    }

    /// <summary>The parts that <see cref="TextBody"/> and <see cref="HtmlBody"/> were joined from, in order.</summary>
    public IReadOnlyList<MimePart> BodyParts => Body.Parts;

    /// <summary>Every part that is not the body: files, inline images, nested messages, uuencoded files.</summary>
    public IReadOnlyList<Attachment> Attachments => Body.Attachments;

    /// <summary>What was wrong. Grows as parts are decoded; complete once the bodies were read.</summary>
    public IReadOnlyList<Defect> Defects
    {
        get
        {
            _ = Body;
            return _defects.Defects;
        }
    }

    private MessageBody Body
    {
        get
        {
            lock (_lock)
                return _body ??= MessageBody.Of(Root, _limits, _defects);
        }
    }

    private IReadOnlyList<Address> Addresses(string name)
    {
        lock (_lock)
        {
            _addresses ??= [];
            if (_addresses.TryGetValue(name, out var known))
                return known;
            List<Address> list = [];
            foreach (var field in Headers.Fields)
            {
                if (HeaderNames.Same(field.Name(Raw.Span), name) && !AddressParser.Parse(Headers.RawBytes(field), list, _limits.MaxAddresses, Headers.CharsetHint))
                    _defects.Add(DefectKind.ListTooLong);
            }
            return _addresses[name] = list;
        }
    }

    /// <summary>The charset of the first text part, found without decoding anything.</summary>
    private static string? TextCharset(MimePart part)
    {
        while (part.Children.Count > 0)
            part = part.Children[0];
        return part.ContentType.IsText ? part.ContentType.Charset : null;
    }

    private IReadOnlyList<string> Identifiers(string name) =>
        Headers.Find(name) is { } found ? MessageIds.All(Headers.RawBytes(found), _limits.MaxReferences) : [];
}
