using EmailOps.Core.Contracts;

namespace EmailOps.Web.Calls;

/// <summary>What is ordered for the whole installation.</summary>
internal static class OperationCalls
{
    public static Task<Answer<OperationsView>> OperationsAsync(this ApiClient api, CancellationToken cancellation) => api.GetAsync<OperationsView>(Reading.Plain(OperationRoutes.All), cancellation);

    /// <param name="route">One of the four orders of <see cref="OperationRoutes"/>.</param>
    public static Task<Answer<OperationsView>> OrderAsync(this ApiClient api, string route, string? reason, CancellationToken cancellation) =>
        api.SendAsync<OperationsView>(HttpMethod.Post, Reading.Plain(route), new StandingOrder(reason), null, cancellation);
}
