using System.Text;
using System.Text.Json;
using EmailOps.Mail;

namespace EmailOps.Tests.Mail.Mime;

/// <summary>
/// The bar on the public half of the mime-parse corpus, on the fields that can be compared exactly. The whole judgement is the scorer's; this one keeps
/// a change from breaking it unseen.
/// </summary>
public class MimeCorpusTests
{
    private const double Bar = 0.99;

    [Fact]
    public void Headers_dates_and_addresses_of_the_corpus_are_read_as_expected()
    {
        if (SharedData.Find("mime-parse") is not { } folder)
            return;
        var fields = 0;
        List<string> missed = [];
        foreach (var line in File.ReadLines(Path.Combine(folder, "expected.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            var message = MailMessage.Parse(File.ReadAllBytes(Path.Combine(folder, json.RootElement.GetProperty("file").GetString()!)));
            var expected = json.RootElement.GetProperty("expected");
            foreach (var solid in json.RootElement.GetProperty("solid").EnumerateArray().Select(s => s.GetString()!))
            {
                if (Compare(solid, expected.GetProperty(solid), message) is not { } right)
                    continue;
                fields++;
                if (!right)
                    missed.Add($"{json.RootElement.GetProperty("id")} {solid}");
            }
        }

        Assert.True(fields > 1500, $"only {fields} fields were compared");
        Assert.True(missed.Count <= fields * (1 - Bar), $"{missed.Count} of {fields} missed: {string.Join(", ", missed)}");
    }

    /// <summary>Null for a field that only the scorer judges.</summary>
    private static bool? Compare(string field, JsonElement expected, MailMessage message) => field switch
    {
        "subject" => Plain(expected.GetString()!) == Plain(message.Subject),
        "message_id" => expected.GetString()!.Trim(' ', '<', '>') == Plain(message.MessageId ?? ""),
        "date_epoch" => expected.ValueKind == JsonValueKind.Null || expected.GetInt64() == message.Date?.ToUnixTimeSeconds(),
        "from" => Addresses(expected).SequenceEqual(Addresses(message.From)),
        "to" => Addresses(expected).SequenceEqual(Addresses(message.To)),
        "cc" => Addresses(expected).SequenceEqual(Addresses(message.Cc)),
        _ => null,
    };

    private static IEnumerable<string> Addresses(JsonElement list) =>
        list.EnumerateArray().Select(a => Plain(a.GetProperty("address").GetString() ?? "").ToLowerInvariant()).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Addresses(IReadOnlyList<Address> list) =>
        list.Select(a => Plain(a.Addr).ToLowerInvariant()).Order(StringComparer.Ordinal);

    private static string Plain(string text) =>
        string.Join(' ', text.Normalize(NormalizationForm.FormC).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
