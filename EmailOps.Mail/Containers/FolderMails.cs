namespace EmailOps.Mail.Containers;

/// <summary>The mails of all files of a folder.</summary>
internal sealed class FolderMails(FolderWalk folder, ContainerLimits limits, Progress progress)
{
    public IEnumerable<ContainedMail> Read()
    {
        foreach (var broken in folder.Unreadable)
            yield return broken;
        foreach (var file in folder.Files)
        {
            var origin = Path.GetRelativePath(folder.Root, file.Path);
            foreach (var mail in FileMails.Guarded(ReadFile(file, origin), origin))
                yield return file.IsMaildir ? mail with { MaildirFlags = MaildirName.Flags(file.Path) } : mail;
        }
    }

    private IEnumerable<ContainedMail> ReadFile(FoundFile file, string origin)
    {
        var before = progress.Bytes;
        using var stream = MailContainer.OpenFile(file.Path);
        var head = new byte[FileHead.Length];
        var got = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        var kind = FileHead.Kind(head.AsSpan(0, got), file.Path);
        if (file.IsMaildir)
            kind = ContainerKind.SingleMail;
        if (kind == ContainerKind.Unknown)
        {
            progress.Ignore();
        }
        else
        {
            var mails = kind == ContainerKind.Zip ? ZipMails.Read(stream, origin, limits, progress) : FileMails.Read(stream, kind, origin, limits, progress);
            foreach (var mail in mails)
                yield return mail;
        }

        progress.SetBytes(before + stream.Length);
    }
}
