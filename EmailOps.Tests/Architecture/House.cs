namespace EmailOps.Tests.Architecture;

/// <summary>The source tree as the rules see it, and how a broken rule is told.</summary>
internal static class House
{
    private static readonly string[] Built = ["bin", "obj", ".git", "node_modules", "TestResults"];

    /// <summary>Paths relative to the checkout, with forward slashes.</summary>
    public static IEnumerable<string> Files(params string[] endings) => FilesIn(Checkout.Root)
        .Select(path => Path.GetRelativePath(Checkout.Root, path).Replace('\\', '/'))
        .Where(path => endings.Length == 0 || endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Checkout.Root, path));

    /// <summary>Fails with the rule and all who break it.</summary>
    public static void Rule(string rule, IEnumerable<string> offenders)
    {
        var list = offenders.Order(StringComparer.Ordinal).ToList();
        if (list.Count > 0)
            Assert.Fail($"{rule}\n  {string.Join("\n  ", list)}");
    }

    private static IEnumerable<string> FilesIn(string folder) => Directory.EnumerateFiles(folder)
        .Concat(Directory.EnumerateDirectories(folder).Where(inner => !Built.Contains(Path.GetFileName(inner))).SelectMany(FilesIn));
}
