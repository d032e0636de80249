using System.Text.Json.Serialization;

namespace EmailOps.Core.Contracts;

/// <summary>What keeps coming, and what nobody wrote an article about.</summary>
/// <param name="Looked">Messages that were looked at: the newest of the period, 20,000 at most.</param>
/// <param name="Subjects">That came at least three times; numbers are one and the same.</param>
/// <param name="Unanswered">Questions that the knowledge base has nothing for, put together by what they are about.</param>
public sealed record PatternReport(
    long Id,
    DateTimeOffset At,
    [property: JsonPropertyName("analyzed_by")] string By,
    int Days,
    int Looked,
    [property: JsonPropertyName("recurring_subjects")] IReadOnlyList<RecurringSubject> Subjects,
    [property: JsonPropertyName("recurring_senders")] IReadOnlyList<RecurringSender> Senders,
    [property: JsonPropertyName("unanswered_topics")] IReadOnlyList<UnansweredTopic> Unanswered,
    [property: JsonPropertyName("article_candidates")] IReadOnlyList<ArticleCandidate> Candidates);

/// <param name="Pattern">The subject with # for numbers.</param>
/// <param name="Automatic">Share decided without a person, 0-1.</param>
public sealed record RecurringSubject(string Pattern, int Messages, int Senders, string? Category, double Automatic, [property: JsonPropertyName("example_id")] long ExampleId);

/// <param name="Threads">Of how many threads.</param>
public sealed record RecurringSender(string Address, int Messages, int Threads, string? Category, double Automatic);

/// <param name="Terms">Words that tell it from the rest.</param>
/// <param name="Examples">Ids of messages, the most typical first.</param>
public sealed record UnansweredTopic(string Title, string Language, string? Category, int Messages, IReadOnlyList<string> Terms, IReadOnlyList<long> Examples);

/// <summary>An article that would answer a topic: what people keep asking, and what somebody answered when they did.</summary>
/// <param name="Number">Of it in its report.</param>
/// <param name="Draft">Of an article, as Markdown, for a person to finish; it holds customers' words.</param>
/// <param name="Answered">Of its messages, those whose answer by a person stands in the draft.</param>
public sealed record ArticleCandidate(int Number, string Title, string Language, string? Category, int Messages, int Answered, IReadOnlyList<string> Keywords, string Draft, IReadOnlyList<long> Examples);
