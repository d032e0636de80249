using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Core.Data.Redis;

/// <summary>
/// Names of keys and channels: prefix, version of what lies behind, kind, and a hash of what it is about, so that a list of keys says nothing about mail or people.
/// Braces keep all keys of an installation in one slot of a cluster, as scripts need it.
/// </summary>
internal sealed class RedisKeys(string prefix)
{
    /// <summary>Counted up when something stored would be read wrongly by the version before; what it stored runs out by itself.</summary>
    private const int Version = 1;

    public string Of(string kind, string name) => Of(kind, SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <param name="hash">A hash already.</param>
    public string Of(string kind, ReadOnlySpan<byte> hash) => $"{{{prefix}}}:{Version}:{kind}:{Convert.ToHexStringLower(hash[..Math.Min(hash.Length, 20)])}";

    /// <summary>The one key of its kind.</summary>
    public string Single(string kind) => $"{{{prefix}}}:{Version}:{kind}";

    public string Channel(string name) => $"{{{prefix}}}:{Version}:{name}";
}
