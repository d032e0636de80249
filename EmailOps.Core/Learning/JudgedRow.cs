namespace EmailOps.Core.Learning;

/// <summary>A row whose right label is known, and what was said of it.</summary>
/// <param name="Confidence">Probability of what was said, 0-1.</param>
internal readonly record struct JudgedRow(string Truth, string Said, double Confidence)
{
    public bool IsRight => Truth == Said;
}
