using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Messages;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Api;

public sealed class RetryTests(ApiInstallation installation) : IClassFixture<ApiInstallation>
{
    [Fact]
    public async Task A_mail_that_a_newer_reader_can_read_takes_the_place_of_the_unreadable_one()
    {
        var store = installation.Store;
        var raw = Encoding.UTF8.GetBytes(MailText.Of(id: "later@x.example", subject: "Readable now"));
        // As a reader that failed had left it.
        var unreadable = store.Get<MailReader>().Read(new OfferedMail("later.eml", raw, raw.Length)) with { Unparsable = "An older reader could not read it.", Subject = "later.eml", Text = "" };
        unreadable = unreadable with { DedupeKey = unreadable.Sha256 };
        var old = Assert.Single(await store.Get<IntakeStore>().StoreAsync(store.Mailbox, null, [unreadable], CancellationToken.None));
        var line = Assert.Single((await installation.Caller.GetAsync<IntakePage>("/intake?outcome=Unparsable")).Items, l => l.MessageId == old.MessageId);

        var retried = await installation.Caller.SendAsync<IntakeView>(HttpMethod.Post, $"/intake/{line.Id}/retry", null);

        Assert.Equal(IntakeOutcome.Stored, retried.Outcome);
        Assert.Equal("Readable now", (await installation.Caller.GetAsync<MessageDetail>($"/messages/{retried.MessageId}")).Message.Subject);
        using var gone = await installation.Caller.Http.GetAsync($"/messages/{old.MessageId}");
        await ApiCaller.ProblemAsync(gone, 404);
    }
}
