using System.Net;
using AngleSharp.Html.Parser;

namespace EmailOps.Tests.Web;

public sealed class ImportPageTests
{
    [Fact]
    public async Task Files_go_to_the_api_and_the_page_says_what_became_of_them()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        var page = new HtmlParser().ParseDocument(await person.FollowAsync(await UploadAsync(person, ("a.eml", new byte[3000]), ("../b.mbox", new byte[200_000]))));
        var import = Assert.Single(console.Api.Imports);
        Assert.Equal("a.eml, b.mbox", import.Source);
        Assert.Contains("2 new messages, 1 copy", page.QuerySelector(".note-good")!.TextContent);
        Assert.Contains("a.eml, b.mbox", page.QuerySelector("[data-live=imports]")!.TextContent);
    }

    [Fact]
    public async Task A_form_without_a_file_says_what_to_choose()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        Assert.Contains("No file was chosen", await person.FollowAsync(await UploadAsync(person)));
    }

    [Fact]
    public async Task Too_much_at_once_says_how_else()
    {
        await using var console = await ConsoleUnderTest.StartAsync("--WEB_UPLOAD_LIMIT_MB=1");
        var person = await console.SignedInAsync();
        var answer = await UploadAsync(person, ("big.mbox", new byte[3 * 1024 * 1024]));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("emailops import PATH", await answer.Content.ReadAsStringAsync());
        Assert.Empty(console.Api.Imports);
    }

    [Fact]
    public async Task The_ledger_shows_every_outcome_with_its_reason_and_a_second_chance()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        var page = new HtmlParser().ParseDocument(await person.GetStringAsync("/import?outcome=Duplicate"));
        var line = Assert.Single(page.QuerySelectorAll("#ledger tbody tr"));
        Assert.Contains("Same content and Message-ID as message 1", line.TextContent);
        var answer = await person.SubmitAsync("/import", "/import/ledger/2/retry", ("force", "true"), ("returnUrl", "/import?outcome=Duplicate#ledger"));
        Assert.Equal("/import?outcome=Duplicate#ledger", answer.Headers.Location?.ToString());
        Assert.Contains(console.Api.Asked, asked => asked.Path == "/intake/2/retry?force=true");
    }

    [Fact]
    public async Task Problems_can_be_tried_again()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        var page = new HtmlParser().ParseDocument(await person.GetStringAsync("/problems"));
        Assert.Contains("the model file is missing", page.QuerySelector("[data-live=dead]")!.TextContent);
        Assert.Contains("210 MB is over the limit", page.QuerySelector("[data-live=Refused]")!.TextContent);
        Assert.Contains("No header was found", page.QuerySelector("[data-live=Unparsable]")!.TextContent);
        await person.FollowAsync(await person.SubmitAsync("/problems", "/problems/5/retry"));
        Assert.Contains(console.Api.Asked, asked => asked.Path == "/dead-letters/5/retry");
    }

    private static async Task<HttpResponseMessage> UploadAsync(HttpClient person, params (string Name, byte[] Bytes)[] files)
    {
        var form = new MultipartFormDataContent { { new StringContent(Forms.Token(await person.GetStringAsync("/import"))), "__RequestVerificationToken" } };
        foreach (var (name, bytes) in files)
            form.Add(new ByteArrayContent(bytes), "files", name);
        return await person.PostAsync("/import", form);
    }
}
