using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmailOps.Core.Learning;

/// <summary>
/// A table of weights, a row a feature: signed bytes with one scale (16-bit float) a row. A quarter of the memory of floats, so that the rows of a text are
/// read from the processor's cache; what is lost is a 250th of a row's largest weight. Immutable, thread-safe; its memory may be a mapped file.
/// </summary>
internal sealed class QuantisedRows
{
    /// <summary>Cells are read in vectors of 16.</summary>
    public const int Lanes = 16;
    private const int Levels = 127;

    private readonly ReadOnlyMemory<sbyte> _cells;
    private readonly float[] _scales;

    /// <param name="scales">One a row.</param>
    /// <param name="width">Cells a row, a multiple of <see cref="Lanes"/>.</param>
    public QuantisedRows(ReadOnlyMemory<sbyte> cells, Half[] scales, int width)
    {
        if (width < Lanes || width % Lanes != 0 || cells.Length != (long)scales.Length * width)
            throw new ArgumentException($"{cells.Length} cells are not {scales.Length} rows of {width}.", nameof(cells));
        (_cells, Scales, Width) = (cells, scales, width);
        _scales = new float[scales.Length];
        TensorPrimitives.ConvertToSingle(scales, _scales);
    }

    public int Width { get; }
    public int Count => _scales.Length;
    public ReadOnlyMemory<sbyte> Cells => _cells;
    public Half[] Scales { get; }

    public static int WidthOf(int columns) => (columns + Lanes - 1) / Lanes * Lanes;

    /// <param name="weights">Rows of <paramref name="width"/> finite numbers.</param>
    public static QuantisedRows Of(ReadOnlySpan<float> weights, int width)
    {
        var cells = new sbyte[weights.Length];
        var scales = new Half[weights.Length / width];
        for (var row = 0; row < scales.Length; row++)
            scales[row] = Quantise(weights.Slice(row * width, width), cells.AsSpan(row * width, width));
        return new QuantisedRows(cells, scales, width);
    }

    /// <summary>This table with some rows replaced and rows of zeros behind it.</summary>
    public QuantisedRows With(int count, IEnumerable<KeyValuePair<int, float[]>> changed)
    {
        var cells = new sbyte[count * Width];
        _cells.Span.CopyTo(cells);
        var scales = new Half[count];
        Scales.CopyTo(scales, 0);
        foreach (var (row, weights) in changed)
            scales[row] = Quantise(weights.AsSpan(0, Width), cells.AsSpan(row * Width, Width));
        return new QuantisedRows(cells, scales, Width);
    }

    public float At(int row, int column) => _cells.Span[row * Width + column] * _scales[row];

    public void Read(int row, Span<float> weights)
    {
        var cells = _cells.Span.Slice(row * Width, Width);
        for (var i = 0; i < cells.Length; i++)
            weights[i] = cells[i] * _scales[row];
    }

    /// <summary>Adds the rows, each times its value. Rows beyond the table count as zero.</summary>
    public void AddTo(ReadOnlySpan<int> rows, ReadOnlySpan<float> values, Span<float> sums)
    {
        if (values.Length < rows.Length || sums.Length < Width)
            throw new ArgumentException("There must be a value for each row and room for a row of sums.", nameof(sums));
        ref var cells = ref MemoryMarshal.GetReference(_cells.Span);
        ref var sum = ref MemoryMarshal.GetReference(sums);
        var column = 0;
        // Sums stay in registers while the rows go by.
        for (; column + 5 * Lanes <= Width; column += 5 * Lanes)
        {
            ref var s = ref Unsafe.Add(ref sum, column);
            var (a, b, c, d, e) = (Vector512.LoadUnsafe(ref s), Vector512.LoadUnsafe(ref s, 16), Vector512.LoadUnsafe(ref s, 32), Vector512.LoadUnsafe(ref s, 48), Vector512.LoadUnsafe(ref s, 64));
            for (var i = 0; i < rows.Length; i++)
            {
                var row = rows[i];
                if ((uint)row >= (uint)_scales.Length)
                    continue;
                var factor = Vector512.Create(values[i] * _scales[row]);
                ref var at = ref Unsafe.Add(ref cells, (nint)row * Width + column);
                a = Vector512.FusedMultiplyAdd(Load(ref at), factor, a);
                b = Vector512.FusedMultiplyAdd(Load(ref Unsafe.Add(ref at, 16)), factor, b);
                c = Vector512.FusedMultiplyAdd(Load(ref Unsafe.Add(ref at, 32)), factor, c);
                d = Vector512.FusedMultiplyAdd(Load(ref Unsafe.Add(ref at, 48)), factor, d);
                e = Vector512.FusedMultiplyAdd(Load(ref Unsafe.Add(ref at, 64)), factor, e);
            }
            a.StoreUnsafe(ref s);
            b.StoreUnsafe(ref s, 16);
            c.StoreUnsafe(ref s, 32);
            d.StoreUnsafe(ref s, 48);
            e.StoreUnsafe(ref s, 64);
        }
        for (; column + 2 * Lanes <= Width; column += 2 * Lanes)
        {
            ref var s = ref Unsafe.Add(ref sum, column);
            var (a, b) = (Vector512.LoadUnsafe(ref s), Vector512.LoadUnsafe(ref s, 16));
            for (var i = 0; i < rows.Length; i++)
            {
                var row = rows[i];
                if ((uint)row >= (uint)_scales.Length)
                    continue;
                var factor = Vector512.Create(values[i] * _scales[row]);
                ref var at = ref Unsafe.Add(ref cells, (nint)row * Width + column);
                a = Vector512.FusedMultiplyAdd(Load(ref at), factor, a);
                b = Vector512.FusedMultiplyAdd(Load(ref Unsafe.Add(ref at, 16)), factor, b);
            }
            a.StoreUnsafe(ref s);
            b.StoreUnsafe(ref s, 16);
        }
        for (; column < Width; column += Lanes)
        {
            ref var s = ref Unsafe.Add(ref sum, column);
            var a = Vector512.LoadUnsafe(ref s);
            for (var i = 0; i < rows.Length; i++)
                if ((uint)rows[i] < (uint)_scales.Length)
                    a = Vector512.FusedMultiplyAdd(Load(ref Unsafe.Add(ref cells, (nint)rows[i] * Width + column)), Vector512.Create(values[i] * _scales[rows[i]]), a);
            a.StoreUnsafe(ref s);
        }
        // A mapped file must not go away while it is read.
        GC.KeepAlive(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(ref sbyte at)
    {
        var bytes = Vector128.LoadUnsafe(ref at);
        if (Avx512F.IsSupported)
            return Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(bytes));
        var (low, high) = Vector128.Widen(bytes);
        var ((a, b), (c, d)) = (Vector128.Widen(low), Vector128.Widen(high));
        return Vector512.ConvertToSingle(Vector512.Create(Vector256.Create(a, b), Vector256.Create(c, d)));
    }

    private static Half Quantise(ReadOnlySpan<float> weights, Span<sbyte> cells)
    {
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude(weights));
        var scale = (Half)(largest / Levels);
        if ((float)scale * Levels < largest)
            scale = Half.BitIncrement(scale);
        if (scale <= Half.Zero)
        {
            cells.Clear();
            return Half.Zero;
        }
        var factor = 1 / (float)scale;
        for (var i = 0; i < cells.Length; i++)
            cells[i] = (sbyte)Math.Clamp(MathF.Round(weights[i] * factor), -Levels, Levels);
        return scale;
    }
}
