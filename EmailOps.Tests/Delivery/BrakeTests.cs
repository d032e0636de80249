using EmailOps.Core.Data;
using EmailOps.Core.Work;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Delivery;

/// <summary>Loops end by themselves, at the numbers that are documented, however many workers there are.</summary>
public sealed class BrakeTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    private static readonly string[] s_letters =
    [
        "Where is my parcel? It was to come on Monday.", "Do you have the blue tent in a larger size for six people?", "Please send the invoice for the stove once more.",
        "How long may I return the boots that are too small?", "My discount code does not work in the basket.", "Can the sleeping bag be washed in a machine?",
        "Is there a shop in Hamburg where I can look at canoes?", "The zipper of the jacket broke after one day.", "What is the weight of the folding table?", "Which gas canister fits the burner?",
        "I would like to change my delivery address.", "Do gift cards expire at the end of the year?",
    ];

    /// <summary>The other side answers everything it gets; we would, too.</summary>
    private static async Task PlayAsync(OutboxUnderTest outbox, int rounds, Func<int, string> says, Func<int, Task>? between = null)
    {
        for (var i = 0; i < rounds; i++)
        {
            await outbox.AnswerAsync("robot@machine.example", body: says(i));
            await outbox.RunAsync(Stage.Delivery, Stage.Sending);
            if (between is not null) await between(i);
        }
    }

    private static Task<List<string>> BrakesAsync(OutboxUnderTest outbox) => outbox.Store.ColumnAsync<string>("select correspondent from automation_brake where lifted_at is null");

    [Fact]
    public async Task Two_robots_that_say_the_same_stop_after_one_answer()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);

        await PlayAsync(outbox, 6, i => $"Thank you for your message. Your ticket {48120 + i * 37} was opened, an agent will answer within 24 hours.\n\nThe Machine Example service team");

        Assert.Single(outbox.Received);
        Assert.Equal(["robot@machine.example"], await BrakesAsync(outbox));
        Assert.True(await outbox.Store.AskAsync<bool>("select until is null and reason like '%probably a robot%' from automation_brake"));
        Assert.Equal(5, await outbox.Store.AskAsync<long>("select count(*) from decision where kind = 'HoldForReview'"));
        Assert.Equal(5, await outbox.Store.AskAsync<long>("select count(*) from draft where state = 'Proposed'"));
        Assert.Equal(1, await outbox.Store.AskAsync<long>("select count(*) from audit_entry where action = 'brake.trip'"));
        await outbox.AssertNothingIsStuckAsync();
    }

    [Fact]
    public async Task Two_robots_that_answer_at_once_stop_after_two_answers_whatever_they_say()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        outbox.Behind = TimeSpan.Zero;

        await PlayAsync(outbox, s_letters.Length, i => s_letters[i]);

        Assert.Equal(2, outbox.Received.Count);
        Assert.Contains("within 60 seconds", await outbox.Store.AskAsync<string>("select reason from automation_brake"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_robot_with_new_words_gets_three_answers_an_hour_and_nine_a_day()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);

        await PlayAsync(outbox, 5, i => s_letters[i]);
        Assert.Equal(3, outbox.Received.Count);
        Assert.InRange(await outbox.Store.AskAsync<double>("select extract(epoch from until - now())::float8 from automation_brake"), 3000, 3600);

        // Two hours later each time: the hour's budget is there again, the day's is not.
        await PlayAsync(outbox, s_letters.Length, i => s_letters[i] + new string('!', i), _ => outbox.Store.ExecuteAsync(
            "update automation_brake set until = now() - interval '1 second' where until is not null; update outbound_message set sending_at = sending_at - interval '61 minutes' where state = 'Sent'; update message set received_at = received_at - interval '25 hours'"));
        Assert.Equal(9, outbox.Received.Count);
        Assert.True(await outbox.Store.AskAsync<bool>("select until is null from automation_brake where lifted_at is null"));
    }

    [Fact]
    public async Task A_lifted_brake_lets_answers_go_and_counts_anew()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        await PlayAsync(outbox, 5, i => s_letters[i]);
        var brakes = outbox.Store.Get<BrakeStore>();
        var brake = Assert.Single(await brakes.InForceAsync(CancellationToken.None));
        Assert.Equal("robot@machine.example", brake.Correspondent);

        Assert.True(await brakes.LiftAsync(brake.Id, "Olga", CancellationToken.None));
        Assert.False(await brakes.LiftAsync(brake.Id, "Olga", CancellationToken.None));
        Assert.Empty(await brakes.InForceAsync(CancellationToken.None));
        await PlayAsync(outbox, 1, _ => s_letters[7]);

        Assert.Equal(4, outbox.Received.Count);
    }

    [Fact]
    public async Task Workers_side_by_side_cannot_overrun_a_budget()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { AnswersPerHour = 8 });
        for (var i = 0; i < s_letters.Length; i++) await outbox.AnswerAsync("robot@machine.example", body: s_letters[i]);
        for (var i = 0; i < 20; i++) await outbox.AnswerAsync($"c{i}@customer.example", body: s_letters[i % s_letters.Length]);
        await outbox.RunAsync(Stage.Delivery);

        var queue = new WorkQueue(outbox.Store.Source, new WorkOptions { BatchSize = 2 });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            var stage = outbox.StageOf(Stage.Sending);
            while (await queue.ClaimAsync(Stage.Sending, CancellationToken.None) is { Count: > 0 } items) await stage.RunAsync(items, CancellationToken.None);
        }));

        Assert.InRange(outbox.Servers.Sink.ReceivedFor("robot@machine.example").Count(m => m.From == outbox.User.Address), 1, 3);
        Assert.Equal(8, outbox.Received.Count);
        Assert.Contains("", await BrakesAsync(outbox));
        Assert.Equal(s_letters.Length + 20 - 8, await outbox.Store.AskAsync<long>("select count(*) from outbound_message where state = 'Cancelled'"));
        await outbox.AssertNothingIsStuckAsync();
    }

    [Theory]
    [InlineData("no-reply@shop.example", "", "No person reads")]
    [InlineData("Bounces+7@list.example", "", "No person reads")]
    [InlineData("ada@customer.example", "Return-Path: <>\r\n", "return path is empty")]
    [InlineData("ada@customer.example", "Reply-To: ada@elsewhere.example\r\n", "another domain")]
    public async Task Some_mail_is_never_answered_without_a_person(string from, string extra, string reason)
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        var message = await outbox.AnswerAsync(from, extra: extra);

        await outbox.RunAsync();

        Assert.Equal("Cancelled", await outbox.StateAsync(message));
        Assert.Contains(reason, await outbox.Store.AskAsync<string>("select reasons ->> 0 from decision"), StringComparison.Ordinal);
        Assert.Empty(outbox.Received);
    }
}
