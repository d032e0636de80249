namespace EmailOps.Mail.Containers;

/// <summary>The files of a folder in a stable order, without following links to folders (which could run in circles).</summary>
internal sealed class FolderWalk
{
    private FolderWalk(string root, List<FoundFile> files, List<ContainedMail> unreadable, long totalBytes) =>
        (Root, Files, Unreadable, TotalBytes) = (root, files, unreadable, totalBytes);

    public string Root { get; }

    public IReadOnlyList<FoundFile> Files { get; }

    /// <summary>Folders that could not be listed.</summary>
    public IReadOnlyList<ContainedMail> Unreadable { get; }

    public long TotalBytes { get; }

    /// <summary>Maildir (as qmail and Dovecot lay it out): <c>cur</c> and <c>new</c> side by side.</summary>
    public static bool IsMaildir(string path) => Directory.Exists(Path.Combine(path, "cur")) && Directory.Exists(Path.Combine(path, "new"));

    public static FolderWalk Of(string root)
    {
        List<FoundFile> files = [];
        List<ContainedMail> unreadable = [];
        var total = 0L;
        var folders = new Stack<string>([root]);
        while (folders.TryPop(out var folder))
        {
            try
            {
                total += List(folder, folders, files);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                unreadable.Add(ContainedMail.Broken(Path.GetRelativePath(root, folder), $"The folder could not be listed: {failure.Message}"));
            }
        }

        return new FolderWalk(root, files, unreadable, total);
    }

    private static long List(string folder, Stack<string> folders, List<FoundFile> files)
    {
        var isMaildir = IsMaildir(folder);
        var entries = new DirectoryInfo(folder).GetFileSystemInfos();
        Array.Sort(entries, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        var total = 0L;
        foreach (var entry in entries)
        {
            if (entry is FileInfo file)
            {
                // Beside cur and new a Maildir holds only the server's own index files.
                if (isMaildir || entry.Name[0] == '.')
                    continue;
                files.Add(new FoundFile(file.FullName, IsInMaildir(folder)));
                total += file.LinkTarget is null ? file.Length : 0;
            }
        }

        for (var i = entries.Length - 1; i >= 0; i--)
        {
            if (entries[i] is DirectoryInfo sub && sub.LinkTarget is null && IsWanted(sub, isMaildir))
                folders.Push(sub.FullName);
        }

        return total;
    }

    // A Maildir's tmp holds deliveries that are not finished; Maildir++ sub-folders begin with a dot, as do .git and its like.
    private static bool IsWanted(DirectoryInfo folder, bool isMaildir) =>
        isMaildir ? folder.Name != "tmp" : folder.Name[0] != '.' || IsMaildir(folder.FullName);

    private static bool IsInMaildir(string folder) =>
        Path.GetFileName(folder) is "cur" or "new" && Path.GetDirectoryName(folder) is { } parent && IsMaildir(parent);
}

/// <summary>A file to look at; <paramref name="IsMaildir"/> when it lies in cur or new, where every file is a mail by definition.</summary>
internal readonly record struct FoundFile(string Path, bool IsMaildir);
