using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Core.Audit;

/// <summary>A link of the audit's chain: a hash over the one before it and an entry, every field with its length, so that no two entries read the same.</summary>
internal static class ChainLink
{
    /// <summary>PostgreSQL keeps microseconds; a tick is a tenth of one.</summary>
    private const int TicksAMicrosecond = 10;

    public static byte[] Hash(byte[] key, byte[] before, AuditEntry entry)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Add(hash, before);
        Add(hash, entry.Id);
        Add(hash, (entry.At.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TicksAMicrosecond);
        Add(hash, entry.Actor);
        Add(hash, entry.Action);
        Add(hash, entry.SubjectKind);
        Add(hash, entry.SubjectId);
        Add(hash, entry.Detail);
        return hash.GetHashAndReset();
    }

    private static void Add(IncrementalHash hash, string text) => Add(hash, Encoding.UTF8.GetBytes(text));

    private static void Add(IncrementalHash hash, byte[] bytes)
    {
        Add(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Add(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
