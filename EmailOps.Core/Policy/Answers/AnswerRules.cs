using System.Globalization;
using EmailOps.Core.Drafts;
using EmailOps.Core.Mailboxes;

namespace EmailOps.Core.Policy.Answers;

/// <summary>
/// Whether a message may be answered by itself: RFC 3834 (section 2), a budget, and robots that do not say what they are. Pure. What the worst
/// robot can get out of it is written beside each limit; the decision record on automatic answers lists them.
/// </summary>
internal static class AnswerRules
{
    /// <summary>A correspondent gets at most this many times its budget of an hour in a day; then a person must lift the brake.</summary>
    public const int HoursOfBudgetInDay = 3;
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    /// <returns>Null when nothing speaks against it; else the weightiest reason.</returns>
    public static AnswerObstacle? Obstacle(AnswerFacts facts)
        => Never(facts) is { } never ? new AnswerObstacle(never)
            : facts.Brake is { } brake ? new AnswerObstacle($"Automatic answers are stopped: {brake}")
            : Budget(facts) ?? PingPong.Obstacle(facts);

    private static string? Never(AnswerFacts facts)
    {
        if (facts.HasNullReturnPath) return "Its return path is empty, which says that nobody wants an automatic answer (RFC 3834).";
        if (ReplyRecipient.Problem(facts.Recipient) is { } problem) return problem;
        foreach (var address in (ReadOnlySpan<string>)[facts.From, facts.Recipient])
        {
            if (facts.OwnAddresses.Contains(address, StringComparer.OrdinalIgnoreCase)) return $"{address} is a mailbox of ours: EmailOps does not answer itself.";
            if (RobotAddress.Is(address)) return $"No person reads {address}.";
        }
        if (!facts.AddressedTo.Any(a => facts.MailboxNames.Contains(a, StringComparer.OrdinalIgnoreCase) || facts.MailboxNames.Contains(MailboxAddress.Untagged(a), StringComparer.OrdinalIgnoreCase)))
            return "It is not addressed to this mailbox in To or Cc (RFC 3834), so it may be a copy or list mail.";
        if (!MailboxAddress.Domain(facts.From).Equals(MailboxAddress.Domain(facts.Recipient), StringComparison.OrdinalIgnoreCase))
            return $"It asks for answers at another domain ({facts.Recipient}): a person should see where the answer goes.";
        return null;
    }

    private static AnswerObstacle? Budget(AnswerFacts facts)
    {
        if (facts.OfMailboxInHour >= facts.MostOfMailboxInHour)
            return Braked("", $"{Count(facts.OfMailboxInHour)} left this mailbox within an hour; the limit is {facts.MostOfMailboxInHour}.", s_hour);
        var mostInDay = facts.MostToCorrespondentInHour * HoursOfBudgetInDay;
        if (facts.ToCorrespondentInDay >= mostInDay)
            return Braked(facts.Recipient, $"{Count(facts.ToCorrespondentInDay)} went to {facts.Recipient} within a day; the limit is {mostInDay}.", null);
        return facts.ToCorrespondentInHour >= facts.MostToCorrespondentInHour
            ? Braked(facts.Recipient, $"{Count(facts.ToCorrespondentInHour)} went to {facts.Recipient} within an hour; the limit is {facts.MostToCorrespondentInHour}.", s_hour)
            : null;
    }

    private static string Count(int answers) => string.Create(CultureInfo.InvariantCulture, $"{answers} automatic answer{(answers == 1 ? "" : "s")}");

    internal static AnswerObstacle Braked(string correspondent, string reason, TimeSpan? pause) => new($"Automatic answers are stopped: {reason}", new BrakeOrder(correspondent.ToLowerInvariant(), reason, pause));
}
