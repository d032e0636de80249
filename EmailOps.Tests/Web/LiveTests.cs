using System.Net;
using System.Net.ServerSentEvents;
using EmailOps.Core.Contracts;

namespace EmailOps.Tests.Web;

public sealed class LiveTests
{
    [Fact]
    public async Task Events_of_the_api_reach_the_browser_once_a_beat()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var person = await console.SignedInAsync();
        using var answer = await person.GetAsync("/live", HttpCompletionOption.ResponseHeadersRead, patience.Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        for (var burst = 0; burst < 100; burst++)
            console.Api.Events.Writer.TryWrite(new LiveEvent("message", 7));
        console.Api.Events.Writer.TryWrite(new LiveEvent("draft", 8));

        var seen = new List<string>();
        await using var stream = await answer.Content.ReadAsStreamAsync(patience.Token);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(patience.Token))
        {
            seen.Add(item.EventType);
            if (item.EventType == "draft")
                break;
        }
        Assert.Equal("ready", seen[0]);
        Assert.InRange(seen.Count(kind => kind == "message"), 1, 10);
    }

    [Fact]
    public async Task When_the_api_is_away_the_stream_says_so_at_once()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        console.Api.Failure = (503, "", "text/plain");
        Assert.Equal(HttpStatusCode.BadGateway, (await person.GetAsync("/live")).StatusCode);
    }

    [Fact]
    public async Task An_open_page_does_not_hold_up_stopping()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        using var open = await person.GetAsync("/live", HttpCompletionOption.ResponseHeadersRead);
        var started = TimeProvider.System.GetTimestamp();
        await console.Web.StopAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 5);
    }
}
