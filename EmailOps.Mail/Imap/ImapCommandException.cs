namespace EmailOps.Mail.Imap;

/// <summary>The server refused a command (NO) or did not understand it (BAD). The connection is usable.</summary>
public sealed class ImapCommandException : Exception
{
    internal ImapCommandException(string command, ImapReply reply)
        : base($"The server refused {command}: {(reply.Text.Length > 0 ? reply.Text : reply.Status.ToString().ToUpperInvariant())}{(reply.Code.Length > 0 ? $" [{reply.Code}]" : "")}")
    {
        (Command, IsSyntax, Code, ServerText) = (command, reply.Status == ImapStatus.Bad, reply.Code, reply.Text);
    }

    /// <summary>The command's word, without arguments.</summary>
    public string Command { get; }

    /// <summary>BAD: the server does not know the command or its form. Else NO: it cannot or will not.</summary>
    public bool IsSyntax { get; }

    /// <summary>Upper case, without arguments (RFC 5530): <c>NONEXISTENT</c>, <c>OVERQUOTA</c>; or empty.</summary>
    public string Code { get; }

    public string ServerText { get; }

    /// <summary>The server says that it may work later.</summary>
    public bool IsTemporary => Code is "UNAVAILABLE" or "INUSE" or "LIMIT" or "SERVERBUG";
}
