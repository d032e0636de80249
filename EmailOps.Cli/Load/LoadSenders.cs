using System.Globalization;
using System.Net.Http.Headers;
using EmailOps.Core.Contracts;
using EmailOps.Mail.Net;
using EmailOps.Mail.Smtp;

namespace EmailOps.Cli.Load;

/// <summary>How a generated mail gets into the system: one of these for each of the concurrent senders.</summary>
internal interface ILoadSender : IAsyncDisposable
{
    /// <returns>Null, or why it did not go.</returns>
    Task<string?> SendAsync(int number, ReadOnlyMemory<byte> mail, CancellationToken cancel);
}

/// <summary>Uploads to the Api: everything but the reading of a mail server is tested.</summary>
internal sealed class ApiSender : ILoadSender
{
    private readonly HttpClient _http;
    private readonly string _mailbox;

    public ApiSender(Uri api, string key, long mailbox)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = api, Timeout = TimeSpan.FromMinutes(2) };
        _http.DefaultRequestHeaders.Add("X-Api-Key", key);
        _mailbox = mailbox.ToString(CultureInfo.InvariantCulture);
    }

    public async Task<string?> SendAsync(int number, ReadOnlyMemory<byte> mail, CancellationToken cancel)
    {
        using var form = new MultipartFormDataContent();
        using var file = new ReadOnlyMemoryContent(mail);
        file.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        form.Add(file, "files", string.Create(CultureInfo.InvariantCulture, $"load-{number}.eml"));
        form.Add(new StringContent(_mailbox), "mailbox");
        try
        {
            using var answer = await _http.PostAsync(Routes.Imports, form, cancel);
            return answer.IsSuccessStatusCode ? null : $"The Api answered {(int)answer.StatusCode}.";
        }
        catch (HttpRequestException failure)
        {
            return $"The Api does not answer: {failure.Message}";
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            return "The Api did not answer within two minutes.";
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Submits to a mail server, as customers' mail comes: the whole way is tested. One connection for many mails.</summary>
internal sealed class SmtpSender(MailServer server, MailCredentials? credentials, string to) : ILoadSender
{
    private SmtpClient? _client;

    public async Task<string?> SendAsync(int number, ReadOnlyMemory<byte> mail, CancellationToken cancel)
    {
        try
        {
            if (_client is not { IsUsable: true })
            {
                await DisposeAsync();
                _client = await SmtpClient.ConnectAsync(server, credentials, cancel: cancel);
            }
            var result = await _client.SendAsync(new SmtpEnvelope(string.Create(CultureInfo.InvariantCulture, $"customer{number}@{LoadMail.Domain}"), [to]), mail, cancel);
            return result.Outcome == SmtpOutcome.Accepted ? null : result.Explanation;
        }
        catch (MailConnectionException failure)
        {
            return failure.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is { } client) await client.DisposeAsync();
        _client = null;
    }
}
