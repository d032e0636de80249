namespace EmailOps.Mail.Imap;

/// <summary>What a folder is for (RFC 6154).</summary>
public enum ImapFolderUse
{
    None,
    Inbox,
    All,
    Archive,
    Drafts,
    Flagged,
    Important,
    Junk,
    Sent,
    Trash,
}

/// <summary>A folder of a list. <paramref name="WireName"/> is its name as the server writes it, <paramref name="Delimiter"/> separates levels (null: there are none).</summary>
public sealed record ImapFolderEntry(string Name, string WireName, char? Delimiter, IReadOnlyList<string> Attributes)
{
    public bool Has(string attribute) => Attributes.Contains(attribute, StringComparer.OrdinalIgnoreCase);

    public bool CanSelect => !Has("\\Noselect") && !Has("\\NonExistent");

    /// <summary>As the server says, by the attributes of RFC 6154 or the older XLIST ones.</summary>
    public ImapFolderUse Use =>
        Name.Equals("INBOX", StringComparison.OrdinalIgnoreCase) || Has("\\Inbox") ? ImapFolderUse.Inbox
        : Has("\\Sent") ? ImapFolderUse.Sent
        : Has("\\Drafts") ? ImapFolderUse.Drafts
        : Has("\\Junk") || Has("\\Spam") ? ImapFolderUse.Junk
        : Has("\\Trash") ? ImapFolderUse.Trash
        : Has("\\All") || Has("\\AllMail") ? ImapFolderUse.All
        : Has("\\Archive") ? ImapFolderUse.Archive
        : Has("\\Flagged") || Has("\\Starred") ? ImapFolderUse.Flagged
        : Has("\\Important") ? ImapFolderUse.Important
        : ImapFolderUse.None;
}

/// <summary>Answer to STATUS; 0 where the server does not say.</summary>
public sealed record ImapFolderStatus(uint Messages = 0, uint UidNext = 0, uint UidValidity = 0, uint Unseen = 0, ulong HighestModSeq = 0);

public enum ImapNamespaceKind
{
    Personal,
    Others,
    Shared,
}

/// <summary>Where folders of a kind live (RFC 2342).</summary>
public sealed record ImapNamespace(ImapNamespaceKind Kind, string Prefix, char? Delimiter);
