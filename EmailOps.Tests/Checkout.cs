using System.Runtime.CompilerServices;

namespace EmailOps.Tests;

/// <summary>The source tree that these tests were built from.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    // A developer's own .env must not decide how tests go.
    [ModuleInitializer]
    internal static void IgnoreEnvFiles()
    {
        if (Environment.GetEnvironmentVariable("EMAILOPS_ENV_FILE") is null)
            Environment.SetEnvironmentVariable("EMAILOPS_ENV_FILE", "none");
        if (Environment.GetEnvironmentVariable("LOG_FILE_ENABLED") is null)
            Environment.SetEnvironmentVariable("LOG_FILE_ENABLED", "false");
    }

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "EmailOps.sln")))
                return folder;
        }

        throw new InvalidOperationException("The tests run outside their checkout.");
    }
}
