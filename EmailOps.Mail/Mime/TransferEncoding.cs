namespace EmailOps.Mail;

/// <summary>Content-Transfer-Encoding (RFC 2045, section 6). 7bit, 8bit, binary and anything unknown are read as they are.</summary>
public enum TransferEncoding
{
    None,
    QuotedPrintable,
    Base64,
    UUEncode,
}
