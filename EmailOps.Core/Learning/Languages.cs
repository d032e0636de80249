namespace EmailOps.Core.Learning;

/// <summary>ISO 639-1 codes used by the built-in side.</summary>
internal static class Languages
{
    /// <summary>ISO 639-2 for "not known".</summary>
    public const string Undetermined = "und";
}
