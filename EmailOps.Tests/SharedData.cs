using System.Runtime.CompilerServices;

namespace EmailOps.Tests;

/// <summary>
/// Public corpora that are not part of the checkout: a folder <c>shared/data</c> above the tests, or the one that <c>EMAILOPS_SHARED_DATA</c> names.
/// Tests that need it end early, and say so, when it is missing.
/// </summary>
internal static class SharedData
{
    /// <summary>The folder of one data set, or null when it is not there.</summary>
    public static string? Find(string set, [CallerMemberName] string test = "")
    {
        var named = Environment.GetEnvironmentVariable("EMAILOPS_SHARED_DATA");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(named ?? Path.Combine(at.FullName, "shared", "data"), set);
            if (Directory.Exists(folder))
                return folder;
        }

        Console.WriteLine($"SKIPPED, NO DATA: {test} needs the corpus \"{set}\" (a folder shared/data above the checkout, or EMAILOPS_SHARED_DATA).");
        return null;
    }
}
