using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace EmailOps.Tests.Browser;

internal static class PageLook
{
    /// <summary>Nobody is shut out, in either theme, and a phone does not scroll sideways. With EMAILOPS_SCREENSHOTS=folder there are pictures.</summary>
    public static async Task AtAsync(IPage page, string name)
    {
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            // Colours fade into each other for a moment, and what stands in between has too little contrast.
            await page.EvaluateAsync("Promise.all(document.getAnimations().map(a => a.finished.catch(() => null)))");
            var found = await page.RunAxe();
            Assert.True(found.Violations.All(v => v.Impact is not ("serious" or "critical")), $"{name}, {scheme}: {string.Join("; ", found.Violations.Select(v => $"{v.Id}: {v.Help} {v.Nodes.FirstOrDefault()?.Html}"))}");
            if (Environment.GetEnvironmentVariable("EMAILOPS_SCREENSHOTS") is { Length: > 0 } folder)
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{scheme}.png"), FullPage = true });
        }
        await page.SetViewportSizeAsync(390, 844);
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, $"{name} is too wide for a phone.");
        if (Environment.GetEnvironmentVariable("EMAILOPS_SCREENSHOTS") is { Length: > 0 } pictures)
            await page.ScreenshotAsync(new() { Path = Path.Combine(pictures, $"{name}-phone.png"), FullPage = true });
        await page.SetViewportSizeAsync(1280, 900);
    }
}
