using EmailOps.Core.Messages;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>What is asked about, with all that questions need.</summary>
/// <param name="Built">The built-in judgement.</param>
/// <param name="Policy">The mailbox's.</param>
/// <param name="Earlier">Messages of the thread before it, oldest first; empty where no summary is asked.</param>
internal sealed record ConsultCase(IncomingMessage Message, TriageResult Built, ConsultPlan Plan, ModelPolicy Policy, IReadOnlyList<EarlierMessage> Earlier, IReadOnlyList<CorrectedExample> Examples);
