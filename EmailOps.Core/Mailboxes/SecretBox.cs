using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Core.Mailboxes;

/// <summary>
/// Seals passwords and tokens with AES-256-GCM (NIST SP 800-38D). A sealed secret opens only under the name it was sealed for, so that rows
/// of the table cannot be exchanged. Layout: version 1, key id (4 bytes), nonce (12), tag (16), the rest.
/// </summary>
internal sealed class SecretBox(SecretsKey keys)
{
    public const int KeyBytes = 32;
    /// <summary>Longest secret, in characters: an access token of the large providers is about 3,000.</summary>
    public const int MaxLength = 16_384;
    public const byte Version = 1;
    /// <summary>Of an empty secret.</summary>
    public const int LeastBytes = HeadBytes + NonceBytes + TagBytes;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeadBytes = 1 + sizeof(uint);
    private static readonly UTF8Encoding Text = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Seals with the installation's key, which is made when there is none.</summary>
    public byte[] Seal(string name, string secret)
    {
        if (secret.Length > MaxLength) throw new ArgumentException($"A secret has at most {MaxLength} characters.", nameof(secret));
        var key = keys.ForSealing();
        var plain = Text.GetBytes(secret);
        try
        {
            var box = new byte[HeadBytes + NonceBytes + TagBytes + plain.Length];
            box[0] = Version;
            BinaryPrimitives.WriteUInt32BigEndian(box.AsSpan(1), key.Id);
            var nonce = box.AsSpan(HeadBytes, NonceBytes);
            // Random: with 96 bits a repetition is out of reach for the few thousand secrets an installation ever stores (SP 800-38D, 8.3).
            RandomNumberGenerator.Fill(nonce);
            using var cipher = new AesGcm(key.Bytes, TagBytes);
            cipher.Encrypt(nonce, plain, box.AsSpan(HeadBytes + NonceBytes + TagBytes), box.AsSpan(HeadBytes + NonceBytes, TagBytes), Bound(box, name));
            return box;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <exception cref="SecretsKeyException">It cannot be opened; says why and what to do.</exception>
    public string Open(string name, ReadOnlySpan<byte> box)
    {
        if (box.Length < HeadBytes + NonceBytes + TagBytes || box[0] != Version)
            throw new SecretsKeyException($"The stored secret {name} is damaged, or of a newer EmailOps. Enter it again.");
        var sealedBy = BinaryPrimitives.ReadUInt32BigEndian(box[1..]);
        var key = keys.ForOpening(sealedBy);
        var plain = new byte[box.Length - HeadBytes - NonceBytes - TagBytes];
        try
        {
            using var cipher = new AesGcm(key.Bytes, TagBytes);
            cipher.Decrypt(box.Slice(HeadBytes, NonceBytes), box[(HeadBytes + NonceBytes + TagBytes)..], box.Slice(HeadBytes + NonceBytes, TagBytes), plain, Bound(box, name));
            return Text.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new SecretsKeyException($"The stored secret {name} was changed outside EmailOps, and is not used. Enter it again.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static byte[] Bound(ReadOnlySpan<byte> box, string name) => [.. box[..HeadBytes], .. Text.GetBytes(name)];
}

/// <summary>A stored secret cannot be used: the key is lost or another one, or the secret was tampered with. The message says what to do.</summary>
public sealed class SecretsKeyException(string message, Exception? inner = null) : Exception(message, inner);
