namespace EmailOps.Core.Contracts;

/// <summary>Paths about caches; laws as in <see cref="Routes"/>.</summary>
public static class CacheRoutes
{
    /// <summary>POST -> CacheCleared: what was kept of answers, vectors and access tokens is asked for anew, by all processes.</summary>
    public const string Clear = "/admin/clear-cache";
}

/// <param name="Answers">Of language models.</param>
/// <param name="Vectors">Of questions, as far as the process that cleared reaches.</param>
/// <param name="Tokens">To mail providers, likewise.</param>
/// <param name="Note">What could not be reached; null: nothing.</param>
public sealed record CacheCleared(long Answers, long Vectors, long Tokens, string? Note);
