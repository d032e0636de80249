using EmailOps.Core.Contracts;

namespace EmailOps.Web.Escalations;

/// <summary>A channel as somebody typed it.</summary>
internal sealed class ChannelForm
{
    public ChannelKind Kind { get; set; }
    public string? Name { get; set; }
    public string? Address { get; set; }
    public string? Target { get; set; }
    public bool ThroughGraph { get; set; }
    public string? Recipients { get; set; }
    public long? FromMailbox { get; set; }
    public long? Mailbox { get; set; }
    public int? Level { get; set; }
    public EscalationSeverity FromSeverity { get; set; }
    public bool WithoutContent { get; set; }
    public string? Secret { get; set; }
    public string? SigningSecret { get; set; }

    public SaveChannel Save() => new(Kind, Name ?? "", new ChannelSettings
    {
        Address = Given(Address), Target = Given(Target), ThroughGraph = ThroughGraph, FromMailbox = FromMailbox, Mailbox = Mailbox, FromSeverity = FromSeverity, WithContent = !WithoutContent, Levels = Level is { } level ? [level] : [],
        Recipients = (Recipients ?? "").Split([',', ' ', '\n', '\r', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    }, Secret: Given(Secret), SigningSecret: Given(SigningSecret));

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
