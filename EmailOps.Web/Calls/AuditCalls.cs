using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace EmailOps.Web.Calls;

/// <summary>Who did what, whether it still says so, and what looks dangerous.</summary>
internal static class AuditCalls
{
    /// <summary>A chain of millions takes its time.</summary>
    private static readonly TimeSpan LongPatience = TimeSpan.FromMinutes(5);

    public static Task<Answer<AuditPage>> AuditAsync(this ApiClient api, IEnumerable<KeyValuePair<string, string?>> query, CancellationToken cancellation) =>
        api.GetAsync<AuditPage>(QueryHelpers.AddQueryString(Reading.Plain(AuditRoutes.All), query.Where(pair => !string.IsNullOrEmpty(pair.Value))), cancellation);

    public static Task<Answer<AuditVerification>> VerifyAuditAsync(this ApiClient api, CancellationToken cancellation) =>
        api.SendAsync<AuditVerification>(HttpMethod.Post, Reading.Plain(AuditRoutes.Verify), null, null, cancellation, LongPatience);

    public static Task<Answer<IReadOnlyList<SecurityFinding>>> FindingsAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<SecurityFinding>>(Reading.Plain(AuditRoutes.Findings), cancellation);
}
