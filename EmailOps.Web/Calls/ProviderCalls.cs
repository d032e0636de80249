using EmailOps.Core.Contracts;

namespace EmailOps.Web.Calls;

/// <summary>Mail providers and the sign-ins of mailbox owners.</summary>
internal static class ProviderCalls
{
    /// <summary>The Api asks the provider meanwhile.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task<Answer<IReadOnlyList<MailProviderView>>> MailProvidersAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<MailProviderView>>(Reading.Plain(ProviderRoutes.All), cancellation);

    public static Task<Answer<MailProviderView>> ForceMailBreakerAsync(this ApiClient api, string provider, BreakerForce force, string? why, CancellationToken cancellation) =>
        api.SendAsync<MailProviderView>(HttpMethod.Put, ProviderRoutes.Breaker.Replace("{name}", Uri.EscapeDataString(provider), StringComparison.Ordinal), new ForceBreaker(force, why), null, cancellation);

    public static Task<Answer<GrantView>> GrantAsync(this ApiClient api, long mailbox, CancellationToken cancellation) =>
        api.GetAsync<GrantView>(Reading.At(ProviderRoutes.SignIn, mailbox), cancellation);

    public static Task<Answer<SignInBegun>> BeginSignInAsync(this ApiClient api, long mailbox, string redirect, CancellationToken cancellation) =>
        api.SendAsync<SignInBegun>(HttpMethod.Post, Reading.At(ProviderRoutes.SignIn, mailbox), new BeginSignIn(redirect), null, cancellation);

    public static Task<Answer<GrantView>> CompleteSignInAsync(this ApiClient api, CompleteSignIn back, CancellationToken cancellation) =>
        api.SendAsync<GrantView>(HttpMethod.Post, Reading.Plain(ProviderRoutes.Complete), back, null, cancellation, Patience);
}
