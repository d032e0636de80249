using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Backups;

namespace EmailOps.Core.Data.Checks;

/// <summary>Is there a backup, is it young enough, and was one shown to be whole.</summary>
internal sealed class BackupCheck(BackupLedger backups, TimeProvider clock) : ILocalCheck
{
    /// <summary>One a day, and time to make it.</summary>
    private static readonly TimeSpan Old = TimeSpan.FromHours(36), TooOld = TimeSpan.FromDays(7), UnverifiedFor = TimeSpan.FromDays(14);

    public string Area => "backups";

    public bool NeedsDatabase => true;

    public async Task<IReadOnlyList<CheckView>> RunAsync(CancellationToken cancel)
    {
        var all = await backups.ListAsync(cancel);
        if (all.Count == 0) return [this.Warning("newest", "There is none.", "Make one: emailops backup; the schedule makes one every day while a worker runs.")];
        var (newest, now) = (all[0], clock.GetUtcNow());
        var age = now - newest.MadeAt;
        var told = $"{newest.File} on {newest.Host} is {age.TotalHours:N0} hours old and has {newest.Bytes / 1048576.0:N1} MB.";
        const string Fix = "See why: emailops schedule list; then make one: emailops backup";
        List<CheckView> found = [age > TooOld ? this.Failed("newest", told, Fix) : age > Old ? this.Warning("newest", told, Fix) : this.Ok("newest", told)];
        var verified = all.Where(b => b.VerifiedAt is not null).MaxBy(b => b.VerifiedAt);
        found.Add(verified switch
        {
            { IsVerified: false } => this.Failed("verified", $"{verified.File} did not pass: {verified.VerifiedSaid}", "Make another and verify it: emailops backup, emailops verify-backup"),
            { VerifiedAt: { } at } when now - at < UnverifiedFor => this.Ok("verified", $"{verified.File} was restored and compared {(now - at).TotalDays:N0} days ago."),
            _ => this.Warning("verified", "No backup was shown to be whole in the last two weeks.", "emailops verify-backup restores one into a scratch database and compares it."),
        });
        return found;
    }
}
