using System.Net;
using EmailOps.Core.Contracts;

namespace EmailOps.Tests.Web;

/// <summary>The outbox without script: every state says what it means, and buttons are only where they help.</summary>
public sealed class OutboxPageTests : IAsyncLifetime
{
    private ConsoleUnderTest _console = null!;
    private HttpClient _person = null!;

    public async Task InitializeAsync()
    {
        _console = await ConsoleUnderTest.StartAsync();
        _console.Api.Outbox.Fill(TimeProvider.System.GetUtcNow());
        _person = await _console.SignedInAsync();
    }

    public async Task DisposeAsync() => await _console.DisposeAsync();

    private long Reply(OutboundState state) => _console.Api.Outbox.Replies.First(reply => reply.State == state).Id;

    private static string Row(string page, long id)
    {
        var start = page.IndexOf($"data-id=\"{id}\"", StringComparison.Ordinal);
        Assert.True(start >= 0, $"There is no row {id}.");
        return page[start..page.IndexOf("</li>", start, StringComparison.Ordinal)];
    }

    [Theory]
    [InlineData(OutboundState.Held, "cancel", "send-now")]
    [InlineData(OutboundState.Queued, "cancel", "send-now")]
    [InlineData(OutboundState.Unknown, "arrived", "again")]
    [InlineData(OutboundState.Failed, "again", "cancel")]
    [InlineData(OutboundState.Sending)]
    [InlineData(OutboundState.Sent)]
    [InlineData(OutboundState.Bounced)]
    [InlineData(OutboundState.Cancelled)]
    public async Task A_reply_offers_what_can_be_done_where_it_stands(OutboundState state, params string[] actions)
    {
        var row = Row(await _person.GetStringAsync($"/outbox?state={state}"), Reply(state));
        foreach (var action in (string[])["cancel", "send-now", "arrived", "again"])
            Assert.Equal(actions.Contains(action), row.Contains($"/outbox/{Reply(state)}/{action}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_needs_a_person_comes_first_and_a_waiting_answer_counts_down()
    {
        var page = await _person.GetStringAsync("/outbox");
        Assert.True(page.IndexOf($"data-id=\"{Reply(OutboundState.Unknown)}\"", StringComparison.Ordinal) < page.IndexOf("data-id=\"100\"", StringComparison.Ordinal));
        Assert.Matches("class=\"countdown\"[^>]*>in 1:(4|5)\\d<", Row(page, Reply(OutboundState.Held)));
        Assert.Contains("robot@machine.example.test", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202E", Row(page, Reply(OutboundState.Held)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OutboundState.Held, "cancel", OutboundState.Cancelled, "Taken back. It was not sent")]
    [InlineData(OutboundState.Held, "send-now", OutboundState.Queued, "It goes now")]
    [InlineData(OutboundState.Unknown, "arrived", OutboundState.Sent, "it arrived")]
    [InlineData(OutboundState.Unknown, "again", OutboundState.Queued, "sent again")]
    [InlineData(OutboundState.Failed, "again", OutboundState.Queued, "sent again")]
    public async Task A_button_does_what_it_says_comes_back_and_says_so(OutboundState from, string action, OutboundState to, string note)
    {
        var id = Reply(from);
        var answer = await _person.SubmitAsync("/outbox", $"/outbox/{id}/{action}", ("back", $"/outbox?state={to}"));
        Assert.Equal($"/outbox?state={to}", answer.Headers.Location!.ToString());
        Assert.Contains(note, await _person.FollowAsync(answer), StringComparison.Ordinal);
        Assert.Equal(to, _console.Api.Outbox.Replies.Single(reply => reply.Id == id).State);

        var late = await _person.SubmitAsync("/outbox", $"/outbox/{id}/arrived", ("back", "/outbox"));
        Assert.Contains("Too late", await _person.FollowAsync(late), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    public async Task A_form_leads_nowhere_else(string back)
        => Assert.Equal("/outbox", (await _person.SubmitAsync("/outbox", $"/outbox/{Reply(OutboundState.Held)}/cancel", ("back", back))).Headers.Location!.ToString());

    [Fact]
    public async Task A_brake_is_lifted_once()
    {
        Assert.Contains("Lifted", await _person.FollowAsync(await _person.SubmitAsync("/outbox", "/outbox/brakes/1/lift", ("back", "/outbox"))), StringComparison.Ordinal);
        var page = await _person.FollowAsync(await _person.SubmitAsync("/outbox", "/outbox/brakes/1/lift", ("back", "/outbox")));
        Assert.Contains("Not found", page, StringComparison.Ordinal);
        Assert.DoesNotContain("robot@machine.example.test", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_nothing_happens()
    {
        using var answer = await _person.PostAsync($"/outbox/{Reply(OutboundState.Held)}/cancel", new FormUrlEncodedContent([]));
        Assert.NotEqual(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Single(_console.Api.Outbox.Replies, reply => reply.State == OutboundState.Held);
    }
}
