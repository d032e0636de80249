using System.Buffers;
using System.Buffers.Text;

namespace EmailOps.Mail;

/// <summary>Base64 (RFC 2045, section 6.8): whole lines by the vectorised decoder, what it refuses byte by byte.</summary>
internal struct Base64Decoder
{
    private const int BlockLength = 4096;

    private uint _bits;
    private int _held;

    /// <summary>True when bytes outside the alphabet were skipped or the last group was cut.</summary>
    public bool Damaged { get; private set; }

    public static int MaxLength(int encoded) => checked((int)((encoded + 3L) / 4 * 3));

    public static void Decode(ReadOnlySpan<byte> source, ref ByteBuffer into)
    {
        var decoder = new Base64Decoder();
        into.Advance(decoder.Decode(source, into.Reserve(MaxLength(source.Length))));
    }

    /// <summary>Decodes all of a body. The target must hold <see cref="MaxLength"/> bytes. Returns the bytes written.</summary>
    public int Decode(scoped ReadOnlySpan<byte> source, scoped Span<byte> target)
    {
        var written = Continue(source, target);
        return written + Finish(target[written..]);
    }

    /// <summary>Decodes a piece; up to three characters of an unfinished group are held for the next.</summary>
    public int Continue(scoped ReadOnlySpan<byte> source, scoped Span<byte> target)
    {
        var written = 0;
        // The vectorised decoder wants long runs, and a line is 76 characters: lines are put together first.
        Span<byte> block = stackalloc byte[BlockLength];
        while (_held == 0 && source.Length > BlockLength / 8 && NextBlock(source, block, out var used) is > 0 and var filled)
        {
            var whole = filled & ~3;
            if (Base64.DecodeFromUtf8(block[..whole], target[written..], out _, out var bytes) == OperationStatus.Done)
                written += bytes + Slowly(block[whole..filled], target[(written + bytes)..]);
            else
                written += ByLines(source[..used], target[written..]);
            source = source[used..];
        }
        return written + ByLines(source, target[written..]);
    }

    /// <summary>Whole lines without their ends. Returns the bytes put into the block, 0 when the first line does not fit.</summary>
    private static int NextBlock(ReadOnlySpan<byte> source, Span<byte> block, out int used)
    {
        var filled = used = 0;
        while (used < source.Length)
        {
            var rest = source[used..];
            var end = rest.IndexOf((byte)'\n');
            var length = end > 0 && rest[end - 1] == '\r' ? end - 1 : end;
            if (end < 0 || length > block.Length - filled)
                break;
            rest[..length].CopyTo(block[filled..]);
            filled += length;
            used += end + 1;
        }
        return filled;
    }

    private int ByLines(scoped ReadOnlySpan<byte> source, scoped Span<byte> target)
    {
        var written = 0;
        while (!source.IsEmpty)
        {
            var end = source.IndexOf((byte)'\n');
            var line = end < 0 ? source : source[..end];
            source = end < 0 ? [] : source[(end + 1)..];
            line = line.TrimEnd(" \t\r"u8);
            // Groups may run across lines: finish the open one, then whole groups at once, then what is left of the line.
            var open = _held == 0 ? 0 : Math.Min(4 - _held, line.Length);
            if (open > 0)
            {
                written += Slowly(line[..open], target[written..]);
                line = line[open..];
            }
            var whole = _held == 0 ? line.Length & ~3 : 0;
            if (whole > 0 && Base64.DecodeFromUtf8(line[..whole], target[written..], out _, out var bytes) == OperationStatus.Done)
            {
                written += bytes;
                line = line[whole..];
            }
            if (!line.IsEmpty)
                written += Slowly(line, target[written..]);
        }
        return written;
    }

    /// <summary>What the last, incomplete group still holds.</summary>
    public int Finish(Span<byte> target)
    {
        var written = 0;
        if (_held == 1)
            Damaged = true;
        if (_held >= 2)
            target[written++] = (byte)(_bits >> (_held == 2 ? 4 : 10));
        if (_held == 3)
            target[written++] = (byte)(_bits >> 2);
        (_held, _bits) = (0, 0);
        return written;
    }

    private int Slowly(scoped ReadOnlySpan<byte> line, scoped Span<byte> target)
    {
        var written = 0;
        var padded = false;
        foreach (var b in line)
        {
            var value = Sextet(b);
            if (value < 0)
            {
                // Padding ends a group; a new one may follow where encoded pieces were joined, but not after white space.
                if (b == '=')
                {
                    written += Finish(target[written..]);
                    padded = true;
                }
                else if (padded && b is (byte)' ' or (byte)'\t')
                {
                    Damaged = true;
                    break;
                }
                else if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r'))
                    Damaged = true;
                continue;
            }
            _bits = (_bits << 6) | (uint)value;
            if (++_held < 4)
                continue;
            target[written++] = (byte)(_bits >> 16);
            target[written++] = (byte)(_bits >> 8);
            target[written++] = (byte)_bits;
            (_held, _bits) = (0, 0);
        }
        return written;
    }

    private static int Sextet(byte b) => b switch
    {
        >= (byte)'A' and <= (byte)'Z' => b - 'A',
        >= (byte)'a' and <= (byte)'z' => b - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => b - '0' + 52,
        (byte)'+' or (byte)'-' => 62,
        (byte)'/' or (byte)'_' => 63,
        _ => -1,
    };
}
