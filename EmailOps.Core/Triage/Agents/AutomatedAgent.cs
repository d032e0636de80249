using EmailOps.Core.Contracts;
using EmailOps.Mail.Automated;

namespace EmailOps.Core.Triage.Agents;

/// <summary>Notes mail that a machine wrote; intake has read its headers (RFC 3834, RFC 3464 and others).</summary>
internal sealed class AutomatedAgent : IAgent
{
    public string Name => "automated-mail";

    public string? SkipReason(TriageContext context)
        => context.Message.Automated == AutomatedKind.Normal ? "Nothing says that a machine wrote this." : null;

    public string Run(TriageContext context)
    {
        context.Found.IsAutomated = true;
        var reason = context.Message.AutomatedReason ?? Describe(context.Message.Automated);
        context.Found.Signals.Add(new Signal("automated", 1, reason));
        return reason;
    }

    private static string Describe(AutomatedKind kind) => kind switch
    {
        AutomatedKind.Bounce => "A report that a message was not delivered.",
        AutomatedKind.AutoReply => "An automatic reply, such as out of office.",
        AutomatedKind.Bulk => "A newsletter or mailing list.",
        AutomatedKind.FeedbackReport => "An abuse report.",
        AutomatedKind.ReadReceipt => "A read receipt.",
        AutomatedKind.DeliveredNotice => "A report that a message was delivered.",
        _ => "Written by a program.",
    };
}
