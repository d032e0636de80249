namespace EmailOps.Core.Contracts;

/// <summary>By which way a mailbox is read and sent from.</summary>
public enum MailboxProvider
{
    /// <summary>IMAP and SMTP.</summary>
    Imap,
    /// <summary>Gmail's API.</summary>
    Gmail,
    /// <summary>Microsoft 365 by Microsoft Graph.</summary>
    Graph,
    /// <summary>Nobody looks for mail: it comes by import.</summary>
    Folder,
}

/// <summary>What a mailbox's settings amount to.</summary>
public static class MailboxWays
{
    /// <summary>Read and sent from by a provider's API.</summary>
    public static bool IsRemote(this MailboxProvider provider) => provider is MailboxProvider.Gmail or MailboxProvider.Graph;

    /// <summary>Somebody looks for new mail.</summary>
    public static bool IsRead(this MailboxSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Provider.IsRemote() || settings is { Provider: MailboxProvider.Imap, Imap: not null };
    }

    /// <summary>Replies can leave.</summary>
    public static bool Sends(this MailboxSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Provider.IsRemote() || settings.Smtp is not null;
    }

    /// <summary>Nothing is set up: mail comes by import and nothing is sent.</summary>
    public static bool IsBare(this MailboxSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings is { Imap: null, Smtp: null } && !settings.Provider.IsRemote();
    }

    /// <summary>The provider keeps a copy of what is sent by itself, or the mailbox wants none.</summary>
    public static bool KeepsCopies(this MailboxSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings is { SaveSent: true, Imap: not null } && !settings.Provider.IsRemote();
    }
}
