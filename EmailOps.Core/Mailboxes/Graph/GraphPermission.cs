namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>A permission of Microsoft Graph that a call of ours needs. Names as Microsoft's permissions reference has them.</summary>
/// <param name="Name">Least privileged for what we do.</param>
/// <param name="Purpose">Completes "is needed to ...".</param>
/// <param name="Wider">Those that include it.</param>
/// <param name="ForApp">Can be granted to an app without a user.</param>
internal sealed record GraphPermission(string Name, string Purpose, string[] Wider, bool ForApp = true)
{
    public static GraphPermission MailRead { get; } = new("Mail.Read", "read the mailbox's messages", ["Mail.ReadWrite"]);
    public static GraphPermission MailReadWrite { get; } = new("Mail.ReadWrite", "mark messages as read, categorise or move them", []);
    public static GraphPermission MailSend { get; } = new("Mail.Send", "send replies", []);
    public static GraphPermission UserRead { get; } = new("User.ReadBasic.All", "find the people of an escalation by their addresses", ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]);
    public static GraphPermission ChatCreate { get; } = new("Chat.Create", "create the group chat of an escalation", ["Chat.ReadWrite", "Chat.ReadWrite.All"]);
    /// <summary>Microsoft grants it to signed-in users only; an app alone may post chat messages for migration and nothing else.</summary>
    public static GraphPermission ChatSend { get; } = new("ChatMessage.Send", "post into the chat of an escalation", ["Chat.ReadWrite"], ForApp: false);
    public static GraphPermission ChatMembers { get; } = new("ChatMember.ReadWrite", "call the next level into the chat of an escalation", ["Chat.ReadWrite"]);
    public static GraphPermission ChatRead { get; } = new("Chat.Read", "see answers in the chat of an escalation", ["Chat.ReadWrite"], ForApp: false);

    /// <param name="granted">Roles of an app's token, or scopes of a user's.</param>
    public bool IsIn(IReadOnlyCollection<string> granted) => granted.Contains(Name, StringComparer.OrdinalIgnoreCase) || Wider.Any(w => granted.Contains(w, StringComparer.OrdinalIgnoreCase));

    /// <summary>What to do about its absence.</summary>
    public string Fix(bool isApp) => isApp
        ? $"In the app registration: API permissions, Add a permission, Microsoft Graph, Application permissions, {Name}, then Grant admin consent."
        : $"In the app registration: API permissions, Add a permission, Microsoft Graph, Delegated permissions, {Name}; then sign in again so that the consent counts.";
}
