using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Core.Data.Backups;

/// <summary>
/// Seals bytes with a passphrase: AES-256-GCM (NIST SP 800-38D) under a key from PBKDF2 with SHA-256 (RFC 8018), 600,000 rounds. Layout: <c>EOPB</c>, version 1,
/// salt (16), nonce (12), tag (16), the rest.
/// </summary>
internal static class Passphrase
{
    public const int Shortest = 12;
    private const int Rounds = 600_000, SaltBytes = 16, NonceBytes = 12, TagBytes = 16, KeyBytes = 32, MostCharacters = 1000;
    private static readonly byte[] s_mark = [.. "EOPB"u8, 1];
    private static readonly int s_head = s_mark.Length + SaltBytes + NonceBytes + TagBytes;

    /// <exception cref="BackupException">The passphrase is too short to be one.</exception>
    public static byte[] Seal(string passphrase, ReadOnlySpan<byte> plain)
    {
        if (passphrase.Length is < Shortest or > MostCharacters) throw new BackupException($"A passphrase has {Shortest} to {MostCharacters} characters.");
        var box = new byte[s_head + plain.Length];
        s_mark.CopyTo(box, 0);
        var salt = box.AsSpan(s_mark.Length, SaltBytes);
        var nonce = box.AsSpan(s_mark.Length + SaltBytes, NonceBytes);
        RandomNumberGenerator.Fill(salt);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = Cipher(passphrase, salt);
        cipher.Encrypt(nonce, plain, box.AsSpan(s_head), box.AsSpan(s_head - TagBytes, TagBytes), s_mark);
        return box;
    }

    /// <exception cref="BackupException">Another passphrase, or the file is damaged or something else.</exception>
    public static byte[] Open(string passphrase, ReadOnlySpan<byte> box)
    {
        if (box.Length < s_head || !box.StartsWith(s_mark)) throw new BackupException("This is no file that EmailOps sealed with a passphrase, or one of a newer EmailOps.");
        var plain = new byte[box.Length - s_head];
        try
        {
            using var cipher = Cipher(passphrase, box.Slice(s_mark.Length, SaltBytes));
            cipher.Decrypt(box.Slice(s_mark.Length + SaltBytes, NonceBytes), box[s_head..], box.Slice(s_head - TagBytes, TagBytes), plain, s_mark);
            return plain;
        }
        catch (AuthenticationTagMismatchException wrong)
        {
            throw new BackupException("The passphrase is not the one it was sealed with, or the file is damaged.", wrong);
        }
    }

    private static AesGcm Cipher(string passphrase, ReadOnlySpan<byte> salt)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(passphrase), salt, key, Rounds, HashAlgorithmName.SHA256);
        return new AesGcm(key, TagBytes);
    }
}
