using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;
using EmailOps.Core.Drafts.Grounding;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Strict;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>
/// Asks the language model the questions of a plan, one after the other within the time budget, and merges what can be used. Whatever a provider does, a
/// judgement comes back: the built-in one where nothing better could be had, with the reason.
/// </summary>
/// <param name="mayWait">All other questions go first: nobody's mail waits for what is tried.</param>
internal sealed class Consultant(StrictAnswers models, PromptWriter writer, Taxonomy taxonomy, ConsultOptions limits, TimeProvider clock, bool mayWait = false)
{
    /// <exception cref="OperationCanceledException">The caller gave up; nothing is known then.</exception>
    public async Task<Consulted> AskAsync(ConsultCase asked, CancellationToken cancel)
    {
        var round = new Round(asked, asked.Built, clock.GetTimestamp());
        if (asked.Plan.Questions.HasFlag(ConsultQuestions.Judge)) await JudgeAsync(round, cancel);
        if (asked.Plan.Questions.HasFlag(ConsultQuestions.Draft)) await DraftAsync(round, cancel);
        if (asked.Plan.Questions.HasFlag(ConsultQuestions.Summary)) await SummaryAsync(round, cancel);
        return new Consulted(round.Result with { Degraded = round.Degraded != null }, round.Calls, round.Degraded, round.Again);
    }

    private async Task JudgeAsync(Round round, CancellationToken cancel)
    {
        if (await OneAsync<JudgeAnswer>(round, writer.Judge(round.Case.Message, round.Case.Examples), said => (Shapes.Judge(said), null), cancel) is { } answer)
            round.Result = Merge.Judge(round.Result, answer, taxonomy, limits);
    }

    private async Task DraftAsync(Round round, CancellationToken cancel)
    {
        // The judged category may promote no draft.
        if (taxonomy.Find(round.Result.Category)?.Autonomy is not (Autonomy.SendReply or Autonomy.Suggest)) return;
        var templates = round.Case.Reply ?? taxonomy.Reply;
        var question = writer.Draft(round.Case.Message, PromptWriter.Passages(round.Case.Built), templates.LanguageFor(round.Result.Language));
        if (await OneAsync(round, question, said => Checked(Shapes.Paragraphs(said), question, round), cancel) is { } paragraphs)
            round.Result = Merge.Draft(round.Result, paragraphs, question.Passages, new ReplyComposer(templates), round.Case.Message, templates);
    }

    private async Task SummaryAsync(Round round, CancellationToken cancel)
    {
        var message = round.Case.Message;
        var question = writer.Summary(message, round.Case.Earlier, round.Result.Language);
        var summary = await OneAsync(round, question, said => (Shapes.Words(said), Traced.Invention(Shapes.Words(said), round.Result.Language, [], Mail(message, round.Case.Earlier), null)), cancel);
        if (summary != null) round.Result = Merge.Summary(round.Result, summary);
    }

    /// <summary>Each paragraph may say only what the passages it names say.</summary>
    private (IReadOnlyList<DraftParagraph>?, string?) Checked(IReadOnlyList<DraftParagraph> paragraphs, Question question, Round round)
    {
        var templates = round.Case.Reply ?? taxonomy.Reply;
        var (language, mail) = (templates.LanguageFor(round.Result.Language), Mail(round.Case.Message, []));
        return (paragraphs, paragraphs.Select(p => Traced.Invention(p.Text, language, [.. p.Passages.Select(n => question.Passages[n - 1].Passage)], mail, templates)).FirstOrDefault(invented => invented != null));
    }

    private static GroundingMail Mail(IncomingMessage message, IReadOnlyList<EarlierMessage> earlier)
        => new(string.Join('\n', [message.Subject, message.NewText, .. earlier.Select(e => e.Text)]), message.From.Address, message.From.Name);

    private async Task<T?> OneAsync<T>(Round round, Question question, Func<StrictFields, (T? Value, string? Problem)> read, CancellationToken cancel) where T : class
    {
        // Where one question found nobody, the next would not either.
        if (round.Again is JudgeAgain.WhenBack or JudgeAgain.NextDay) return null;
        var left = limits.TimeBudget - clock.GetElapsedTime(round.Began);
        if (left <= TimeSpan.Zero)
        {
            round.Fail(JudgeAgain.WhenBack, $"The language model took longer than {limits.TimeBudget.TotalSeconds:0} s.");
            return null;
        }
        var answer = await models.AskAsync(question, About(round.Case, question, left), read, cancel);
        foreach (var call in answer.Calls) Keep(round, question, call);
        if (answer.Failure is { } failure) round.Fail(Again(failure), answer.Why!);
        return answer.Value;
    }

    private static JudgeAgain Again(AnswerFailure failure) => failure switch
    {
        AnswerFailure.BudgetSpent => JudgeAgain.NextDay,
        AnswerFailure.NoModel or AnswerFailure.Waiting or AnswerFailure.TimedOut or AnswerFailure.Unavailable => JudgeAgain.WhenBack,
        _ => JudgeAgain.AfterPause,
    };

    private ModelAsk About(ConsultCase asked, Question question, TimeSpan left) => new(question.Prompt)
    {
        MailboxId = asked.Message.MailboxId,
        MailboxLimit = asked.Policy is { TokensPerDay: null, MoneyPerDay: null } ? null : new DailyLimit(asked.Policy.TokensPerDay, asked.Policy.MoneyPerDay),
        Patience = left,
        Urgency = mayWait ? 0 : asked.Built.Priority,
    };

    private void Keep(Round round, Question question, StrictCall call)
    {
        var stamp = call.Model is { } by ? new ModelStamp(by.Provider, by.Model, question.Prompt, by.TokensIn, by.TokensOut, by.Cost, by.IsCached) : new ModelStamp("", "", question.Prompt, 0, 0, 0, false);
        round.Calls.Add(new ConsultCall(question.Agent, stamp, AnswerText.Cut(call.Asked, ConsultCall.AskedLimit), AnswerText.Cut(call.Answered, ConsultCall.AnsweredLimit), call.Problem, call.Took, call.At));
        var detail = call.Problem ?? string.Create(CultureInfo.InvariantCulture, $"{(stamp.FromCache ? "Known answer" : "Answered")} by {stamp.Model}, {stamp.TokensIn} tokens in, {stamp.TokensOut} out.");
        round.Result = round.Result with
        {
            Runs = [.. round.Result.Runs, new AgentRun(question.Agent, round.Before + (long)clock.GetElapsedTime(round.Began, call.Began).TotalMicroseconds, (long)call.Took.TotalMicroseconds, call.Problem == null ? AgentOutcome.Ran : AgentOutcome.Failed, detail, stamp)],
        };
    }

    /// <summary>One message's questions as they go.</summary>
    private sealed class Round(ConsultCase asked, TriageResult result, long began)
    {
        public ConsultCase Case { get; } = asked;
        public TriageResult Result { get; set; } = result;
        public long Began { get; } = began;
        /// <summary>Microseconds that the built-in agents took before.</summary>
        public long Before { get; } = result.Runs is [.., var last] ? last.StartedMicroseconds + last.DurationMicroseconds : 0;
        public List<ConsultCall> Calls { get; } = [];
        public string? Degraded { get; private set; }
        public JudgeAgain Again { get; private set; }

        /// <summary>The first reason is told; the one that waits longest for another look counts.</summary>
        public void Fail(JudgeAgain again, string reason)
        {
            Degraded ??= reason;
            Again = again == JudgeAgain.NextDay || Again == JudgeAgain.Never ? again : Again;
        }
    }
}
