using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Gmail;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Tests.Gmail.StandIn;

namespace EmailOps.Tests.Gmail;

/// <summary>What Google answers is theirs to choose: read where it is as it should be, and never more than a failed request where it is not.</summary>
public sealed class GmailAnswerTests
{
    private static RemoteAnswer Answer(string body, string type = "multipart/mixed; boundary=b", int status = 200) => new(status, Encoding.UTF8.GetBytes(body), type, null);

    private static string Part(string id, string status = "200 OK", string body = "{}", string end = "\r\n")
        => string.Join(end, "--b", "Content-Type: application/http", $"Content-ID: {id}", "", $"HTTP/1.1 {status}", "Content-Type: application/json", "Retry-After: 7", "", body, "");

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    public void Parts_of_a_batch_are_matched_by_their_ids_in_any_order(string end)
    {
        var read = GmailBatch.Read(Answer(Part("<response-1>", "429 Too Many Requests", "{\"a\":1}", end) + Part("<response-0>", end: end) + "--b--"), 2);
        Assert.Equal((200, 429, "{\"a\":1}", 7.0), (read[0]!.Status, read[1]!.Status, Encoding.UTF8.GetString(read[1]!.Body), read[1]!.RetryAfter!.Value.TotalSeconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--b")]
    [InlineData("--b--")]
    [InlineData("--b\r\n\r\n--b--")]
    [InlineData("--b\r\nContent-ID: <response-0>\r\n\r\nHTTP/1.1\r\n\r\n{}\r\n--b--")]
    [InlineData("--b\r\nContent-ID: <response-0>\r\n\r\nHTTP/1.1 99999999999 X\r\n\r\n{}\r\n--b--")]
    [InlineData("--b\r\nContent-ID: <response-5>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}\r\n--b--")]
    [InlineData("--b\r\nContent-ID: <response--1>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}\r\n--b--")]
    [InlineData("--b\r\nContent-ID: <response-4294967296>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}\r\n--b--")]
    [InlineData("<html>--b is not here</html>")]
    public void A_batch_that_is_cut_or_answers_something_else_answers_nothing(string body) => Assert.Null(Assert.Single(GmailBatch.Read(Answer(body), 1)));

    [Theory]
    [InlineData("application/json")]
    [InlineData("multipart/mixed")]
    [InlineData("multipart/mixed; boundary=")]
    [InlineData("?")]
    public void What_is_no_batch_is_no_answer(string type) => Assert.Equal(RemoteFailure.Unreachable, Assert.Throws<RemoteException>(() => GmailBatch.Read(Answer(Part("<response-0>"), type), 1)).Failure);

    [Theory]
    [InlineData("""{"id":"../../labels","raw":"QQ"}""")]
    [InlineData("""{"id":"a/b?x=y","raw":"QQ"}""")]
    [InlineData("""{"id":7,"raw":"QQ"}""")]
    [InlineData("""{"raw":"QQ"}""")]
    [InlineData("""[]""")]
    [InlineData("""{"id":"a","raw":"QQ" """)]
    [InlineData("nothing")]
    public void Ids_that_could_lead_elsewhere_and_bodies_that_are_none_are_no_answers(string body)
        => Assert.Equal(RemoteFailure.Unreachable, Assert.Throws<RemoteException>(() => GmailJson.Read(Encoding.UTF8.GetBytes(body), m => GmailJson.Raw(m, 1000))).Failure);

    [Fact]
    public void A_mail_comes_as_it_was_one_over_the_limit_is_cut_and_one_without_bytes_says_so()
    {
        RemoteMail Mail(string raw) => GmailJson.Read(Encoding.UTF8.GetBytes($$"""{"id":"19a_-c","threadId":"t","raw":"{{raw}}"}"""), m => GmailJson.Raw(m, 4));
        Assert.Equal("Aÿ>?", Encoding.Latin1.GetString(Mail("Qf8-Pw==").Raw!));
        Assert.Equal((4, 6L, true), (Mail("QUJDREVG").Raw!.Length, Mail("QUJDREVG").Size, Mail("QUJDREVG").IsCut));
        Assert.Contains("cannot be decoded", Mail("****").Problem, StringComparison.Ordinal);
        var head = GmailJson.Read(Encoding.UTF8.GetBytes("""{"id":"a","payload":{"headers":[{"name":"Subject","value":"Hi\r\nBcc: x@y"},{"name":"X\r\nY","value":"1"},{"name":7}]}}"""), GmailJson.Head);
        Assert.Equal("Subject: Hi Bcc: x@y\r\n\r\n", Encoding.UTF8.GetString(head.Raw!));
    }

    [Fact]
    public void Errors_are_told_apart_by_what_Google_says_and_only_its_own_faults_leave_doubt()
    {
        static RemoteException Of(StandInAnswer said) => GmailErrors.Of(new RemoteAnswer(said.Status, Encoding.UTF8.GetBytes(said.Json), "application/json", said.RetryAfter is { } s ? TimeSpan.FromSeconds(s) : null));
        foreach (var limit in (StandInAnswer[])[StandInAnswer.TooMany(9), StandInAnswer.UserLimit, StandInAnswer.Error(403, "rateLimitExceeded", "x"), StandInAnswer.Error(403, "quotaExceeded", "x"), StandInAnswer.Error(403, "dailyLimitExceeded", "x")])
            Assert.Equal((RemoteFailure.Throttled, false), (Of(limit).Failure, Of(limit).MayHaveArrived));
        Assert.Equal(9, Of(StandInAnswer.TooMany(9)).RetryAfter!.Value.TotalSeconds);
        Assert.Equal((RemoteFailure.ServerError, true), (Of(StandInAnswer.Backend).Failure, Of(StandInAnswer.Backend).MayHaveArrived));
        Assert.Equal((RemoteFailure.NotFound, false), (Of(StandInAnswer.NotFound).Failure, Of(StandInAnswer.NotFound).MayHaveArrived));
        Assert.Contains("not switched on", Of(StandInAnswer.Error(403, "accessNotConfigured", "x")).Message, StringComparison.Ordinal);
        Assert.Contains("administrator", Of(StandInAnswer.Error(403, "domainPolicy", "x")).Message, StringComparison.Ordinal);
        Assert.Equal(RemoteFailure.Refused, Of(StandInAnswer.Error(400, "invalidArgument", "Recipient address required")).Failure);
        foreach (var body in (string[])["", "[]", "{\"error\":7}", "{\"error\":{\"errors\":[7]}}", "\0"]) Assert.Equal(RemoteFailure.Forbidden, GmailErrors.Of(Answer(body, "text/html", 403)).Failure);
    }

    [Fact]
    public async Task Fewer_mails_are_asked_for_at_once_while_Google_limits_and_all_again_when_it_is_content()
    {
        var pace = new RemotePace(MailboxProvider.Gmail, 1, 48, TimeProvider.System);
        RemoteException Limit(double seconds) => new(RemoteFailure.Throttled, "too many") { RetryAfter = TimeSpan.FromSeconds(seconds) };
        for (var i = 0; i < 3; i++) await pace.LimitedAsync(Limit(0), CancellationToken.None);
        Assert.Equal(6, pace.Size);
        for (var i = 0; i < 14; i++) pace.Went();
        Assert.Equal(24, pace.Size);
        pace.Went();
        Assert.Equal(48, pace.Size);
        for (var i = 0; i < 100; i++) pace.Went();
        Assert.Equal(48, pace.Size);
        // A wait of an hour is the loop's, which shows it; so is a sixth complaint in a row.
        await Assert.ThrowsAsync<RemoteException>(() => pace.LimitedAsync(Limit(3600), CancellationToken.None));
        for (var i = 0; i < 5; i++) await pace.LimitedAsync(Limit(0), CancellationToken.None);
        await Assert.ThrowsAsync<RemoteException>(() => pace.LimitedAsync(Limit(0), CancellationToken.None));
        Assert.Equal(1, pace.Size);
    }
}
