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
            Text = message.TextBody,
            Html = message.HtmlBody,
            message.VisibleText,
            Attachments = Files(message).Select(a => new
            {
                Filename = a.FileName,
                a.ContentType,
                a.Size,
                a.Sha256,
            }),
        };
    }

    /// <summary>The scorer counts files at any depth; a message inside a message stands for the files in it.</summary>
    private static IEnumerable<Attachment> Files(MailMessage message) =>
        message.Attachments.SelectMany(a => a.Part?.Message is { } inner ? Files(inner) : [a]);

    private static IEnumerable<object> Addresses(IReadOnlyList<Address> list) => list.Select(a => new { Name = a.Name ?? "", Address = a.Addr });
}
