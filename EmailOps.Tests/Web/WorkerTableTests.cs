namespace EmailOps.Tests.Web;

/// <summary>The worker processes on the status page.</summary>
public sealed class WorkerTableTests
{
    [Fact]
    public async Task The_status_page_shows_each_worker_with_what_it_does_and_whether_it_stops()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var person = await console.SignedInAsync();

        var page = await person.GetStringAsync("/status");

        var first = Row(page, "01000000-0000-0000-0000-000000000001");
        Assert.Contains("worker-a", first, StringComparison.Ordinal);
        Assert.Contains("Works", first, StringComparison.Ordinal);
        Assert.Contains("Triage 3", first, StringComparison.Ordinal);
        Assert.Contains("2,390", first, StringComparison.Ordinal);
        var second = Row(page, "01000000-0000-0000-0000-000000000002");
        Assert.Contains("Stops", second, StringComparison.Ordinal);
        Assert.Contains("worker-&lt;b&gt;", second, StringComparison.Ordinal);
    }

    private static string Row(string page, string worker)
    {
        var start = page.IndexOf($"data-worker=\"{worker}\"", StringComparison.Ordinal);
        Assert.True(start >= 0, $"There is no row {worker}.");
        return page[start..page.IndexOf("</tr>", start, StringComparison.Ordinal)];
    }
}
