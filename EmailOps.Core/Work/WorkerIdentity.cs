using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EmailOps.Core.Work;

/// <summary>
/// Which process this is, for the others. All leases of its claims begin with the same eight random bytes, so that when it is gone what it held is found
/// without a column that says so.
/// </summary>
internal sealed class WorkerIdentity
{
    private const int Own = 8, Size = 16;
    private readonly byte[] _own = RandomNumberGenerator.GetBytes(Own);
    private long _leases;

    /// <summary>The first of its leases; no claim has it.</summary>
    public Guid Id => Lease(0);

    public Guid NewLease() => Lease(Interlocked.Increment(ref _leases));

    /// <summary>The last lease that a process of this id can give.</summary>
    public static Guid LastLease(Guid id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[Own..].Fill(byte.MaxValue);
        return new Guid(bytes, bigEndian: true);
    }

    private Guid Lease(long number)
    {
        Span<byte> bytes = stackalloc byte[Size];
        _own.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes[Own..], number);
        return new Guid(bytes, bigEndian: true);
    }
}
