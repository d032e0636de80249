using System.Net;

namespace EmailOps.Tests.Web;

/// <summary>Orders to the whole installation: given on the status page, shown and ended on every page.</summary>
public sealed class OrdersTests
{
    [Fact]
    public async Task A_pause_is_given_shown_on_every_page_and_ended()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var person = await console.SignedInAsync();

        var quiet = await person.GetStringAsync("/");
        var given = await person.FollowAsync(await person.SubmitAsync("/status", "/orders/pause", ("reason", "<b>holiday</b>")));
        var inbox = await person.GetStringAsync("/");
        var ended = await person.FollowAsync(await person.SubmitAsync("/", "/orders/resume"));

        Assert.DoesNotContain("are paused", quiet, StringComparison.Ordinal);
        Assert.Contains("data-live=\"orders\"", quiet, StringComparison.Ordinal);
        Assert.DoesNotContain("/orders/pause", given, StringComparison.Ordinal);
        foreach (var page in (string[])[given, inbox])
        {
            Assert.Contains("Automatic answers are paused by", page, StringComparison.Ordinal);
            Assert.Contains("&lt;b&gt;holiday&lt;/b&gt;", page, StringComparison.Ordinal);
            Assert.Contains("3 answers wait", page, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("are paused by", ended, StringComparison.Ordinal);
        Assert.Contains("/orders/pause", ended, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draining_workers_tell_what_is_in_hand()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var person = await console.SignedInAsync();

        var draining = await person.FollowAsync(await person.SubmitAsync("/status", "/orders/drain"));
        console.Api.Operations.View = console.Api.Operations.View with { InHand = 0 };
        var drained = await person.GetStringAsync("/outbox");
        var working = await person.FollowAsync(await person.SubmitAsync("/outbox", "/orders/work"));

        Assert.Contains("1 thing is still in hand", draining, StringComparison.Ordinal);
        Assert.Contains("They hold nothing: drained.", drained, StringComparison.Ordinal);
        Assert.DoesNotContain("claim nothing more, by order", working, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_inbox_offers_the_sample_mailbox()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        console.Api.Clear();
        using var person = await console.SignedInAsync();

        var loaded = await person.FollowAsync(await person.SubmitAsync("/", "/orders/samples"));

        Assert.Equal(1, console.Api.Operations.SamplesLoaded);
        Assert.Contains("The sample mailbox is here", loaded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_needs_the_token_of_a_form()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var person = await console.SignedInAsync();

        using var forged = await person.PostAsync("/orders/pause", new FormUrlEncodedContent([]));

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Null(console.Api.Operations.View.Paused);
    }
}
