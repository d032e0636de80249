using EmailOps.Core.Analytics;
using EmailOps.Core.Contracts;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Consulting;

namespace EmailOps.Core.Data.Assessments;

/// <summary>
/// Asks the language model about past mail in one replay, each message both ways, and counts what that takes. It asks only what triage would ask, at most so
/// many messages, and stops when nobody answers. A message that was not asked about both ways is left out: half a comparison says nothing about a prompt.
/// </summary>
/// <param name="now">Asks for what is in force; null: the built-in judgement alone stands there.</param>
/// <param name="then">Asks for what is tried; may be the same.</param>
/// <param name="prompts">Versions of the tried ones.</param>
internal sealed class ReplayRound(ConsultDesk desk, Consultant? now, Consultant then, Func<long, ModelPolicy> policies, int most, IReadOnlyList<string> prompts)
{
    /// <summary>One message may take too long; where a second in a row finds nobody, the next would not find anybody either.</summary>
    private const int GiveUpAfter = 2;
    private const int Named = 100;

    private readonly Dictionary<string, (int Count, List<long> First)> _left = [];
    private readonly Dictionary<long, string> _spent = [];
    private string? _away;
    private int _tried, _inVain, _wanted, _asked, _unusable, _summaries, _drafts;
    private long _calls, _known, _in, _out;
    private decimal _cost;

    public ReplayAsking Result => new(prompts, _wanted, _asked, _unusable, _summaries, _drafts, [.. _left.Select(l => new ReplayLeft(l.Key, l.Value.Count, l.Value.First)).OrderByDescending(l => l.Count)], _calls, _known, _in, _out, _cost);

    /// <returns>The judgements with what answers change; null when the message could not be asked about.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<(TriageResult Before, TriageResult After)?> AnswerAsync(ReplayCase past, TriageResult before, TriageResult after, CancellationToken cancel)
    {
        var (message, policy) = (past.Message, policies(past.Message.MailboxId));
        var (was, would) = (now is null ? null : desk.Plan(before, message, policy), desk.Plan(after, message, policy));
        if (was is not { Wants: true } && !would.Wants) return (before, after);
        _wanted++;
        if ((_away ?? _spent.GetValueOrDefault(message.MailboxId) ?? (_tried >= most ? $"At most {most:N0} messages were to be asked about (--most)." : null)) is { } why) return Leave(message.Id, why);
        _tried++;
        var first = was is { Wants: true } ? await OneAsync(now!, past, before, was, policy, cancel) : null;
        if (first is { Again: JudgeAgain.WhenBack or JudgeAgain.NextDay }) return Leave(message.Id, first.Degraded!);
        var isSame = ReferenceEquals(now, then) && ReferenceEquals(before, after);
        var second = isSame ? first : would.Wants ? await OneAsync(then, past, after, would, policy, cancel) : null;
        if (second is { Again: JudgeAgain.WhenBack or JudgeAgain.NextDay }) return Leave(message.Id, second.Degraded!);
        _asked++;
        _inVain = 0;
        _unusable += second?.Degraded is null ? 0 : 1;
        var (left, right) = (first?.Result ?? before, second?.Result ?? after);
        _summaries += left.Summary == right.Summary ? 0 : 1;
        _drafts += left.Draft?.Body == right.Draft?.Body ? 0 : 1;
        return (left, right);
    }

    private async Task<Consulted> OneAsync(Consultant consultant, ReplayCase past, TriageResult built, ConsultPlan plan, ModelPolicy policy, CancellationToken cancel)
    {
        var consulted = await desk.AskAsync(consultant, past.Message, built, plan, policy, cancel);
        foreach (var stamp in consulted.Calls.Select(c => c.Stamp).Where(s => s.Model.Length > 0))
        {
            if (stamp.FromCache)
            {
                _known++;
                continue;
            }
            _calls++;
            _in += stamp.TokensIn;
            _out += stamp.TokensOut;
            _cost += stamp.Cost;
        }
        if (consulted.Again == JudgeAgain.NextDay) _spent[past.Message.MailboxId] = consulted.Degraded!;
        if (consulted.Again == JudgeAgain.WhenBack && ++_inVain >= GiveUpAfter) _away = consulted.Degraded;
        return consulted;
    }

    private (TriageResult, TriageResult)? Leave(long message, string reason)
    {
        if (!_left.TryGetValue(reason, out var known)) known = (0, []);
        if (known.First.Count < Named) known.First.Add(message);
        _left[reason] = (known.Count + 1, known.First);
        return null;
    }
}
