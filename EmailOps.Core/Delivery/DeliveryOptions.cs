namespace EmailOps.Core.Delivery;

/// <summary>Limits of sending; bound to the section <c>Delivery</c>.</summary>
internal sealed class DeliveryOptions
{
    public const string Section = "Delivery";

    /// <summary>How long a reply in Sending belongs to its worker, which renews this while it lives. Once past, the worker is gone and the Sent folder is looked at.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);
    /// <summary>First pause after a temporary failure; doubled each time up to <see cref="MaxPause"/>.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromMinutes(1);
    public TimeSpan MaxPause { get; set; } = TimeSpan.FromHours(1);
    /// <summary>How long after its writing a reply is tried again before it fails (RFC 5321, 4.5.4.1 asks for days; a late answer is worth less than a person's attention).</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);
    /// <summary>How long after a crash the Sent folder is looked at, where providers save there by themselves and may be slow.</summary>
    public TimeSpan LookFor { get; set; } = TimeSpan.FromMinutes(1);
    /// <summary>How long an unreachable IMAP server is waited for before a person is asked.</summary>
    public TimeSpan LookAgainFor { get; set; } = TimeSpan.FromMinutes(30);
    /// <summary>How long the copy for the Sent folder is tried before it is given up; the reply itself is sent.</summary>
    public TimeSpan CopyFor { get; set; } = TimeSpan.FromDays(3);
    /// <summary>Time a batch may take before the rest goes back to the queue, so that one slow server does not hold others' replies.</summary>
    public TimeSpan BatchTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <returns>The pause before attempt <paramref name="attempts"/> + 1.</returns>
    public TimeSpan PauseAfter(int attempts)
    {
        var pause = FirstPause * Math.Pow(2, Math.Clamp(attempts - 1, 0, 20));
        return pause < MaxPause ? pause : MaxPause;
    }

    /// <returns>Null, or what to change.</returns>
    public string? Problem() => this switch
    {
        _ when Lease < TimeSpan.FromSeconds(1) => $"{Section}:Lease is {Lease}; set it to 00:00:01 or longer.",
        _ when FirstPause <= TimeSpan.Zero || MaxPause < FirstPause => $"{Section}:FirstPause is {FirstPause} and {Section}:MaxPause {MaxPause}; both must be positive and the second not shorter.",
        _ when GiveUpAfter <= TimeSpan.Zero || CopyFor <= TimeSpan.Zero || BatchTime <= TimeSpan.Zero => $"{Section}:GiveUpAfter, {Section}:CopyFor and {Section}:BatchTime must be longer than 00:00:00.",
        _ when LookFor < TimeSpan.Zero || LookAgainFor < LookFor => $"{Section}:LookFor is {LookFor} and {Section}:LookAgainFor {LookAgainFor}; neither may be negative, nor the second shorter.",
        _ => null,
    };
}
