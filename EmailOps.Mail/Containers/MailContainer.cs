namespace EmailOps.Mail.Containers;

/// <summary>
/// Mail at rest: a folder of .eml files (with whatever Maildirs, mboxes and zips lie in it), an mbox, a Maildir, one mail, or a zip of any of
/// these. Mails are read one at a time; what cannot be read becomes an entry with a <see cref="ContainedMail.Problem"/> and never stops the rest.
/// Nothing is unpacked to disk under a name from the container.
/// </summary>
public sealed class MailContainer : IDisposable
{
    private readonly ContainerLimits _limits;
    private readonly string _name;
    private readonly string? _path;
    private readonly Stream? _stream;
    private readonly Progress _progress = new();
    private FolderWalk? _folder;

    private MailContainer(ContainerKind kind, string name, string? path, Stream? stream, ContainerLimits limits)
    {
        (Kind, _name, _path, _stream, _limits) = (kind, name, path, stream, limits);
    }

    public ContainerKind Kind { get; }

    /// <summary>Bytes to read in all, as stored (a zip counts packed); 0 when a stream does not tell. Walks a folder once, without opening its files.</summary>
    public long TotalBytes => Folder?.TotalBytes ?? Length(_stream);

    /// <summary>Files to look at in a folder; null where only reading tells how many mails there are.</summary>
    public int? FileCount => Folder?.Files.Count;

    /// <summary>Bytes read so far, to be compared with <see cref="TotalBytes"/>.</summary>
    public long BytesRead => _progress.Bytes;

    /// <summary>Files (of a folder or zip) passed over because they are plainly not mail.</summary>
    public int FilesIgnored => _progress.Ignored;

    private FolderWalk? Folder => Kind is ContainerKind.Folder or ContainerKind.Maildir ? _folder ??= FolderWalk.Of(_path!) : null;

    /// <summary>Opens a file or folder.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="IOException">The file itself cannot be opened (files inside a folder are reported as entries instead).</exception>
    /// <exception cref="UnauthorizedAccessException">The file itself may not be read.</exception>
    public static MailContainer Open(string path, ContainerLimits? limits = null)
    {
        limits ??= ContainerLimits.Default;
        if (Directory.Exists(path))
            return new(FolderWalk.IsMaildir(path) ? ContainerKind.Maildir : ContainerKind.Folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(path)), path, null, limits);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file or folder at \"{path}\".", path);
        return Open(OpenFile(path), Path.GetFileName(path), limits);
    }

    /// <summary>Opens an upload. The stream is read synchronously and disposed with the container.</summary>
    /// <param name="stream">Seekable or not; a zip that cannot be sought is first copied to a temporary file of at most <see cref="ContainerLimits.MaxUnpackedBytes"/>.</param>
    /// <param name="fileName">The name the sender gave; used for its extension and in <see cref="ContainedMail.Origin"/> only.</param>
    /// <param name="limits">Size limits.</param>
    public static MailContainer Open(Stream stream, string fileName, ContainerLimits? limits = null)
    {
        limits ??= ContainerLimits.Default;
        fileName = Path.GetFileName(fileName.Replace('\\', '/'));
        if (stream.CanSeek)
        {
            var head = new byte[FileHead.Length];
            var start = stream.Position;
            var got = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            stream.Position = start;
            return new(FileHead.Kind(head.AsSpan(0, got), fileName), fileName, null, stream, limits);
        }

        var sniffed = new HeadStream(stream);
        return new(FileHead.Kind(sniffed.Head, fileName), fileName, null, sniffed, limits);
    }

    /// <summary>Reads the mails in a stable order. A container can be read once.</summary>
    public IEnumerable<ContainedMail> Read(CancellationToken cancellation = default)
    {
        var found = 0;
        foreach (var mail in Source())
        {
            cancellation.ThrowIfCancellationRequested();
            found++;
            yield return mail;
        }

        if (found == 0)
            yield return ContainedMail.Broken(_name, Nothing());
    }

    public void Dispose() => _stream?.Dispose();

    internal static FileStream OpenFile(string path) =>
        new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });

    private static long Length(Stream? stream) => stream is { CanSeek: true } ? stream.Length : 0;

    private IEnumerable<ContainedMail> Source() => Kind switch
    {
        ContainerKind.Folder or ContainerKind.Maildir => new FolderMails(Folder!, _limits, _progress).Read(),
        ContainerKind.Zip => ZipMails.Read(_stream!, _name, _limits, _progress),
        _ => FileMails.Read(_stream!, Kind, _name, _limits, _progress),
    };

    private string Nothing() => Kind switch
    {
        ContainerKind.Zip when _progress.Ignored == 0 => "The zip is empty: there is nothing in it to import.",
        ContainerKind.Zip => $"The zip holds {_progress.Ignored} file(s), none of which looks like mail (.eml, mbox or Maildir).",
        ContainerKind.Mbox => "The mbox is empty: it holds no mail.",
        _ when _progress.Ignored == 0 => "The folder is empty: there is nothing in it to import.",
        _ => $"The folder holds {_progress.Ignored} file(s), none of which looks like mail (.eml, mbox, Maildir or .zip of these).",
    };
}
