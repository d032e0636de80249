using EmailOps.Core.Contracts;

namespace EmailOps.Tests.Web;

/// <summary>What the doctor says, in the console.</summary>
public sealed class ChecksPageTests
{
    [Fact]
    public async Task The_page_waits_to_be_asked_then_shows_each_fault_with_its_fix_and_text_of_servers_is_only_text()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var person = await console.SignedInAsync();
        console.Api.Operations.Checks =
        [
            new CheckView("database", "connection", CheckState.Ok, "It answers."), new CheckView("mailboxes", "support@shop.example", CheckState.Failed, "IMAP, Sign-in: NO <script>alert(1)</script>", "Make an app password."),
            new CheckView("redis", "redis", CheckState.Skipped, "None is configured.", "not shown"),
        ];

        var before = await person.GetStringAsync("/status/checks");
        var page = await person.GetStringAsync("/status/checks?run=true");

        Assert.Contains("Nothing was checked yet", before, StringComparison.Ordinal);
        Assert.DoesNotContain("data-check", before, StringComparison.Ordinal);
        Assert.Contains("1 check failed, 0 warnings", page, StringComparison.Ordinal);
        Assert.Contains("Make an app password.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("not shown", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.Contains("/status/checks", await person.GetStringAsync("/status"), StringComparison.Ordinal);
    }
}
