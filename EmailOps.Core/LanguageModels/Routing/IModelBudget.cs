namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>What may still be spent today, shared by all processes.</summary>
internal interface IModelBudget
{
    /// <summary>Sets aside what a call may cost at most, or refuses: in one step, so that any number of processes together keep the limits.</summary>
    /// <returns>Null when it was set aside; else which limit is in the way.</returns>
    Task<string?> ReserveAsync(Reservation reservation, CancellationToken cancel);
    /// <summary>Puts what it did cost in the place of what was set aside. What a process that died had set aside is released when its time is up.</summary>
    Task SettleAsync(Reservation reservation, long tokens, decimal money, CancellationToken cancel);
}

/// <param name="Tokens">In and out, at most.</param>
internal sealed record Reservation(DateOnly Day, long? MailboxId, long Tokens, decimal Money, DailyLimit Overall, DailyLimit Mailbox)
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    /// <summary>How long the call may take; after that nobody settles it any more.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(5);
}
