namespace EmailOps.Core.Escalations;

/// <summary>Limits of escalations and of telling people; bound to the section <c>Escalations</c>.</summary>
internal sealed class EscalationOptions
{
    public const string Section = "Escalations";

    /// <summary>The console's address as people open it (WEB_PUBLIC_URL), for links in chats. Null: chats get no links.</summary>
    public string? PublicUrl { get; set; }
    /// <summary>Mail older than this opens an escalation that nobody is called for: it came with an archive.</summary>
    public TimeSpan TellWithin { get; set; } = TimeSpan.FromDays(3);
    /// <summary>Longest time between two looks at what is due.</summary>
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromSeconds(10);
    /// <summary>First pause after a failed attempt to tell; doubled each time up to <see cref="MaxPause"/>. A server that names a time is obeyed.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(10);
    public TimeSpan MaxPause { get; set; } = TimeSpan.FromMinutes(15);
    /// <summary>Who could not be told for so long is not told, and that is shown.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(12);
    /// <summary>How long links in chats work.</summary>
    public TimeSpan LinksLast { get; set; } = TimeSpan.FromDays(7);

    /// <param name="attempt">1 after the first.</param>
    public TimeSpan PauseAfter(int attempt) => TimeSpan.FromSeconds(Math.Min(FirstPause.TotalSeconds * Math.Pow(2, Math.Min(attempt - 1, 20)), MaxPause.TotalSeconds));

    /// <returns>Null, or what to change.</returns>
    public string? Problem() => this switch
    {
        { PublicUrl: { Length: > 0 } url } when !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") => $"{Section}:PublicUrl (WEB_PUBLIC_URL) is \"{url}\"; write the address people open, such as https://mail.example.com.",
        _ when TellWithin <= TimeSpan.Zero => $"{Section}:TellWithin is {TellWithin}; set it longer than 00:00:00.",
        _ when LookEvery <= TimeSpan.Zero || LookEvery > TimeSpan.FromMinutes(5) => $"{Section}:LookEvery is {LookEvery}; set it between 00:00:01 and 00:05:00.",
        _ when FirstPause <= TimeSpan.Zero || MaxPause < FirstPause => $"{Section}:FirstPause is {FirstPause} and {Section}:MaxPause {MaxPause}; both must be positive and the second not smaller.",
        _ when GiveUpAfter < FirstPause => $"{Section}:GiveUpAfter is {GiveUpAfter}; set it to {Section}:FirstPause or longer.",
        _ when LinksLast <= TimeSpan.Zero || LinksLast > TimeSpan.FromDays(60) => $"{Section}:LinksLast is {LinksLast}; set it between 00:00:01 and 60.00:00:00.",
        _ => null,
    };
}
