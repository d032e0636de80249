using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Triage;

/// <summary>
/// Cue hits as switches of the text model: per category one for "a cue occurs" and one for "two or more". The model learns how far to
/// trust them, and they carry over to languages with few examples.
/// </summary>
internal static class CategorySwitches
{
    public static int Count(Taxonomy taxonomy) => taxonomy.Categories.Count * 2;

    public static int[] Of(List<CueHit> hits)
    {
        List<int> on = [];
        foreach (var hit in hits)
            if (!on.Contains(hit.Rule * 2))
                on.Add(hit.Rule * 2);
            else if (!on.Contains(hit.Rule * 2 + 1))
                on.Add(hit.Rule * 2 + 1);
        return [.. on];
    }
}
