namespace EmailOps.Core.Data.Retention;

/// <summary>How long mail stays in the database; bound to the section <c>Retention</c>. Off unless somebody sets the days.</summary>
internal sealed class RetentionOptions
{
    public const string Section = "Retention";
    /// <summary>Of <c>emailops retention run</c> without --days.</summary>
    public const int UsualDays = 90;

    /// <summary>RETENTION_DAYS: mail that was decided longer ago is archived and deleted. 0: nothing is, by itself.</summary>
    public int Days { get; set; }

    /// <summary>Where archives go; without it <c>archive</c> in the state folder. A copy goes to AWS_S3_BACKUP_BUCKET where that is set.</summary>
    public string? Folder { get; set; }

    /// <summary>Mail that people taught something by stays, so that models can be trained anew from it.</summary>
    public bool KeepLessons { get; set; } = true;

    /// <summary>Messages of one archive file and one transaction; guards locks and memory.</summary>
    public int BatchSize { get; set; } = 1000;

    /// <summary>Of one archive file; guards the disk and what is lost with a damaged file.</summary>
    public long BatchBytes { get; set; } = 256_000_000;

    /// <returns>Null, or what to change.</returns>
    public string? Problem()
    {
        if (Days is < 0 or > 36_500) return $"{Section}:Days is {Days}; set it to 0 (off) to 36500.";
        if (BatchSize is < 1 or > 10_000) return $"{Section}:BatchSize is {BatchSize}; set it to 1 to 10000.";
        return BatchBytes < 1_000_000 ? $"{Section}:BatchBytes is {BatchBytes}; set it to 1000000 or more." : null;
    }
}
