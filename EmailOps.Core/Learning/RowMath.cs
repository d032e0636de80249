using System.Numerics;
using System.Runtime.InteropServices;

namespace EmailOps.Core.Learning;

/// <summary>Arithmetic on short rows whose length is a multiple of 16, where the fixed cost of a general routine would be half of the time.</summary>
internal static class RowMath
{
    /// <summary>sums += row.</summary>
    public static void Add(Span<float> sums, ReadOnlySpan<float> row)
    {
        var s = MemoryMarshal.Cast<float, Vector<float>>(sums);
        var r = MemoryMarshal.Cast<float, Vector<float>>(row);
        if (r.Length < s.Length)
            throw new ArgumentException("The row is shorter than the sums.", nameof(row));
        for (var i = 0; i < s.Length; i++)
            s[i] += r[i];
    }

    /// <summary>sums += row * factor.</summary>
    public static void AddScaled(Span<float> sums, ReadOnlySpan<float> row, float factor)
    {
        var s = MemoryMarshal.Cast<float, Vector<float>>(sums);
        var r = MemoryMarshal.Cast<float, Vector<float>>(row);
        var f = new Vector<float>(factor);
        if (r.Length < s.Length)
            throw new ArgumentException("The row is shorter than the sums.", nameof(row));
        for (var i = 0; i < s.Length; i++)
            s[i] = Vector.FusedMultiplyAdd(r[i], f, s[i]);
    }
}
