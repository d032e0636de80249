using EmailOps.Core.Contracts;

namespace EmailOps.Core.Escalations.Channels;

/// <summary>A channel with its secrets in the clear, for as long as a call takes; never printed.</summary>
internal sealed class OpenedChannel(ChannelView view, string? secret, string? signingSecret)
{
    public ChannelView View { get; } = view;
    public ChannelSettings Settings => View.Settings;
    public string? Secret { get; } = string.IsNullOrEmpty(secret) ? null : secret;
    public string? SigningSecret { get; } = string.IsNullOrEmpty(signingSecret) ? null : signingSecret;

    public override string ToString() => $"channel {View.Id}";
}

/// <summary>What became of telling, as certain as it can be known.</summary>
internal enum ToldResult
{
    Told,
    /// <summary>Certainly not told; later it may work.</summary>
    Later,
    /// <summary>Not told, and it never will be.</summary>
    Refused,
    /// <summary>It may have been told.</summary>
    Unclear,
}

/// <param name="Detail">One sentence for people; null after success.</param>
/// <param name="RetryAfter">What the server asked for.</param>
/// <param name="External">What the channel calls it; later ones about the same escalation go there.</param>
internal sealed record Told(ToldResult Result, string? Detail = null, TimeSpan? RetryAfter = null, string? External = null);

/// <summary>One way to tell people.</summary>
internal interface INotificationChannel
{
    ChannelKind Kind { get; }

    /// <summary>A second copy under the same key is dropped by the other side, so what is of unknown fate is sent again.</summary>
    bool DropsDoubles { get; }

    /// <param name="remember">Keeps <see cref="Told.External"/> before the rest is done, where telling takes several calls.</param>
    Task<Told> TellAsync(OpenedChannel channel, ChannelMessage message, Func<string, Task> remember, CancellationToken cancel);

    /// <summary>Tells something harmless, for real, and says step by step what works.</summary>
    Task<IReadOnlyList<ChannelTestStep>> TestAsync(OpenedChannel channel, ChannelMessage message, CancellationToken cancel);
}
