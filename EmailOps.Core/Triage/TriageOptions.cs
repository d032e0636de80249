namespace EmailOps.Core.Triage;

/// <summary>Where a team's files are; bound to the section <c>Triage</c>. Empty values mean the samples that come with EmailOps.</summary>
internal sealed class TriageOptions
{
    public const string Section = "Triage";

    /// <summary>The taxonomy file.</summary>
    public string? Taxonomy { get; set; }
    /// <summary>CSV files of training examples, or folders of them.</summary>
    public List<string> Training { get; set; } = [];
    /// <summary>Folder of Markdown articles, read into the store at start.</summary>
    public string? Knowledge { get; set; }
    /// <summary>How often to look whether articles changed.</summary>
    public TimeSpan RefreshEvery { get; set; } = TimeSpan.FromSeconds(10);

    public static string SamplesFolder => Path.Combine(AppContext.BaseDirectory, "samples");

    public string KnowledgeFolder => string.IsNullOrEmpty(Knowledge) ? Path.Combine(SamplesFolder, "knowledge") : Knowledge;

    public TriagePaths Paths(string? cacheFolder)
    {
        var samples = TriagePaths.Samples(SamplesFolder, cacheFolder);
        return samples with { Taxonomy = string.IsNullOrEmpty(Taxonomy) ? samples.Taxonomy : Taxonomy, Training = Training.Count > 0 ? Training : samples.Training, Knowledge = KnowledgeFolder };
    }

    /// <returns>Null, or what to change.</returns>
    public string? Problem()
    {
        if (!File.Exists(Paths(null).Taxonomy)) return $"{Section}:Taxonomy names {Paths(null).Taxonomy}, which does not exist. Set it to your taxonomy file, or leave it out to use the sample.";
        if (Paths(null).Training.FirstOrDefault(p => !File.Exists(p) && !Directory.Exists(p)) is { } missing) return $"{Section}:Training names {missing}, which does not exist. Set it to CSV files or a folder of them.";
        return RefreshEvery <= TimeSpan.Zero ? $"{Section}:RefreshEvery is {RefreshEvery}; it must be positive." : null;
    }
}
