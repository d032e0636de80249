namespace EmailOps.Mail.Replies;

/// <summary>One line of the text: where it lies, and how deep it is quoted.</summary>
/// <param name="Start">First character in the text.</param>
/// <param name="End">Behind the last character, without line end and trailing space.</param>
/// <param name="Content">First character behind quote marks and leading space.</param>
/// <param name="Depth">Quote marks, or depth of quoting elements in HTML; 0 is the sender's own.</param>
/// <param name="Mark">What an HTML client's own mark says about it.</param>
internal readonly record struct ReplyLine(int Start, int End, int Content, int Depth, LineMark Mark)
{
    public bool IsBlank => Content >= End;

    public bool IsQuoted => Depth > 0;
}

/// <summary>What an HTML client's class or id says about a line.</summary>
internal enum LineMark
{
    None,

    /// <summary>The client's container for earlier mail begins here.</summary>
    OpensQuote,

    /// <summary>The client put its signature here.</summary>
    Signature,
}
