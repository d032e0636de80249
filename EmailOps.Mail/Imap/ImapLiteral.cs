namespace EmailOps.Mail.Imap;

/// <summary>A counted string of an answer: where its marker ends in the text, and what it holds.</summary>
internal readonly record struct ImapLiteral(int End, ReadOnlyMemory<byte> Bytes, bool IsContent);
