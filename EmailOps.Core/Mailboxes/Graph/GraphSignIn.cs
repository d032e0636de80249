namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>In whose name Graph is asked: the app's own, or a user's who signed in. Tokens come from the shared, sealed cache while they last.</summary>
/// <param name="name">Of the token in the cache.</param>
internal sealed class GraphSignIn(string name, AccessTokens tokens, Func<CancellationToken, Task<AccessToken>> ask)
{
    public string Name => name;

    /// <exception cref="GraphException">The login server gives none; says why and what to do.</exception>
    public Task<string> TokenAsync(CancellationToken cancel) => tokens.GetAsync(name, ask, cancel);

    /// <summary>The same in the form that mailboxes have.</summary>
    public async Task<string> TokenAsync(string? refused, CancellationToken cancel)
    {
        if (refused is not null) await RefusedAsync(cancel);
        return await TokenAsync(cancel);
    }

    public Task RefusedAsync(CancellationToken cancel) => tokens.RefusedAsync(name, cancel);

    public override string ToString() => name;
}
