namespace EmailOps.Mail.Containers;

/// <summary>The mails of one file that is no zip: an mbox, a single mail, or neither.</summary>
internal static class FileMails
{
    public static IEnumerable<ContainedMail> Read(Stream stream, ContainerKind kind, string origin, ContainerLimits limits, Progress progress)
    {
        var before = progress.Bytes;
        if (kind == ContainerKind.Mbox)
            return ReadMbox(stream, origin, limits, progress, before);
        var mail = kind == ContainerKind.SingleMail ? SingleMail.Read(stream, origin, limits) : NotMail(stream, origin);
        progress.SetBytes(before + mail.Size);
        return [mail];
    }

    /// <summary>Reads from a source that may fail at any byte: the failure becomes the last entry.</summary>
    public static IEnumerable<ContainedMail> Guarded(IEnumerable<ContainedMail> mails, string origin)
    {
        using var each = mails.GetEnumerator();
        while (true)
        {
            ContainedMail next;
            try
            {
                if (!each.MoveNext())
                    yield break;
                next = each.Current;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
            {
                next = ContainedMail.Broken(origin, $"It could not be read: {failure.Message}");
            }

            yield return next;
            if (next.Problem is not null && next.Raw.IsEmpty && next.Origin == origin)
                yield break;
        }
    }

    private static IEnumerable<ContainedMail> ReadMbox(Stream stream, string origin, ContainerLimits limits, Progress progress, long before)
    {
        var mbox = new MboxReader(stream, origin, limits);
        foreach (var mail in mbox.Read())
        {
            progress.SetBytes(before + mbox.Position);
            yield return mail;
        }

        progress.SetBytes(before + mbox.Position);
    }

    private static ContainedMail NotMail(Stream stream, string origin)
    {
        var head = new byte[FileHead.Length];
        var got = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return ContainedMail.Broken(origin, FileHead.NotMail(head.AsSpan(0, got)), stream.CanSeek ? stream.Length : got);
    }
}
