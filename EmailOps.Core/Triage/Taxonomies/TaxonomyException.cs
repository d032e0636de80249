namespace EmailOps.Core.Triage.Taxonomies;

/// <summary>A file that a team owns cannot be used. The message names the file, the line and what to change.</summary>
internal sealed class TaxonomyException(string file, long line, string problem, Exception? cause = null)
    : Exception(line > 0 ? $"{file}, line {line}: {problem}" : $"{file}: {problem}", cause)
{
    public string File { get; } = file;
    /// <summary>1-based; 0 when it concerns the whole file.</summary>
    public long Line { get; } = line;
}
