using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

namespace EmailOps.Core.Data.Backups;

/// <summary>
/// Copies in an S3 bucket (AWS_S3_BACKUP_BUCKET). Credentials and region come from where AWS' own programs take them (AWS_ACCESS_KEY_ID, profiles, roles); another
/// server that speaks S3 by Backup:S3Endpoint. Encrypted at rest with the server's keys.
/// </summary>
internal sealed class BackupBucket(BackupOptions options)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public bool IsSet => options.S3Bucket is { Length: > 0 };

    /// <returns>Where the dump is; null: no bucket is set.</returns>
    /// <exception cref="BackupException">It did not arrive; the backup on the disk is whole all the same.</exception>
    public async Task<string?> UploadAsync(StoredBackup backup, Action<string> progress, CancellationToken cancel)
    {
        if (!IsSet) return null;
        var key = await PutAsync(backup.Path, backup.Manifest.Sha256, progress, cancel);
        // Last, as on the disk: a dump without its manifest does not count.
        await PutAsync(BackupShelf.ManifestOf(backup.Path), null, progress, cancel);
        return key;
    }

    /// <summary>Copies one file, and asks whether all of it arrived.</summary>
    public Task<string> PutAsync(string path, string? sha256, Action<string> progress, CancellationToken cancel) => AskAsync(async client =>
    {
        var key = options.S3Prefix + Path.GetFileName(path);
        var length = new FileInfo(path).Length;
        using var transfer = new TransferUtility(client);
        var request = new TransferUtilityUploadRequest { BucketName = options.S3Bucket, Key = key, FilePath = path, ServerSideEncryptionMethod = ServerSideEncryptionMethod.AES256 };
        if (sha256 is not null) request.Metadata.Add("sha256", sha256);
        request.UploadProgressEvent += (_, sent) => progress($"uploading {Path.GetFileName(path)}: {sent.PercentDone} %");
        await transfer.UploadAsync(request, cancel);
        var there = await client.GetObjectMetadataAsync(options.S3Bucket, key, cancel);
        return there.ContentLength == length ? key : throw new BackupException($"The bucket {options.S3Bucket} has {there.ContentLength} of {length} bytes of {key}. Upload it again.");
    });

    /// <summary>Fetches a dump and its manifest into the folder, where they are not there yet.</summary>
    public Task FetchAsync(string name, string folder, CancellationToken cancel) => AskAsync(async client =>
    {
        foreach (var file in (string[])[name, Path.ChangeExtension(name, ".json")])
        {
            var path = Path.Combine(folder, file);
            if (File.Exists(path)) continue;
            var unfinished = $"{path}.partial";
            using (var answer = await client.GetObjectAsync(options.S3Bucket, options.S3Prefix + file, cancel))
                await answer.WriteResponseStreamToFileAsync(unfinished, append: false, cancel);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(unfinished, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Move(unfinished, path);
        }
        return true;
    });

    /// <summary>Names of the dumps in the bucket, newest first.</summary>
    public Task<List<(string Name, DateTimeOffset At, long Bytes)>> ListAsync(CancellationToken cancel) => AskAsync(async client =>
    {
        var found = new List<(string, DateTimeOffset, long)>();
        var request = new ListObjectsV2Request { BucketName = options.S3Bucket, Prefix = $"{options.S3Prefix}emailops-" };
        ListObjectsV2Response page;
        do
        {
            page = await client.ListObjectsV2Async(request, cancel);
            foreach (var each in page.S3Objects ?? [])
                if (each.Key.EndsWith(".dump", StringComparison.Ordinal)) found.Add((Path.GetFileName(each.Key), new DateTimeOffset(each.LastModified.GetValueOrDefault().ToUniversalTime(), TimeSpan.Zero), each.Size.GetValueOrDefault()));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
        return found.OrderByDescending(f => f.Item1, StringComparer.Ordinal).ToList();
    });

    /// <summary>Deletes those that are too old, but never the newest three.</summary>
    public async Task PruneAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var old = (await ListAsync(cancel)).Skip(3).Where(f => f.At < now.AddDays(-options.KeepDays)).ToList();
        await AskAsync(async client =>
        {
            foreach (var (name, _, _) in old)
                foreach (var file in (string[])[Path.ChangeExtension(name, ".json"), name]) await client.DeleteObjectAsync(options.S3Bucket, options.S3Prefix + file, cancel);
            return true;
        });
    }

    private async Task<T> AskAsync<T>(Func<AmazonS3Client, Task<T>> ask)
    {
        try
        {
            using var client = Client();
            return await ask(client);
        }
        catch (AmazonS3Exception refused)
        {
            var fix = refused.StatusCode switch
            {
                HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or the role), and that it may put, get, list and delete in it.",
                HttpStatusCode.NotFound => "Check AWS_S3_BACKUP_BUCKET and AWS_REGION.",
                HttpStatusCode.MovedPermanently => "It is in another region: set AWS_REGION.",
                _ => "Try again later.",
            };
            throw new BackupException($"The bucket {options.S3Bucket} answered {(int)refused.StatusCode} {refused.ErrorCode}. {fix}", refused);
        }
        catch (Exception failure) when (failure is AmazonClientException or HttpRequestException)
        {
            throw new BackupException($"The bucket {options.S3Bucket} cannot be used: {failure.Message}", failure);
        }
    }

    private AmazonS3Client Client()
    {
        var config = new AmazonS3Config { MaxErrorRetry = 3, Timeout = s_patience, RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED, ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED };
        if (options.S3Endpoint is { Length: > 0 } endpoint)
        {
            config.ServiceURL = endpoint;
            config.ForcePathStyle = true; // a server of one's own has no name for each bucket
            config.AuthenticationRegion = Environment.GetEnvironmentVariable("AWS_REGION") is { Length: > 0 } region ? region : "us-east-1";
        }
        return new AmazonS3Client(config);
    }
}
