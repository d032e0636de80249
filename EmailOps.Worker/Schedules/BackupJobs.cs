using EmailOps.Core.Data.Backups;
using EmailOps.Core.Schedules;

namespace EmailOps.Worker.Schedules;

/// <summary>Makes a backup every night.</summary>
internal sealed class BackupJob(BackupMaker maker) : IScheduledJob
{
    public string Name => "backup";
    public string Description => "Dumps the database with a manifest of counts and checksums, copies it to the bucket where one is set, and deletes backups that are too old.";
    public string DefaultSchedule => "0 2 * * *";
    public TimeSpan Timeout => TimeSpan.FromHours(6);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        var made = await maker.MakeAsync(new BackupAsk(context.Actor), context.Progress, cancel);
        var m = made.Backup.Manifest;
        return JobReport.Done(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{m.File}: {m.Rows:N0} rows in {m.Bytes / 1e6:N1} MB{(made.BucketKey is null ? "" : ", copied to the bucket")}{(made.Deleted.Count > 0 ? $", {made.Deleted.Count} old ones deleted" : "")}."));
    }
}

/// <summary>Restores the newest backup into a scratch database every week: only what was restored once is a backup.</summary>
internal sealed class BackupVerifyJob(BackupShelf shelf, BackupBucket bucket, BackupRestorer restorer) : IScheduledJob
{
    public string Name => "backup-verify";
    public string Description => "Restores the newest backup into a scratch database, compares every table's count and checksum, and drops it again.";
    public string DefaultSchedule => "0 3 * * SUN";
    public TimeSpan Timeout => TimeSpan.FromHours(6);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        var newest = shelf.List() is [var first, ..] ? first : null;
        // Made by another machine, whose folder this one does not see.
        if (bucket.IsSet && (await bucket.ListAsync(cancel)).FirstOrDefault() is { Name: { } name } && string.CompareOrdinal(name, newest?.Manifest.File) > 0)
        {
            context.Progress($"fetching {name}");
            await bucket.FetchAsync(name, shelf.Folder(), cancel);
            newest = shelf.Find(name);
        }
        if (newest is null) return JobReport.Problem("There is no backup to verify: the job backup has not made one on this machine, and no bucket is set.");
        var verified = await restorer.VerifyAsync(newest, context.Progress, cancel);
        return verified.IsOk ? JobReport.Done(verified.Said) : JobReport.Problem(verified.Said);
    }
}
