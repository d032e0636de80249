using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;
using EmailOps.Core.Drafts.Grounding;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.Learning.Redaction;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage.Taxonomies;
using Microsoft.Extensions.AI;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>
/// Asks the language model the questions of a plan, one after the other within the time budget, and merges what can be used. Whatever a provider does, a
/// judgement comes back: the built-in one where nothing better could be had, with the reason.
/// </summary>
internal sealed class Consultant(IChatClient models, PromptWriter writer, Taxonomy taxonomy, ConsultOptions limits, TimeProvider clock)
{
    private readonly ReplyComposer _composer = new(taxonomy.Reply);
    private readonly string[] _categories = [.. taxonomy.Categories.Select(c => c.Id)];

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
        var question = writer.Judge(round.Case.Message, round.Case.Examples);
        if (await OneAsync(round, question, text => (Answers.Judge(text, _categories, out var problem), problem), cancel) is { } answer)
            round.Result = Merge.Judge(round.Result, answer, taxonomy, limits);
    }

    private async Task DraftAsync(Round round, CancellationToken cancel)
    {
        // The judged category may promote no draft.
        if (taxonomy.Find(round.Result.Category)?.Autonomy is not (Autonomy.SendReply or Autonomy.Suggest)) return;
        var question = writer.Draft(round.Case.Message, PromptWriter.Passages(round.Case.Built), round.Result.Language);
        if (await OneAsync(round, question, text => Checked(text, question, round), cancel) is { } paragraphs)
            round.Result = Merge.Draft(round.Result, paragraphs, question.Passages, _composer, round.Case.Message, taxonomy.Reply);
    }

    private async Task SummaryAsync(Round round, CancellationToken cancel)
    {
        var message = round.Case.Message;
        var question = writer.Summary(message, round.Case.Earlier, round.Result.Language);
        var summary = await OneAsync(round, question, text => Answers.Summary(text, out var problem) is not { } words ? (null, problem)
            : Traced.Invention(words, round.Result.Language, [], Mail(message, round.Case.Earlier), null) is { } invented ? (null, invented)
            : (words, ""), cancel);
        if (summary != null) round.Result = Merge.Summary(round.Result, summary);
    }

    /// <summary>Each paragraph may say only what the passages it names say.</summary>
    private (IReadOnlyList<DraftParagraph>?, string) Checked(string text, Question question, Round round)
    {
        if (Answers.Draft(text, question.Passages.Count, out var problem) is not { } paragraphs) return (null, problem);
        var (language, mail) = (taxonomy.Reply.LanguageFor(round.Result.Language), Mail(round.Case.Message, []));
        foreach (var paragraph in paragraphs)
            if (Traced.Invention(paragraph.Text, language, [.. paragraph.Passages.Select(n => question.Passages[n - 1].Passage)], mail, taxonomy.Reply) is { } invented) return (null, invented);
        return (paragraphs, "");
    }

    private static GroundingMail Mail(IncomingMessage message, IReadOnlyList<EarlierMessage> earlier)
        => new(string.Join('\n', [message.Subject, message.NewText, .. earlier.Select(e => e.Text)]), message.From.Address, message.From.Name);

    /// <summary>Asks once, and once more where the answer cannot be used.</summary>
    private async Task<T?> OneAsync<T>(Round round, Question question, Func<string, (T? Answer, string Problem)> read, CancellationToken cancel) where T : class
    {
        // Where one question found nobody, the next would not either.
        if (round.Again is JudgeAgain.WhenBack or JudgeAgain.NextDay) return null;
        // One table a question: what was hidden from a model elsewhere is put back into its answer.
        var redaction = new Redaction();
        List<ChatMessage> words = [new(ChatRole.System, question.System), new(ChatRole.User, question.User)];
        for (var attempt = 1; ; attempt++)
        {
            var left = limits.TimeBudget - clock.GetElapsedTime(round.Began);
            if (left <= TimeSpan.Zero)
            {
                round.Fail(JudgeAgain.WhenBack, $"The language model took longer than {limits.TimeBudget.TotalSeconds:0} s.");
                return null;
            }
            var began = clock.GetTimestamp();
            try
            {
                var response = await models.GetResponseAsync(words, Options(round, question, left, redaction.Hide, text => Filled(text, redaction, read).Answer != null), cancel);
                var (answer, problem) = Filled(response.Text, redaction, read);
                Keep(round, ModelAnswer.IsRemote(response) ? question with { System = redaction.Hide(question.System), User = redaction.Hide(question.User) } : question, ModelAnswer.Stamp(response, question.Prompt), response.Text, answer == null ? problem : null, began);
                if (answer != null) return answer;
                if (attempt == 2)
                {
                    round.Fail(JudgeAgain.AfterPause, $"The language model's answer could not be used: {problem}");
                    return null;
                }
                words = [.. words.Take(2), new(ChatRole.Assistant, Cut(response.Text, 2_000)), new(ChatRole.User, $"That cannot be used. {problem} Answer again with the JSON object that was asked for and nothing else.")];
            }
            catch (LanguageModelException failure)
            {
                Keep(round, question, ModelAnswer.None(question.Prompt), "", failure.Message, began);
                round.Fail(failure.Reason switch
                {
                    ModelFailure.BudgetSpent => JudgeAgain.NextDay,
                    ModelFailure.BadQuestion or ModelFailure.BadAnswer or ModelFailure.TooLarge => JudgeAgain.AfterPause,
                    _ => JudgeAgain.WhenBack,
                }, failure.Message);
                return null;
            }
        }
    }

    private static (T? Answer, string Problem) Filled<T>(string text, Redaction redaction, Func<string, (T? Answer, string Problem)> read) where T : class
        => redaction.Fill(text.Trim()) is { Open.Count: > 0 } filled ? (null, $"It says {filled.Open[0]}, which stands for something that must not be said.") : read(redaction.Fill(text.Trim()).Text);

    private static ChatOptions Options(Round round, Question question, TimeSpan left, Func<string, string> hide, Func<string, bool> accepts) => new ChatOptions
    {
        Temperature = 0,
        MaxOutputTokens = question.MaxOutputTokens,
        ResponseFormat = ChatResponseFormat.ForJsonSchema(question.Schema, question.Agent.Replace('-', '_')),
    }.About(new ModelAsk(question.Prompt)
    {
        MailboxId = round.Case.Message.MailboxId,
        MailboxLimit = round.Case.Policy is { TokensPerDay: null, MoneyPerDay: null } ? null : new DailyLimit(round.Case.Policy.TokensPerDay, round.Case.Policy.MoneyPerDay),
        Patience = left,
        Urgency = round.Case.Built.Priority,
        Accepts = accepts,
        ForRemote = hide,
    });

    private void Keep(Round round, Question question, ModelStamp stamp, string answered, string? problem, long began)
    {
        var took = clock.GetElapsedTime(began);
        round.Calls.Add(new ConsultCall(question.Agent, stamp, Cut(question.Words, ConsultCall.AskedLimit), Cut(answered, ConsultCall.AnsweredLimit), problem, took, clock.GetUtcNow()));
        var detail = problem ?? string.Create(CultureInfo.InvariantCulture, $"{(stamp.FromCache ? "Known answer" : "Answered")} by {stamp.Model}, {stamp.TokensIn} tokens in, {stamp.TokensOut} out.");
        round.Result = round.Result with
        {
            Runs = [.. round.Result.Runs, new AgentRun(question.Agent, round.Before + (long)clock.GetElapsedTime(round.Began, began).TotalMicroseconds, (long)took.TotalMicroseconds, problem == null ? AgentOutcome.Ran : AgentOutcome.Failed, detail, stamp)],
        };
    }

    private static string Cut(string text, int limit) => text.Length <= limit ? text : string.Concat(text.AsSpan(0, limit - 1), "…");

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
