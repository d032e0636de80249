using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels;

namespace EmailOps.Core.Mailboxes.Remote;

/// <summary>How providers that fail are treated; bound to the section <c>Providers</c>.</summary>
internal sealed class RemoteOptions
{
    public const string Section = "Providers";

    public BreakerOptions Breaker { get; set; } = new();
    /// <summary>The other way of mailboxes that name none themselves (FALLBACK_PROVIDER); it is taken only where it is set up. Null: they have none.</summary>
    public MailboxProvider? Fallback { get; set; }
    /// <summary>Failures in a row of a mailbox, after which its fallback is taken.</summary>
    public int FallbackAfter { get; set; } = 3;
    /// <summary>How long the fallback is read before the first way is tried again; doubled each time it fails, up to the longest.</summary>
    public TimeSpan TryFirstAgainAfter { get; set; } = TimeSpan.FromMinutes(1);
    public TimeSpan LongestDetour { get; set; } = TimeSpan.FromMinutes(15);
    /// <summary>A sign-in that ends within this is told beforehand.</summary>
    public TimeSpan WarnBeforeExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <returns>Null, or what to change.</returns>
    public string? Problem() => this switch
    {
        { Fallback: MailboxProvider.Folder } => $"{Section}:Fallback (FALLBACK_PROVIDER) cannot be Folder: nobody looks for mail there.",
        { FallbackAfter: < 1 or > 100 } => $"{Section}:FallbackAfter is {FallbackAfter}; set it between 1 and 100.",
        _ when TryFirstAgainAfter < TimeSpan.FromSeconds(1) || TryFirstAgainAfter > TimeSpan.FromDays(1) => $"{Section}:TryFirstAgainAfter is {TryFirstAgainAfter}; set it between 00:00:01 and 1.00:00:00.",
        _ when LongestDetour < TryFirstAgainAfter || LongestDetour > TimeSpan.FromDays(1) => $"{Section}:LongestDetour is {LongestDetour}; set it between TryFirstAgainAfter and 1.00:00:00.",
        _ when WarnBeforeExpiry < TimeSpan.Zero || WarnBeforeExpiry > TimeSpan.FromDays(365) => $"{Section}:WarnBeforeExpiry is {WarnBeforeExpiry}; set it between 00:00:00 and 365.00:00:00.",
        _ => Breaker.Problem($"{Section}:Breaker"),
    };

    /// <summary>The way by which a mailbox is read while its own does not work, where it is set up; null: there is none.</summary>
    public MailboxProvider? ReadsBy(MailboxSettings settings) => Usable(settings, settings.Imap is not null);

    /// <summary>The same for sending.</summary>
    public MailboxProvider? SendsBy(MailboxSettings settings) => Usable(settings, settings.Smtp is not null);

    private MailboxProvider? Usable(MailboxSettings settings, bool hasServer)
        => (settings.Fallback ?? Fallback) is { } other && other != settings.Provider && settings.Provider != MailboxProvider.Folder && (other.IsRemote() || other == MailboxProvider.Imap && hasServer) ? other : null;
}
