using System.IO.Compression;

namespace EmailOps.Mail.Containers;

/// <summary>The mails of a zip, unpacked in memory one at a time and metered against zip bombs; entry names are only ever shown.</summary>
internal static class ZipMails
{
    public static IEnumerable<ContainedMail> Read(Stream stream, string name, ContainerLimits limits, Progress progress)
    {
        if (!stream.CanSeek)
            return ReadSpooled(stream, name, limits, progress);
        return ReadSeekable(stream, name, limits, progress);
    }

    private static IEnumerable<ContainedMail> ReadSpooled(Stream stream, string name, ContainerLimits limits, Progress progress)
    {
        using var file = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        using (var meter = new MeteredStream(stream, long.MaxValue, limits with { MaxRatio = int.MaxValue }, new UnpackBudget(limits.MaxUnpackedBytes)))
            meter.CopyTo(file);
        file.Position = 0;
        foreach (var mail in ReadSeekable(file, name, limits, progress))
            yield return mail;
    }

    private static IEnumerable<ContainedMail> ReadSeekable(Stream stream, string name, ContainerLimits limits, Progress progress)
    {
        if (ZipDirectory.EntryCount(stream) > (ulong)limits.MaxZipEntries)
        {
            yield return ContainedMail.Broken(name, $"The zip says it holds more than {limits.MaxZipEntries} entries. Split it into smaller ones.", stream.Length);
            yield break;
        }

        ZipArchive? zip = null;
        string? problem = null;
        try
        {
            zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            _ = zip.Entries.Count; // reads the directory: what is damaged shows here
        }
        catch (InvalidDataException failure)
        {
            problem = $"The zip is damaged or incomplete ({failure.Message}). Pack or copy it again.";
        }

        if (problem is not null)
        {
            zip?.Dispose();
            yield return ContainedMail.Broken(name, problem, stream.Length);
            yield break;
        }

        using (zip)
        {
            var before = progress.Bytes;
            var budget = new UnpackBudget(limits.MaxUnpackedBytes);
            var packed = 0L;
            foreach (var entry in zip!.Entries)
            {
                if (IsFile(entry))
                {
                    var origin = $"{name}!{entry.FullName}";
                    foreach (var mail in FileMails.Guarded(ReadEntry(entry, origin, limits, budget, progress), origin))
                        yield return mail;
                }

                if (budget.Left < 0)
                    yield break; // said once, by the entry that spent it
                packed += entry.CompressedLength;
                progress.SetBytes(before + packed);
            }

            progress.SetBytes(before + stream.Length);
        }
    }

    // Folders, and the shadow files that Finder adds.
    private static bool IsFile(ZipArchiveEntry entry) =>
        entry.Name.Length > 0 && entry.Name[0] != '.' && !entry.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal);

    private static IEnumerable<ContainedMail> ReadEntry(ZipArchiveEntry entry, string origin, ContainerLimits limits, UnpackBudget budget, Progress progress)
    {
        if (entry.IsEncrypted)
        {
            yield return ContainedMail.Broken(origin, "The entry is protected by a password. Pack it again without one.", entry.Length);
            yield break;
        }

        using var stream = new HeadStream(new MeteredStream(entry.Open(), entry.CompressedLength, limits, budget));
        var parent = Path.GetFileName(Path.GetDirectoryName(entry.FullName)) ?? "";
        var isMaildir = parent is "cur" or "new";
        var kind = isMaildir && stream.Head.Length > 0 ? ContainerKind.SingleMail : FileHead.Kind(stream.Head, entry.Name);
        if (kind == ContainerKind.Zip)
        {
            yield return ContainedMail.Broken(origin, "A zip inside a zip is not opened. Unpack the outer one and import what is in it.", entry.Length);
        }
        else if (kind == ContainerKind.Unknown)
        {
            progress.Ignore();
        }
        else
        {
            // Progress counts packed bytes, by entry: what happens inside one is metered apart.
            foreach (var mail in FileMails.Read(stream, kind, origin, limits, new Progress()))
                yield return isMaildir ? mail with { MaildirFlags = MaildirName.Flags(entry.Name) } : mail;
        }
    }
}
