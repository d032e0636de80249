using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Gmail;

/// <summary>Hands a reply to Gmail, and looks for one that may have left.</summary>
internal sealed class GmailSending(GmailCalls calls)
{
    /// <summary>Bytes of a mail up to which it goes as JSON; larger ones are uploaded.</summary>
    private const int MostInJson = 1 << 20;
    /// <summary>Sent mails to one person that are looked through.</summary>
    private const int MostLooked = 50;
    private const long HeadBytes = 4L << 20;
    private const string MessageId = "Message-ID", Original = "X-Google-Original-Message-ID";

    public async Task<RemoteReceipt> SendAsync(RemoteReply reply, CancellationToken cancel)
    {
        try
        {
            return await OnceAsync(reply, reply.Thread, cancel);
        }
        catch (RemoteException gone) when (reply.Thread is not null && gone is { Failure: RemoteFailure.NotFound or RemoteFailure.Refused, MayHaveArrived: false })
        {
            // Certainly not taken: the thread was deleted, or it is another account's. Without it the reply is as good; its headers name what it answers.
            return await OnceAsync(reply, null, cancel);
        }
    }

    private async Task<RemoteReceipt> OnceAsync(RemoteReply reply, string? thread, CancellationToken cancel)
    {
        var id = reply.Raw.Length <= MostInJson
            ? await calls.PostAsync("send", "messages/send", JsonSerializer.SerializeToUtf8Bytes(Body(Base64Url.EncodeToString(reply.Raw), thread)), r => GmailJson.Id(r), cancel)
            : await calls.UploadAsync("send", "messages/send", JsonSerializer.SerializeToUtf8Bytes(Body(null, thread)), reply.Raw, r => GmailJson.Id(r), cancel);
        return new RemoteReceipt($"Gmail message {id}");
    }

    private static Dictionary<string, string> Body(string? raw, string? thread)
    {
        var body = new Dictionary<string, string>();
        if (raw is not null) body["raw"] = raw;
        if (thread is not null) body["threadId"] = thread;
        return body;
    }

    public async Task<bool> WasSentAsync(RemoteReply reply, CancellationToken cancel)
    {
        var id = reply.InternetMessageId.Trim('<', '>');
        if (await SearchAsync($"rfc822msgid:{id}", 1, cancel) is { Count: > 0 }) return true;
        // Google may give a sent mail another Message-ID; ours then stands beside it, where no search looks.
        var since = reply.Since.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var to = reply.Recipient.All(c => char.IsAsciiLetterOrDigit(c) || c is '@' or '.' or '-' or '_' or '+') ? $" to:{reply.Recipient}" : "";
        var sent = await SearchAsync($"after:{since}{to}", MostLooked, cancel);
        if (sent.Count == 0) return false;
        var heads = await calls.BatchAsync("look", [.. sent.Select(s => $"messages/{s}?format=metadata&metadataHeaders={MessageId}&metadataHeaders={Original}")], HeadBytes, cancel);
        // One that was not shown could be it: whoever looks must be able to trust a no.
        foreach (var head in heads)
        {
            if (head is null) throw GmailErrors.NoAnswer();
            if (!head.IsOk) throw GmailErrors.Of(head);
            if (GmailJson.Read(head.Body, m => m.TryGetProperty("payload", out var payload) && GmailJson.List(payload, "headers").Any(h => GmailJson.Text(h, "value")?.Trim().Trim('<', '>') == id))) return true;
        }
        return false;
    }

    private Task<IReadOnlyList<string>> SearchAsync(string query, int most, CancellationToken cancel)
        => calls.GetAsync("look", $"messages?labelIds=SENT&maxResults={most}&q={Uri.EscapeDataString(query)}", r => (IReadOnlyList<string>)[.. GmailJson.List(r, "messages").Select(m => GmailJson.Id(m))], cancel);
}
