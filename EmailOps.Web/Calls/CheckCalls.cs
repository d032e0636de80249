using EmailOps.Core.Contracts;

namespace EmailOps.Web.Calls;

/// <summary>What the installation finds out about itself.</summary>
internal static class CheckCalls
{
    /// <summary>Mail servers have half a minute.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static Task<Answer<CheckReport>> ChecksAsync(this ApiClient api, CancellationToken cancellation) =>
        api.SendAsync<CheckReport>(HttpMethod.Get, Reading.Plain(CheckRoutes.All), null, null, cancellation, Patience);
}
