namespace EmailOps.Mail.Writing;

/// <summary>An attachment or inline image, in base64. Mails are enclosed as they are (RFC 2046, section 5.2.1) or, where that is not possible, as mere files.</summary>
internal sealed class FilePart : MailPart
{
    private readonly OutgoingFile _file;
    private readonly string _name;
    private readonly string _type;
    private readonly bool _isInline;
    private readonly bool _isMail;

    public FilePart(OutgoingFile file, bool isInline)
    {
        (_file, _name, _isInline, _isMail) = (file, FileNames.Clean(file.Name), isInline, IsEnclosedMail(file));
        _type = file.ContentType.ToLowerInvariant();
        if (!IsMediaType(_type) || _type.StartsWith("multipart/", StringComparison.Ordinal))
            throw new ArgumentException($"\"{HeaderWords.Clean(file.ContentType)}\" is no media type of a file.");
        if (file.ContentId is { } id && !ReferenceChain.IsWritable(id))
            throw new ArgumentException("A Content-ID is printable ASCII without white space and brackets.");
        if (_type.StartsWith("message/", StringComparison.Ordinal) && !_isMail)
            _type = "application/octet-stream";
    }

    /// <summary>Written without an encoding: a mail of lines that everything transports.</summary>
    public static bool IsEnclosedMail(OutgoingFile file) =>
        file.ContentType.Equals("message/rfc822", StringComparison.OrdinalIgnoreCase) && WireText.Problem(file.Content.Span) is null && System.Text.Ascii.IsValid(file.Content.Span);

    public override void WriteFields(HeaderSection header)
    {
        header.Begin("Content-Type");
        header.Token(_type + ";");
        FileNames.WriteName(header, _name);
        header.End();
        header.Field("Content-Transfer-Encoding", _isMail ? "7bit" : "base64");
        header.Begin("Content-Disposition");
        header.Token(_isInline ? "inline;" : "attachment;");
        FileNames.WriteFileName(header, _name);
        header.End();
        if (_file.ContentId is { } id)
            header.Field("Content-ID", $"<{id}>");
    }

    public override void WriteBody(Stream target)
    {
        if (_isMail)
            target.Write(_file.Content.Span);
        else
            Base64Lines.Write(target, _file.Content.Span);
    }

    private static bool IsMediaType(string type) =>
        type.Length <= 100 && type.Split('/') is [{ Length: > 0 } main, { Length: > 0 } sub] && main.All(IsToken) && sub.All(IsToken);

    private static bool IsToken(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+' or '_' or '!' or '#' or '$' or '&' or '^';
}
