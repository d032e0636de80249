namespace EmailOps.Core.Contracts;

/// <summary>Paths of backups; laws as in <see cref="Routes"/>. They are made and verified by the jobs <c>backup</c> and <c>backup-verify</c>: see <see cref="ScheduleRoutes"/>.</summary>
public static class BackupRoutes
{
    /// <summary>GET -> BackupView[] newest first.</summary>
    public const string All = "/backups";
}

/// <param name="Host">The machine whose folder it is in.</param>
/// <param name="Rows">Of all tables.</param>
/// <param name="BucketKey">Its copy in the bucket; null: there is none.</param>
/// <param name="IsVerified">Restored into a scratch database with counts and checksums the same; null: not tried.</param>
public sealed record BackupView(string File, string Host, string Folder, DateTimeOffset MadeAt, string MadeBy, long Bytes, long Rows, double Seconds, string? BucketKey, DateTimeOffset? VerifiedAt, bool? IsVerified, string? VerifiedSaid);
