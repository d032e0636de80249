using System.Collections.Concurrent;

namespace EmailOps.Core.Mailboxes;

/// <summary>A valid access token for whoever needs one: from the cache, or asked for once by one caller while the others wait for it.</summary>
internal sealed class AccessTokens(ITokenCache cache, TimeProvider clock)
{
    /// <summary>A token with less time left is as good as none: it may run out on the way.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMinutes(2);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <param name="name">Whose it is and for what, for example <c>mailbox/7/imap</c>.</param>
    /// <param name="ask">Gets a new one from the provider.</param>
    public async Task<string> GetAsync(string name, Func<CancellationToken, Task<AccessToken>> ask, CancellationToken cancel)
    {
        if (await ValidAsync(name, cancel) is { } known) return known;
        var turn = _turns.GetOrAdd(name, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancel);
        try
        {
            if (await ValidAsync(name, cancel) is { } asked) return asked;
            var token = await ask(cancel);
            await cache.KeepAsync(name, token, cancel);
            return token.Value;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The provider took it no more, whatever its time said: the next caller gets a new one.</summary>
    public Task RefusedAsync(string name, CancellationToken cancel) => cache.ForgetAsync(name, cancel);

    private async Task<string?> ValidAsync(string name, CancellationToken cancel)
        => await cache.FindAsync(name, cancel) is { } token && token.ExpiresAt - clock.GetUtcNow() > Least ? token.Value : null;
}
