using System.Text;

namespace EmailOps.Mail.Writing;

/// <summary>A node of the MIME tree that is written. Bodies have no line end after them that is not theirs.</summary>
internal abstract class MailPart
{
    /// <summary>Adds the Content fields.</summary>
    public abstract void WriteFields(HeaderSection header);

    public abstract void WriteBody(Stream target);
}

/// <summary>text/plain or text/html.</summary>
internal sealed class TextPart(string subtype, string text) : MailPart
{
    private readonly (byte[] Body, string Encoding) _encoded = BodyText.Encode(text);

    /// <summary>The body's last line end is its own; base64 has none.</summary>
    public bool EndsItself => _encoded.Encoding != "base64";

    public override void WriteFields(HeaderSection header)
    {
        header.Begin("Content-Type");
        header.Token($"text/{subtype};");
        header.Token("charset=utf-8");
        header.End();
        header.Field("Content-Transfer-Encoding", _encoded.Encoding);
    }

    public override void WriteBody(Stream target) => target.Write(_encoded.Body);
}

/// <summary>Several parts as one (RFC 2046, section 5.1; multipart/related is RFC 2387).</summary>
internal sealed class Multipart(string subtype, string boundary, params IReadOnlyList<MailPart> parts) : MailPart
{
    public override void WriteFields(HeaderSection header)
    {
        header.Begin("Content-Type");
        header.Token($"multipart/{subtype};");
        if (subtype == "related")
            header.Token("type=\"text/html\";");
        header.Token($"boundary=\"{boundary}\"");
        header.End();
    }

    public override void WriteBody(Stream target)
    {
        var delimiter = Encoding.ASCII.GetBytes($"--{boundary}\r\n");
        foreach (var part in parts)
        {
            target.Write(delimiter);
            var header = new HeaderSection();
            part.WriteFields(header);
            target.Write(header.ToBytes());
            target.Write("\r\n"u8);
            part.WriteBody(target);
            target.Write("\r\n"u8);
        }
        target.Write(Encoding.ASCII.GetBytes($"--{boundary}--"));
    }
}
