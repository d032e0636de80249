using System.Globalization;
using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace EmailOps.Web.Calls;

/// <summary>What pages ask for, by name.</summary>
internal static class Reading
{
    public static Task<Answer<MessagePage>> MessagesAsync(this ApiClient api, IEnumerable<KeyValuePair<string, string?>> query, CancellationToken cancellation) =>
        api.GetAsync<MessagePage>(With(Routes.Messages, query), cancellation);

    public static Task<Answer<MessageDetail>> MessageAsync(this ApiClient api, long id, CancellationToken cancellation) =>
        api.GetAsync<MessageDetail>(At(Routes.Message, id), cancellation);

    public static Task<Answer<IReadOnlyList<MailboxView>>> MailboxesAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<MailboxView>>(Plain(Routes.Mailboxes), cancellation);

    public static Task<Answer<IReadOnlyList<CategoryView>>> CategoriesAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<CategoryView>>(Plain(Routes.Categories), cancellation);

    public static Task<Answer<IReadOnlyList<OutboundView>>> OutboundAsync(this ApiClient api, OutboundState? state, int take, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<OutboundView>>(With(Routes.Outbound, [new("state", state?.ToString()), new("take", Number(take))]), cancellation);

    public static Task<Answer<IReadOnlyList<BrakeView>>> BrakesAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<BrakeView>>(Plain(Routes.Brakes), cancellation);

    public static Task<Answer<IReadOnlyList<ImportView>>> ImportsAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<ImportView>>(Plain(Routes.Imports), cancellation);

    public static Task<Answer<IntakePage>> IntakeAsync(this ApiClient api, IntakeOutcome? outcome, long? import, string? cursor, int take, CancellationToken cancellation) =>
        api.GetAsync<IntakePage>(
            With(Routes.Intake, [new("outcome", outcome?.ToString()), new("import", import is { } id ? Number(id) : null), new("cursor", cursor), new("take", Number(take))]),
            cancellation);

    public static Task<Answer<IReadOnlyList<DeadLetterView>>> DeadLettersAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<DeadLetterView>>(Plain(Routes.DeadLetters), cancellation);

    public static Task<Answer<IReadOnlyList<ArticleView>>> ArticlesAsync(this ApiClient api, string? words, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<ArticleView>>(With(Routes.Articles, [new("q", words)]), cancellation);

    public static Task<Answer<ArticleDetail>> ArticleAsync(this ApiClient api, long id, CancellationToken cancellation) =>
        api.GetAsync<ArticleDetail>(At(Routes.Article, id), cancellation);

    public static Task<Answer<ProcessStatus>> StatusAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<ProcessStatus>(Plain(Routes.ProcessStatus), cancellation);

    public static Task<Answer<HealthReportView>> HealthAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<HealthReportView>(Plain(Routes.HealthDetailed), cancellation);

    /// <summary>A path of <see cref="Routes"/> with its id filled in, relative to the Api's address.</summary>
    public static string At(string route, long id) => Plain(route).Replace("{id:long}", Number(id), StringComparison.Ordinal);

    public static string Plain(string route) => route[1..];

    internal static string With(string route, IEnumerable<KeyValuePair<string, string?>> query) =>
        QueryHelpers.AddQueryString(Plain(route), query.Where(pair => !string.IsNullOrEmpty(pair.Value)));

    internal static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
