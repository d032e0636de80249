using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Core.Audit;

/// <summary>A key to the Api, kept as a hash. Keys are 256 random bits, so a plain SHA-256 leaves nothing to guess.</summary>
internal sealed class ApiKey
{
    public const string Read = "read";
    public const string Operate = "operate";
    public const string Admin = "admin";

    /// <summary>Every scope; each holds the ones before it.</summary>
    public static IReadOnlyList<string> Scopes { get; } = [Read, Operate, Admin];

    public long Id { get; set; }
    public required string Name { get; set; }
    public required byte[] Hash { get; set; }
    /// <summary>One of <see cref="Scopes"/>.</summary>
    public required string Scope { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>A new key, shown once.</summary>
    public static string NewSecret() => "eo_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
