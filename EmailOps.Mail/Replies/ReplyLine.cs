namespace EmailOps.Mail.Replies;

/// <summary>One line of the text: where it lies, and how deep it is quoted.</summary>
/// <param name="Start">First character in the text.</param>
/// <param name="End">Behind the last character, without line end and trailing space.</param>
/// <param name="Content">First character behind quote marks and leading space.</param>
/// <param name="Depth">Quote marks, or depth of quoting elements in HTML; 0 is the sender's own.</param>
/// <param name="Opens">An HTML client's mark says that its quoting begins here.</param>
internal readonly record struct ReplyLine(int Start, int End, int Content, int Depth, bool Opens)
{
    public bool IsBlank => Content >= End;

    public bool IsQuoted => Depth > 0;
}
