
namespace EmailOps.Tests.Web;

public sealed class SchedulePageTests
{
    [Fact]
    public async Task Jobs_backups_and_history_are_shown_and_ordered()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var person = await console.SignedInAsync();

        var page = await person.GetStringAsync("/schedule");
        var history = await person.GetStringAsync("/schedule/backup");
        var run = await person.FollowAsync(await person.SubmitAsync("/schedule", "/schedule/backup/run"));
        await person.FollowAsync(await person.SubmitAsync("/schedule", "/schedule/drift/resume"));
        await person.FollowAsync(await person.SubmitAsync("/schedule", "/schedule/backup", ("version", "1"), ("schedule", "every 6h"), ("zone", "Europe/Berlin")));
        var wrong = await person.FollowAsync(await person.SubmitAsync("/schedule", "/schedule/backup", ("version", "1"), ("schedule", "nonsense"), ("zone", "")));
        console.Api.Schedule.Jobs.Clear();
        var empty = await person.GetStringAsync("/schedule");

        foreach (var words in (string[])["0 2 * * *", "every 6h", "Overdue", "Paused", "3 runs missed today", "&lt;b&gt;No.&lt;/b&gt;", "emailops-1.dump", "Not whole", "message has 1 rows instead of 2", "and in the bucket", "aria-current=\"page\""]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Contains("3 missed", history, StringComparison.Ordinal);
        Assert.Contains("worker-&lt;a&gt;", history, StringComparison.Ordinal);
        Assert.Contains("Asked for.", run, StringComparison.Ordinal);
        Assert.Contains("has 1 fields", wrong, StringComparison.Ordinal);
        Assert.Contains("No job yet", empty, StringComparison.Ordinal);
        Assert.Equal(["run backup", "resume drift", "set every 6h Europe/Berlin backup"], console.Api.Schedule.Orders);
    }

    [Fact]
    public async Task A_person_is_counted_copied_and_erased_and_the_address_stands_in_no_address_line()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var person = await console.SignedInAsync();

        var counted = await person.FollowAsync(await person.SubmitAsync("/access/privacy", "/access/privacy/find", ("address", "ada@customer.example")));
        var refused = await person.FollowAsync(await person.SubmitAsync("/access/privacy", "/access/privacy/erase", ("address", "ada@customer.example"), ("confirm", "bob@customer.example")));
        var erased = await person.FollowAsync(await person.SubmitAsync("/access/privacy", "/access/privacy/erase", ("address", "ada@customer.example"), ("confirm", "ada@customer.example")));

        Assert.Contains("3 messages, 2 drafts, 1 reply", counted, StringComparison.Ordinal);
        Assert.Contains("nothing was erased", refused, StringComparison.Ordinal);
        Assert.Contains("3 messages erased", erased, StringComparison.Ordinal);
        Assert.DoesNotContain(console.Api.Asked, a => a.Path.Contains("ada", StringComparison.Ordinal));
    }
}
