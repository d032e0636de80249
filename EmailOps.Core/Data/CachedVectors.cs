using System.Runtime.InteropServices;
using EmailOps.Core.LanguageModels.Routing;

namespace EmailOps.Core.Data;

/// <summary>Vectors of questions, so that the same search asks no model twice.</summary>
internal sealed class CachedVectors(CacheShelf shelf, CacheOptions options) : IVectorCache
{
    /// <summary>Kept in one process, where there is no Redis: some 6 MB of vectors of 768 numbers.</summary>
    public const int MostInMemory = 2000;

    public async Task<float[]?> FindAsync(byte[] key, CancellationToken cancel)
        => options.Enabled && await shelf.FindAsync(key, cancel) is { Length: > 0 } bytes && bytes.Length % sizeof(float) == 0 ? MemoryMarshal.Cast<byte, float>(bytes).ToArray() : null;

    public async Task KeepAsync(byte[] key, float[] vector, CancellationToken cancel)
    {
        if (options.Enabled) await shelf.KeepAsync(key, MemoryMarshal.AsBytes(vector.AsSpan()).ToArray(), TimeSpan.FromSeconds(options.TimeToLiveSeconds), cancel);
    }
}
