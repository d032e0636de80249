using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using EmailOps.Core.Contracts;

namespace EmailOps.Tests.Web;

public sealed class MessagePageTests
{
    [Fact]
    public async Task The_page_shows_what_triage_found_and_why()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var page = await OpenAsync(console, "/messages/1");
        Assert.Equal("Parcel NL-48213 has not moved for nine days", page.QuerySelector("h1")!.TextContent);
        var why = page.QuerySelector("aside")!;
        Assert.Contains("Confidence 55 is below 60", why.TextContent);
        Assert.Contains("a trip on 12 December", why.TextContent);
        Assert.NotNull(why.QuerySelector("a[href='/knowledge/3']"));
        Assert.Equal(10, why.QuerySelectorAll(".runs li").Length);
        Assert.Contains("skipped", why.QuerySelector(".run-skipped")!.TextContent);
        Assert.Contains("> Your parcel has been handed", page.QuerySelector("details.quoted")!.TextContent);
        Assert.DoesNotContain("> Your parcel", page.QuerySelector(".mail-text")!.TextContent);
    }

    [Fact]
    public async Task What_the_language_model_was_asked_and_answered_is_shown_as_text()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var page = await OpenAsync(console, "/messages/1");
        var call = page.QuerySelector(".model-call")!;
        Assert.Contains("llama3.2:3b", call.TextContent);
        Assert.Contains("judge/1-0a1b2c3d", call.TextContent);
        Assert.Contains("1,812 in, 31 out", call.TextContent);
        Assert.Contains("Subject: <b>Parcel</b>", call.QuerySelectorAll(".model-words")[0].TextContent);
        Assert.Contains("<script>alert(1)</script>", call.QuerySelectorAll(".model-words")[1].TextContent);
        Assert.DoesNotContain(page.QuerySelectorAll(".note-warn"), n => n.TextContent.Contains("without the language model", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_judged_without_the_language_model_says_why_and_when_it_is_judged_again()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var page = await OpenAsync(console, "/messages/10");
        Assert.Contains("Judged without the language model: No language model answers: http://127.0.0.1:11434", page.QuerySelector(".message-main .note-warn")!.TextContent);
        Assert.Contains("unless a person is faster", page.QuerySelector("aside")!.TextContent);
        Assert.Contains("Not used", page.QuerySelector(".model-call summary")!.TextContent);
        Assert.Null((await OpenAsync(console, "/messages/2")).QuerySelector(".model-call"));
    }

    [Fact]
    public async Task When_it_is_unsure_what_is_new_the_whole_text_is_shown()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var page = await OpenAsync(console, "/messages/10");
        Assert.Null(page.QuerySelector("details.quoted"));
        Assert.Contains("the whole text is shown", page.QuerySelector("#message")!.TextContent);
    }

    [Fact]
    public async Task Hostile_mail_is_marked_and_its_addresses_are_no_links()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var page = await OpenAsync(console, "/messages/6");
        Assert.Contains("Do not open its links", page.QuerySelector(".note-bad")!.TextContent);
        Assert.Contains("http://login.example.test/verify", page.QuerySelector(".mail-text")!.TextContent);
        Assert.DoesNotContain(page.QuerySelectorAll("a"), link => link.GetAttribute("href")!.Contains("example.test", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, "Sender verified")]
    [InlineData(2, "Sender not verified")]
    [InlineData(6, "Probably forged")]
    public async Task What_the_server_found_out_about_the_sender_is_shown(int id, string pill)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var from = (await OpenAsync(console, $"/messages/{id}")).QuerySelector(".people dd")!;
        Assert.Contains(pill, from.TextContent);
        Assert.Contains("What mx.example.test found", from.QuerySelector(".trust-reason")!.TextContent);
    }

    [Fact]
    public async Task A_sender_nobody_checked_gets_no_mark()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        Assert.Null((await OpenAsync(console, "/messages/3")).QuerySelector(".people .pill"));
    }

    [Fact]
    public async Task A_thread_that_is_named_by_a_stranger_is_shown_and_not_joined()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var note = (await OpenAsync(console, "/messages/2")).QuerySelector(".related")!;
        Assert.Contains("amelie@example.test is not part of it", note.TextContent);
        Assert.Equal("Parcel <b>NL-48213</b>", note.QuerySelector("a[href='/messages/1']")!.TextContent);
    }

    [Fact]
    public async Task The_html_view_is_a_frame_that_may_do_nothing()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var frame = (await OpenAsync(console, "/messages/3?view=html")).QuerySelector("iframe")!;
        Assert.Equal("", frame.GetAttribute("sandbox"));
        Assert.Equal("/messages/3/html", frame.GetAttribute("src"));
    }

    [Fact]
    public async Task Approving_sends_what_the_operator_saw_under_their_name()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync("Mara Ek");
        var answer = await person.SubmitAsync("/messages/1", "/messages/1/approve", ("draft", "10"), ("version", "1"), ("body", "Hello Jonas,\r\n\r\nit is on its way."));
        var page = new HtmlParser().ParseDocument(await person.FollowAsync(answer));
        var asked = Assert.Single(console.Api.Asked, asked => asked.Path == "/drafts/10/approve");
        Assert.Equal("\"1\"", asked.IfMatch);
        Assert.Equal("Mara Ek", asked.Operator);
        var draft = console.Api.Messages.First(message => message.Message.Id == 1).Draft!;
        Assert.Equal("Hello Jonas,\n\nit is on its way.", draft.Body);
        Assert.Contains("Approved", page.QuerySelector(".note-good")!.TextContent);
        Assert.Contains("What would have been sent", page.Body!.TextContent);
        Assert.NotNull(page.QuerySelector("form[action='/messages/1/reopen']"));
        Assert.Null(new HtmlParser().ParseDocument(await person.GetStringAsync("/messages/1")).QuerySelector(".note"));
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("save")]
    [InlineData("reject")]
    public async Task When_somebody_was_faster_nothing_happens_and_no_word_is_lost(string action)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        console.Api.Change(detail => detail.Message.Id == 1, detail => detail with { Draft = detail.Draft! with { Version = 2, Body = "Words of a colleague" } });
        var person = await console.SignedInAsync();
        var answer = await person.SubmitAsync("/messages/1", $"/messages/1/{action}", ("draft", "10"), ("version", "1"), ("body", "My own words"));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        Assert.Contains("Somebody was faster", page.QuerySelector("[role=alert]")!.TextContent);
        Assert.Equal("My own words", page.QuerySelector("textarea[name=body]")!.TextContent);
        Assert.Contains("Words of a colleague", page.QuerySelector(".saved-draft")!.TextContent);
        // Sending the form again decides on what is seen now.
        Assert.Equal("2", page.QuerySelector("input[name=version]")!.GetAttribute("value"));
        Assert.Equal(DraftState.Proposed, console.Api.Messages.First(message => message.Message.Id == 1).Draft!.State);
    }

    [Fact]
    public async Task When_the_api_goes_away_meanwhile_no_word_is_lost_either()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        var token = Forms.Token(await person.GetStringAsync("/messages/1"));
        console.Api.Failure = (503, "", "text/plain");
        var answer = await person.PostAsync("/messages/1/approve", new FormUrlEncodedContent(new Dictionary<string, string> { ["draft"] = "10", ["version"] = "1", ["body"] = "My own words", ["__RequestVerificationToken"] = token }));
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("My own words", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_decision_can_be_taken_back()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        await person.SubmitAsync("/messages/1", "/messages/1/reject", ("draft", "10"), ("version", "1"), ("body", "x"), ("reason", "wrong order"));
        Assert.Equal(DraftState.Rejected, console.Api.Messages.First(message => message.Message.Id == 1).Draft!.State);
        var answer = await person.SubmitAsync("/messages/1", "/messages/1/reopen", ("draft", "10"), ("version", "2"));
        Assert.Contains("Taken back", await person.FollowAsync(answer));
        Assert.Equal(DraftState.Proposed, console.Api.Messages.First(message => message.Message.Id == 1).Draft!.State);
    }

    [Fact]
    public async Task A_category_is_corrected_in_one_form()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        var page = new HtmlParser().ParseDocument(await person.FollowAsync(await person.SubmitAsync("/messages/1", "/messages/1/category", ("category", "complaint"))));
        Assert.Equal("Complaints", page.QuerySelector(".message-marks .chip")!.TextContent.Trim());
        Assert.True(console.Api.Messages.First(message => message.Message.Id == 1).Message.CategoryCorrected);
    }

    [Fact]
    public async Task Attachments_are_files_to_keep_under_a_harmless_name()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        var answer = await person.GetAsync("/messages/3/attachments/1");
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("evil_.exe", answer.Content.Headers.ContentDisposition?.FileNameStar);
        Assert.Equal("sandbox; default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal([1, 2, 3], await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_message_that_is_gone_says_so()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var answer = await (await console.SignedInAsync()).GetAsync("/messages/999");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("There is no such thing here.", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_could_not_be_read_is_shown_for_what_it_is()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var page = await OpenAsync(console, "/messages/12");
        Assert.Equal("(no subject)", page.QuerySelector("h1")!.TextContent);
        Assert.Contains("could not be read as mail", page.QuerySelector("#message")!.TextContent);
        Assert.Contains("There is no From field.", page.Body!.TextContent);
        Assert.NotNull(page.QuerySelector("a[href='/messages/12/raw']"));
    }

    private static async Task<IDocument> OpenAsync(ConsoleUnderTest console, string path) =>
        new HtmlParser().ParseDocument(await (await console.SignedInAsync()).GetStringAsync(path));
}
