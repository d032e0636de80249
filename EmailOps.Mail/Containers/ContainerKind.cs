namespace EmailOps.Mail.Containers;

/// <summary>What a path or an upload turned out to be.</summary>
public enum ContainerKind
{
    /// <summary>Not mail at all: reading yields one problem.</summary>
    Unknown,
    SingleMail,
    Mbox,
    Maildir,
    Folder,
    Zip,
}
