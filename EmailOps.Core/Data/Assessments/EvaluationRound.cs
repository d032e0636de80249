using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Consulting;

namespace EmailOps.Core.Data.Assessments;

/// <summary>
/// Asks the language model about labelled rows where triage would, and counts what that takes. Only for category and priority: drafts and summaries have no right answer in the
/// file. A row that is not asked about keeps the built-in judgement, as a message would.
/// </summary>
internal sealed class EvaluationRound(ConsultDesk desk, Consultant consultant, ModelPolicy policy, int most, TimeProvider clock)
{
    /// <summary>One row may take too long; where a second in a row finds nobody, the next would not find anybody either.</summary>
    private const int GiveUpAfter = 2;

    private readonly Dictionary<string, int> _left = [];
    private string? _away;
    private int _wanted, _asked, _changed, _unusable, _inVain;
    private long _calls, _known, _in, _out;
    private decimal _cost;
    private TimeSpan _took;

    public EvaluationAsking Result => new(_wanted, _asked, _changed, _unusable, [.. _left.Select(l => new EvaluationLeft(l.Key, l.Value)).OrderByDescending(l => l.Rows)], _calls, _known, _in, _out, _cost, _took.TotalSeconds);

    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<TriageResult> AnswerAsync(IncomingMessage message, TriageResult built, CancellationToken cancel)
    {
        var plan = desk.Plan(built, message, policy);
        plan = plan with { Questions = plan.Questions & ConsultQuestions.Judge };
        if (!plan.Wants) return built;
        _wanted++;
        if ((_away ?? (_asked >= most ? $"At most {most:N0} rows were to be asked about (--most)." : null)) is { } why)
        {
            _left[why] = _left.GetValueOrDefault(why) + 1;
            return built;
        }
        var began = clock.GetTimestamp();
        var consulted = await desk.AskAsync(consultant, message, built, plan, policy, cancel);
        _took += clock.GetElapsedTime(began);
        foreach (var stamp in consulted.Calls.Select(c => c.Stamp).Where(s => s.Model.Length > 0))
        {
            _known += stamp.FromCache ? 1 : 0;
            _calls += stamp.FromCache ? 0 : 1;
            if (stamp.FromCache) continue;
            _in += stamp.TokensIn;
            _out += stamp.TokensOut;
            _cost += stamp.Cost;
        }
        if (consulted.Again is JudgeAgain.WhenBack or JudgeAgain.NextDay)
        {
            if (consulted.Again == JudgeAgain.NextDay || ++_inVain >= GiveUpAfter) _away = consulted.Degraded;
            _left[consulted.Degraded!] = _left.GetValueOrDefault(consulted.Degraded!) + 1;
            return built;
        }
        _asked++;
        _inVain = 0;
        _unusable += consulted.Degraded is null ? 0 : 1;
        _changed += consulted.Result.Category == built.Category ? 0 : 1;
        return consulted.Result;
    }
}
