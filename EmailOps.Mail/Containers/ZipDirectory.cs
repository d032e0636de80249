using System.Buffers.Binary;

namespace EmailOps.Mail.Containers;

/// <summary>Reads the entry count from a zip's end record before the directory is loaded (APPNOTE 4.3.16, 4.3.14 for zip64).</summary>
internal static class ZipDirectory
{
    private const int TailBytes = 22 + 65_535 + 76;

    /// <summary>Entries the end record names; 0 when there is no end record (the archive reader then says what is wrong).</summary>
    public static ulong EntryCount(Stream stream)
    {
        var tail = new byte[Math.Min(TailBytes, stream.Length)];
        stream.Position = stream.Length - tail.Length;
        stream.ReadExactly(tail);
        stream.Position = 0;
        var end = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (end < 0 || end + 12 > tail.Length)
            return 0;
        var count = BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(end + 10));
        if (count != ushort.MaxValue)
            return count;
        var wide = tail.AsSpan(0, end).LastIndexOf("PK\x06\x06"u8);
        return wide < 0 || wide + 40 > tail.Length ? count : BinaryPrimitives.ReadUInt64LittleEndian(tail.AsSpan(wide + 32));
    }
}
