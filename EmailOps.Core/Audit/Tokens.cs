using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.Audit;

/// <summary>Secrets of 256 random bits, of which only the digest is kept.</summary>
internal static class Tokens
{
    /// <summary>How a session's key begins; keys of programs begin otherwise.</summary>
    public const string Session = "es_";
    public const string Invitation = "ei_";
    private const int Bytes = 32;

    public static string New(string kind) => kind + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Null for what cannot be one of that kind: not worth a question to the store.</summary>
    public static byte[]? Digest(string kind, string? token)
        => token is not null && token.StartsWith(kind, StringComparison.Ordinal) && token.Length == kind.Length + Base64Url.GetEncodedLength(Bytes) ? ApiKey.HashOf(token) : null;

    public static string Scope(UserRole role) => role switch { UserRole.Viewer => ApiKey.Read, UserRole.Operator => ApiKey.Operate, UserRole.Admin => ApiKey.Admin, _ => "" };

    public static UserRole Role(string scope) => scope switch { ApiKey.Admin => UserRole.Admin, ApiKey.Operate => UserRole.Operator, _ => UserRole.Viewer };

    /// <summary>An address of the network as text of bounded length; "unknown" for anything else.</summary>
    public static string Where(string? address) => address is { Length: <= 64 } && IPAddress.TryParse(address, out var ip) ? (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).ToString() : "unknown";
}
