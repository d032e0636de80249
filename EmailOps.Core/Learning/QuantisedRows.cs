using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmailOps.Core.Learning;

/// <summary>
/// A table of weights, a row a feature: a scale (bfloat16), then signed bytes. A quarter of the memory of floats, and all of a row in neighbouring lines of the
/// cache; what is lost is a 250th of a row's largest weight. Immutable, thread-safe; its memory may be a mapped file.
/// </summary>
internal sealed class QuantisedRows
{
    /// <summary>Cells are read in vectors of 16.</summary>
    public const int Lanes = 16;
    private const int Levels = 127;
    private const int ScaleBytes = 2;
    private const int CacheLine = 64;

    private readonly int _stride;

    /// <param name="width">Cells a row, a multiple of <see cref="Lanes"/>.</param>
    /// <param name="bytes">The rows one after the other.</param>
    public QuantisedRows(ReadOnlyMemory<byte> bytes, int width)
    {
        _stride = RowBytes(width);
        if (width < Lanes || width % Lanes != 0 || bytes.Length % _stride != 0)
            throw new ArgumentException($"{bytes.Length} bytes are not rows of {width}.", nameof(bytes));
        (Bytes, Width, Count) = (bytes, width, bytes.Length / _stride);
    }

    public int Width { get; }
    public int Count { get; }
    public ReadOnlyMemory<byte> Bytes { get; }

    public static int WidthOf(int columns) => (columns + Lanes - 1) / Lanes * Lanes;

    public static int RowBytes(int width) => width + ScaleBytes;

    /// <param name="fill">Gets a row and its weights to be filled in, which must be finite.</param>
    public static QuantisedRows Of(int count, int width, Action<int, float[]> fill)
    {
        var bytes = new byte[count * RowBytes(width)];
        var weights = new float[width];
        for (var row = 0; row < count; row++)
        {
            fill(row, weights);
            Quantise(weights, bytes.AsSpan(row * RowBytes(width), RowBytes(width)));
        }
        return new QuantisedRows(bytes, width);
    }

    /// <summary>This table with the first cells of some rows replaced, and rows of zeros behind it.</summary>
    public QuantisedRows With(int count, IEnumerable<KeyValuePair<int, float[]>> changed)
    {
        var bytes = new byte[count * _stride];
        Bytes.Span.CopyTo(bytes);
        var whole = new float[Width];
        foreach (var (row, weights) in changed)
        {
            whole.AsSpan().Clear();
            if (row < Count)
                Read(row, whole);
            weights.CopyTo(whole, 0);
            Quantise(whole, bytes.AsSpan(row * _stride, _stride));
        }
        return new QuantisedRows(bytes, Width);
    }

    public float At(int row, int column) => At(Bytes.Span, row, column);

    /// <param name="bytes">Of <see cref="Bytes"/>, for who asks often.</param>
    public float At(ReadOnlySpan<byte> bytes, int row, int column)
    {
        bytes = bytes.Slice(row * _stride, _stride);
        return (sbyte)bytes[ScaleBytes + column] * Wide(MemoryMarshal.Read<ushort>(bytes));
    }

    /// <summary>The first weights of a row.</summary>
    public void Read(int row, Span<float> weights)
    {
        var bytes = Bytes.Span.Slice(row * _stride, _stride);
        var scale = Wide(MemoryMarshal.Read<ushort>(bytes));
        for (var i = 0; i < weights.Length; i++)
            weights[i] = (sbyte)bytes[ScaleBytes + i] * scale;
    }

    /// <summary>Adds the rows, each times its value. Rows beyond the table count as zero.</summary>
    public void AddTo(ReadOnlySpan<int> rows, ReadOnlySpan<float> values, Span<float> sums)
    {
        if (values.Length < rows.Length || sums.Length < Width)
            throw new ArgumentException("There must be a value for each row and room for a row of sums.", nameof(sums));
        Prefetch(rows);
        ref var bytes = ref MemoryMarshal.GetReference(Bytes.Span);
        ref var sum = ref MemoryMarshal.GetReference(sums);
        var column = 0;
        for (; column + 4 * Lanes <= Width; column += 4 * Lanes)
            AddFour(rows, values, ref Unsafe.Add(ref bytes, ScaleBytes + column), column, ref Unsafe.Add(ref sum, column));
        for (; column + 2 * Lanes <= Width; column += 2 * Lanes)
            AddTwo(rows, values, ref Unsafe.Add(ref bytes, ScaleBytes + column), column, ref Unsafe.Add(ref sum, column));
        if (column < Width)
            AddOne(rows, values, ref Unsafe.Add(ref bytes, ScaleBytes + column), column, ref Unsafe.Add(ref sum, column));
        // A mapped file must not go away while it is read.
        GC.KeepAlive(this);
    }

    /// <summary>Rows lie far apart: asked for all at once they arrive while the first are added up.</summary>
    private unsafe void Prefetch(ReadOnlySpan<int> rows)
    {
        if (!Sse.IsSupported)
            return;
        ref var bytes = ref MemoryMarshal.GetReference(Bytes.Span);
        for (var i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)Count)
                continue;
            // Only an address, not a pointer that is read: it does not matter if the collector moves the memory meanwhile.
            var at = (byte*)Unsafe.AsPointer(ref Unsafe.Add(ref bytes, (nint)rows[i] * _stride));
            for (var k = 0; k < _stride; k += CacheLine)
                Sse.Prefetch0(at + k);
        }
    }

    /// <summary>Four vectors of sums stay in registers while the rows go by.</summary>
    private void AddFour(ReadOnlySpan<int> rows, ReadOnlySpan<float> values, ref byte cells, int column, ref float sums)
    {
        var (a, b, c, d) = (Vector512.LoadUnsafe(ref sums), Vector512.LoadUnsafe(ref sums, 16), Vector512.LoadUnsafe(ref sums, 32), Vector512.LoadUnsafe(ref sums, 48));
        for (var i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)Count)
                continue;
            ref var at = ref Unsafe.Add(ref cells, (nint)rows[i] * _stride);
            var factor = Vector512.Create(values[i] * Scale(ref at, column));
            a = Vector512.FusedMultiplyAdd(Load(ref at), factor, a);
            b = Vector512.FusedMultiplyAdd(Load(ref Unsafe.Add(ref at, 16)), factor, b);
            c = Vector512.FusedMultiplyAdd(Load(ref Unsafe.Add(ref at, 32)), factor, c);
            d = Vector512.FusedMultiplyAdd(Load(ref Unsafe.Add(ref at, 48)), factor, d);
        }
        a.StoreUnsafe(ref sums);
        b.StoreUnsafe(ref sums, 16);
        c.StoreUnsafe(ref sums, 32);
        d.StoreUnsafe(ref sums, 48);
    }

    private void AddTwo(ReadOnlySpan<int> rows, ReadOnlySpan<float> values, ref byte cells, int column, ref float sums)
    {
        var (a, b) = (Vector512.LoadUnsafe(ref sums), Vector512.LoadUnsafe(ref sums, 16));
        for (var i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)Count)
                continue;
            ref var at = ref Unsafe.Add(ref cells, (nint)rows[i] * _stride);
            var factor = Vector512.Create(values[i] * Scale(ref at, column));
            a = Vector512.FusedMultiplyAdd(Load(ref at), factor, a);
            b = Vector512.FusedMultiplyAdd(Load(ref Unsafe.Add(ref at, 16)), factor, b);
        }
        a.StoreUnsafe(ref sums);
        b.StoreUnsafe(ref sums, 16);
    }

    private void AddOne(ReadOnlySpan<int> rows, ReadOnlySpan<float> values, ref byte cells, int column, ref float sums)
    {
        var a = Vector512.LoadUnsafe(ref sums);
        for (var i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)Count)
                continue;
            ref var at = ref Unsafe.Add(ref cells, (nint)rows[i] * _stride);
            a = Vector512.FusedMultiplyAdd(Load(ref at), Vector512.Create(values[i] * Scale(ref at, column)), a);
        }
        a.StoreUnsafe(ref sums);
    }

    /// <summary>The scale of a row, which stands before its cells.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Scale(ref byte cell, int column) => Wide(Unsafe.ReadUnaligned<ushort>(ref Unsafe.Subtract(ref cell, column + ScaleBytes)));

    /// <summary>The upper half of a 32-bit float (bfloat16): as wide a range, and no work to read.</summary>
    private static float Wide(ushort scale) => BitConverter.UInt32BitsToSingle((uint)scale << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(ref byte at)
    {
        var bytes = Vector128.LoadUnsafe(ref at).AsSByte();
        if (Avx512F.IsSupported)
            return Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(bytes));
        var (low, high) = Vector128.Widen(bytes);
        var ((a, b), (c, d)) = (Vector128.Widen(low), Vector128.Widen(high));
        return Vector512.ConvertToSingle(Vector512.Create(Vector256.Create(a, b), Vector256.Create(c, d)));
    }

    private static void Quantise(ReadOnlySpan<float> weights, Span<byte> row)
    {
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude(weights));
        // Rounded up, so that the largest weight fits.
        var scale = (ushort)((BitConverter.SingleToUInt32Bits(largest / Levels) + 0xFFFF) >> 16);
        if (largest < 1e-30f)
            scale = 0;
        MemoryMarshal.Write(row, scale);
        var factor = scale == 0 ? 0 : 1 / Wide(scale);
        for (var i = 0; i < weights.Length; i++)
            row[ScaleBytes + i] = (byte)(sbyte)Math.Clamp(MathF.Round(weights[i] * factor), -Levels, Levels);
    }
}
