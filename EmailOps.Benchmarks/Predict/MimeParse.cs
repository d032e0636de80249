using System.Text.Encodings.Web;
using System.Text.Json;
using EmailOps.Mail;

namespace EmailOps.Benchmarks.Predict;

/// <summary>What the MIME reader makes of each message file.</summary>
internal static class MimeParse
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IEnumerable<string> Run(PredictInput input) =>
        DataSetFiles.List(input.Data).Select(file => JsonSerializer.Serialize(Read(file), Json));

    private static object Read(DataSetFile file)
    {
        var message = MailMessage.Parse(File.ReadAllBytes(file.Path));
        return new
        {
            file.Id,
            message.Subject,
            From = Addresses(message.From),
            To = Addresses(message.To),
            Cc = Addresses(message.Cc),
            ReplyTo = Addresses(message.ReplyTo),
            DateEpoch = message.Date?.ToUnixTimeSeconds(),
            message.MessageId,
            Text = FirstText(message),
            Html = message.HtmlBody,
            message.VisibleText,
            Attachments = message.Attachments.Select(a => new
            {
                // The set names MIME parts only: nested messages and uuencoded files stand there without a name.
                Filename = a.Part is { Message: null } ? a.FileName : null,
                a.ContentType,
                a.Size,
                a.Sha256,
            }),
        };
    }

    /// <summary>The set's "text" is the first text/plain part, wherever it is.</summary>
    private static string? FirstText(MailMessage message)
    {
        if (message.BodyParts.FirstOrDefault(part => part.ContentType.MediaType != "text/html") is { } first)
            return ReferenceEquals(first, message.BodyParts[0]) && message.BodyParts.Count == 1 ? message.TextBody : first.DecodeText();
        return message.Attachments.Select(a => a.Part?.Message is { } inner ? FirstText(inner) : null).FirstOrDefault(text => text is not null);
    }

    private static IEnumerable<object> Addresses(IReadOnlyList<Address> list) => list.Select(a => new { Name = a.Name ?? "", Address = a.Addr });
}
