using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;
using EmailOps.Core.Messages;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>What is asked about, with all that questions need.</summary>
/// <param name="Built">The built-in judgement.</param>
/// <param name="Policy">The mailbox's.</param>
/// <param name="Earlier">Messages of the thread before it, oldest first; empty where no summary is asked.</param>
/// <param name="Reply">How the mailbox's replies begin and end; null: as the taxonomy says.</param>
internal sealed record ConsultCase(IncomingMessage Message, TriageResult Built, ConsultPlan Plan, ModelPolicy Policy, IReadOnlyList<EarlierMessage> Earlier, IReadOnlyList<CorrectedExample> Examples,
    ReplyTemplates? Reply = null);
