namespace EmailOps.Core.Data.Backups;

/// <summary>Where backups go and how long they are kept; bound to the section <c>Backup</c>.</summary>
internal sealed class BackupOptions
{
    public const string Section = "Backup";

    /// <summary>Where they are written; without it <c>backups</c> in the state folder.</summary>
    public string? Folder { get; set; }

    /// <summary>Older ones are deleted after a new one was made, here and in the bucket; never the newest three.</summary>
    public int KeepDays { get; set; } = 30;

    /// <summary>pg_dump's level of gzip: 0 to 9. Mail is base64 and yields little above 4.</summary>
    public int Compression { get; set; } = 4;

    /// <summary>The folder of pg_dump and pg_restore, where they are not found by themselves.</summary>
    public string? Programs { get; set; }

    /// <summary>A login that may create and drop databases, where that of ConnectionStrings__emailops may not; for restoring and verifying.</summary>
    public string? AdminConnection { get; set; }

    /// <summary>AWS_S3_BACKUP_BUCKET: a copy goes there. Credentials and region are those of the AWS environment.</summary>
    public string? S3Bucket { get; set; }

    public string S3Prefix { get; set; } = "emailops/";

    /// <summary>Another server than Amazon's that speaks S3; such as http://minio:9000.</summary>
    public string? S3Endpoint { get; set; }

    /// <returns>Null, or what to change.</returns>
    public string? Problem()
    {
        if (KeepDays is < 1 or > 3650) return $"{Section}:KeepDays is {KeepDays}; set it to 1 to 3650.";
        if (Compression is < 0 or > 9) return $"{Section}:Compression is {Compression}; set it to 0 to 9.";
        if (S3Endpoint is { Length: > 0 } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")) return $"{Section}:S3Endpoint is no http or https address.";
        return S3Prefix.Length > 200 ? $"{Section}:S3Prefix has more than 200 characters." : null;
    }
}
