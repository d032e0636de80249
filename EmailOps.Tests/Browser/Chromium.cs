using Microsoft.Playwright;

namespace EmailOps.Tests.Browser;

/// <summary>The Chromium of this machine, driven by Playwright; nothing is downloaded.</summary>
internal static class Chromium
{
    /// <summary>EMAILOPS_CHROMIUM, else /usr/bin/chromium, else what PATH knows; null when there is none.</summary>
    public static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("EMAILOPS_CHROMIUM");
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var names = (string[])["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        return new[] { named, "/usr/bin/chromium" }.Concat(folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name)))).FirstOrDefault(File.Exists);
    }

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright, string path) => playwright.Chromium.LaunchAsync(new() { ExecutablePath = path });
}
