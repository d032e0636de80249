using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EmailOps.Core.Mailboxes;

namespace EmailOps.Core.Data;

/// <summary>Access tokens, sealed as the passwords in the database are, and bound to their name: whoever reads the cache has nothing to sign in with. Layout: when it runs out (Unix seconds, 8 bytes), the sealed token.</summary>
internal sealed class CachedTokens(CacheShelf shelf, SecretBox box, TimeProvider clock) : ITokenCache
{
    public const int Most = 10_000;

    public async Task<AccessToken?> FindAsync(string name, CancellationToken cancel)
    {
        if (await shelf.FindAsync(Hash(name), cancel) is not { Length: > sizeof(long) } bytes) return null;
        var expires = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(BinaryPrimitives.ReadInt64BigEndian(bytes), 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
        if (expires <= clock.GetUtcNow()) return null;
        try
        {
            return new AccessToken(box.Open(SealName(name), bytes.AsSpan(sizeof(long))), expires);
        }
        catch (SecretsKeyException)
        {
            // Sealed with another key, or not by us: a new token is cheaper than the question why.
            return null;
        }
    }

    public async Task KeepAsync(string name, AccessToken token, CancellationToken cancel)
    {
        var left = token.ExpiresAt - clock.GetUtcNow();
        if (left <= TimeSpan.Zero || token.Value.Length > SecretBox.MaxLength) return;
        var secret = box.Seal(SealName(name), token.Value);
        var bytes = new byte[sizeof(long) + secret.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, token.ExpiresAt.ToUnixTimeSeconds());
        secret.CopyTo(bytes, sizeof(long));
        await shelf.KeepAsync(Hash(name), bytes, left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1), cancel);
    }

    public Task ForgetAsync(string name, CancellationToken cancel) => shelf.ForgetAsync(Hash(name), cancel);

    private static string SealName(string name) => $"token/{name}";

    private static byte[] Hash(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name));
}
