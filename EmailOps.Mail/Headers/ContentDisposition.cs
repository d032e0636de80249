using System.Text;

namespace EmailOps.Mail;

/// <summary>How a part wants to be shown (RFC 2183).</summary>
public sealed class ContentDisposition
{
    private ContentDisposition(string disposition, ParameterList parameters) => (Disposition, Parameters) = (disposition, parameters);

    /// <summary>Lower case: "inline", "attachment", or what the message says.</summary>
    public string Disposition { get; }

    public ParameterList Parameters { get; }

    public string? FileName => Parameters["filename"] ?? Parameters["name"];

    public bool IsAttachment => Disposition != "inline" && Disposition.Length > 0;

    internal static ContentDisposition? Parse(ReadOnlySpan<byte> raw)
    {
        var unfolded = new ByteBuffer(stackalloc byte[512]);
        try
        {
            HeaderText.Unfold(HeaderText.Trim(raw), ref unfolded);
            ReadOnlySpan<byte> value = unfolded.Written;
            if (value.IsEmpty)
                return null;
            var end = value.IndexOfAny(" \t;("u8);
            var word = (end < 0 ? value : value[..end]).Trim("\"'"u8);
            // "filename=x" without a disposition before it
            if (word.IndexOf((byte)'=') >= 0)
                return new ContentDisposition("attachment", ParameterParser.Parse(value, out _));
            var disposition = Ascii.EqualsIgnoreCase(word, "attachment"u8) ? "attachment"
                : Ascii.EqualsIgnoreCase(word, "inline"u8) ? "inline"
                : Encoding.Latin1.GetString(word[..Math.Min(word.Length, 64)]).ToLowerInvariant();
            return new ContentDisposition(disposition, end < 0 ? ParameterList.Empty : ParameterParser.Parse(value[end..], out _));
        }
        finally
        {
            unfolded.Dispose();
        }
    }
}
