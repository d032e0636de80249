using EmailOps.Core.Contracts;

namespace EmailOps.Web.Calls;

/// <summary>Signing in, and what administrators order about people and keys. Signing in is asked with the console's key, all else with that of the person's session.</summary>
internal static class AccessCalls
{
    /// <summary>A page is not worth more waiting for the question whether its reader is still signed in.</summary>
    private static readonly TimeSpan Check = TimeSpan.FromSeconds(3);

    public static Task<Answer<SignedIn>> SignInAsync(this ApiClient api, PasswordSignIn asked, CancellationToken cancellation) =>
        api.SendAsConsoleAsync<SignedIn>(HttpMethod.Post, Reading.Plain(AccessRoutes.SignIn), asked, cancellation);

    public static Task<Answer<SignedIn>> SignInAsync(this ApiClient api, LinkSignIn asked, CancellationToken cancellation) =>
        api.SendAsConsoleAsync<SignedIn>(HttpMethod.Post, Reading.Plain(AccessRoutes.SignInByLink), asked, cancellation);

    public static Task<Answer<SignedIn>> SignInAsync(this ApiClient api, InvitationSignIn asked, CancellationToken cancellation) =>
        api.SendAsConsoleAsync<SignedIn>(HttpMethod.Post, Reading.Plain(AccessRoutes.SignInByInvitation), asked, cancellation);

    public static Task<Answer<CallerView>> CallerAsync(this ApiClient api, string session, CancellationToken cancellation) =>
        api.SendInSessionAsync<CallerView>(HttpMethod.Get, Reading.Plain(AccessRoutes.Session), session, Check, cancellation);

    public static Task<Answer<Done>> SignOutAsync(this ApiClient api, string session, CancellationToken cancellation) =>
        api.SendInSessionAsync<Done>(HttpMethod.Delete, Reading.Plain(AccessRoutes.Session), session, Check, cancellation);

    public static Task<Answer<Done>> SignOutEverywhereAsync(this ApiClient api, CancellationToken cancellation) =>
        api.SendAsync<Done>(HttpMethod.Delete, Reading.Plain(AccessRoutes.Sessions), null, null, cancellation);

    public static Task<Answer<Done>> ChangePasswordAsync(this ApiClient api, ChangePassword change, CancellationToken cancellation) =>
        api.SendAsync<Done>(HttpMethod.Post, Reading.Plain(AccessRoutes.SessionPassword), change, null, cancellation);

    public static Task<Answer<IReadOnlyList<UserView>>> UsersAsync(this ApiClient api, CancellationToken cancellation) => api.GetAsync<IReadOnlyList<UserView>>(Reading.Plain(AccessRoutes.Users), cancellation);

    public static Task<Answer<UserAdded>> AddUserAsync(this ApiClient api, AddUser user, CancellationToken cancellation) =>
        api.SendAsync<UserAdded>(HttpMethod.Post, Reading.Plain(AccessRoutes.Users), user, null, cancellation);

    public static Task<Answer<UserView>> ChangeUserAsync(this ApiClient api, long id, int version, ChangeUser change, CancellationToken cancellation) =>
        api.SendAsync<UserView>(HttpMethod.Put, Reading.At(AccessRoutes.User, id), change, version, cancellation);

    public static Task<Answer<UserAdded>> InviteAsync(this ApiClient api, long id, CancellationToken cancellation) =>
        api.SendAsync<UserAdded>(HttpMethod.Post, Reading.At(AccessRoutes.UserInvitation, id), null, null, cancellation);

    public static Task<Answer<Done>> EndSessionsAsync(this ApiClient api, long id, CancellationToken cancellation) =>
        api.SendAsync<Done>(HttpMethod.Delete, Reading.At(AccessRoutes.UserSessions, id), null, null, cancellation);

    public static Task<Answer<IReadOnlyList<KeyView>>> KeysAsync(this ApiClient api, CancellationToken cancellation) => api.GetAsync<IReadOnlyList<KeyView>>(Reading.Plain(AccessRoutes.Keys), cancellation);

    public static Task<Answer<KeyAdded>> AddKeyAsync(this ApiClient api, AddKey key, CancellationToken cancellation) =>
        api.SendAsync<KeyAdded>(HttpMethod.Post, Reading.Plain(AccessRoutes.Keys), key, null, cancellation);

    public static Task<Answer<KeyView>> RevokeKeyAsync(this ApiClient api, long id, CancellationToken cancellation) =>
        api.SendAsync<KeyView>(HttpMethod.Post, Reading.At(AccessRoutes.KeyRevoke, id), null, null, cancellation);
}
