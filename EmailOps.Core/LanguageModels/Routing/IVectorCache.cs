using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>Vectors that were made before, by a hash of the model and the text.</summary>
internal interface IVectorCache
{
    Task<float[]?> FindAsync(byte[] key, CancellationToken cancel);
    Task KeepAsync(byte[] key, float[] vector, CancellationToken cancel);
}

internal static class VectorKey
{
    public static byte[] Of(string model, string text) => SHA256.HashData(Encoding.UTF8.GetBytes($"{model.Length}:{model}{text}"));
}
