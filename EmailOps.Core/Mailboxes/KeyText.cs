using System.Buffers;
using System.Security.Cryptography;

namespace EmailOps.Core.Mailboxes;

/// <summary>A key of 32 bytes as people write it: 64 hexadecimal digits, or base64 of either alphabet.</summary>
internal static class KeyText
{
    private const int HexDigits = SecretBox.KeyBytes * 2;
    /// <summary>Guards against a wrong file under the key's name.</summary>
    public const int MaxLength = 200;

    /// <returns>Null for what is no key.</returns>
    public static byte[]? Read(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed.Length > MaxLength) return null;
        var key = new byte[SecretBox.KeyBytes];
        if (trimmed.Length == HexDigits && Convert.FromHexString(trimmed, key, out _, out _) == OperationStatus.Done) return key;
        var base64 = trimmed.ToString().Replace('-', '+').Replace('_', '/').TrimEnd('=');
        base64 = base64.PadRight((base64.Length + 3) / 4 * 4, '=');
        var decoded = new byte[MaxLength];
        try
        {
            if (!Convert.TryFromBase64String(base64, decoded, out var length) || length != SecretBox.KeyBytes) return null;
            decoded.AsSpan(0, length).CopyTo(key);
            return key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(decoded);
        }
    }
}
