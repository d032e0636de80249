namespace EmailOps.Mail.Containers;

/// <summary>One mail found in a container, or the sentence that says why it could not be had.</summary>
public sealed record ContainedMail
{
    /// <summary>Where it was found: <c>sub/name.eml</c>, <c>inbox.mbox#17 @ 123456</c> (ordinal from 1, offset in bytes), or <c>all.zip!inbox.mbox#3 @ 99</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>The bytes as stored; the head only (<see cref="ContainerLimits.HeadBytes"/>) when <see cref="IsCut"/>; empty when nothing could be read.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>Full size in bytes where the container tells it, otherwise what was counted; never less than the length of <see cref="Raw"/>.</summary>
    public long Size { get; init; }

    /// <summary>True when <see cref="Raw"/> is only the head of a mail over <see cref="ContainerLimits.MaxMessageBytes"/>.</summary>
    public bool IsCut { get; init; }

    /// <summary>Why the mail is missing, cut or doubtful, and what to do about it; null when all is well.</summary>
    public string? Problem { get; init; }

    /// <summary>Maildir info flags (the letters after <c>:2,</c>, for example <c>RS</c>); empty elsewhere.</summary>
    public string MaildirFlags { get; init; } = "";

    internal static ContainedMail Broken(string origin, string problem, long size = 0) =>
        new() { Origin = origin, Problem = problem, Size = size };
}
