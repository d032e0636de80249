using System.Text.Json;
using EmailOps.Mail;
using EmailOps.Mail.Automated;

namespace EmailOps.Benchmarks.Predict;

/// <summary>What each message file is taken for: person's mail, bounce, automatic reply and so on.</summary>
internal static class AutoMail
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static IEnumerable<string> Run(PredictInput input) => DataSetFiles.List(input.Data).Select(Predict);

    private static string Predict(DataSetFile file)
    {
        var found = AutomatedMail.Classify(MailMessage.Parse(File.ReadAllBytes(file.Path)));
        return JsonSerializer.Serialize(new
        {
            file.Id,
            Kind = JsonNamingPolicy.SnakeCaseLower.ConvertName(found.Kind.ToString()),
            Hard = found.IsHard,
            found.Status,
            found.Recipient,
            found.OriginalMessageId,
            found.Reason,
        }, Json);
    }
}
