namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>What may still be spent today, shared by all processes.</summary>
internal interface IModelBudget
{
    /// <summary>Sets aside what a call may cost at most, or refuses: in one step, so that any number of processes together keep the limits.</summary>
    /// <returns>Null when it was set aside; else which limit is in the way.</returns>
    Task<string?> ReserveAsync(Reservation reservation, CancellationToken cancel);
    /// <summary>Puts what it did cost in the place of what was set aside. A process that dies before leaves it set aside until midnight: it may have been spent.</summary>
    Task SettleAsync(Reservation reservation, long tokens, decimal money, CancellationToken cancel);
}

/// <param name="Tokens">In and out, at most.</param>
internal sealed record Reservation(DateOnly Day, long? MailboxId, long Tokens, decimal Money, DailyLimit Overall, DailyLimit Mailbox);
