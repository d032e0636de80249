using System.Text.Json;
using EmailOps.Mail;
using EmailOps.Mail.Automated;

namespace EmailOps.Tests.Mail.Automated;

/// <summary>The bars on the public half of the auto-mail corpus, judged as its scorer does.</summary>
public class AutomatedCorpusTests
{
    [Fact]
    public void All_automatic_mail_is_stopped_and_peoples_mail_kept_with_kind_and_status_right()
    {
        if (SharedData.Find("auto-mail") is not { } folder)
            return;
        List<string> answered = [], lost = [], wrongKind = [], wrongStatus = [];
        var (people, all, codes) = (0, 0, 0);
        foreach (var line in File.ReadLines(Path.Combine(folder, "labels.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            var label = json.RootElement;
            var (id, kind) = (label.GetProperty("id").GetString()!, label.GetProperty("kind").GetString()!);
            var found = AutomatedMail.Classify(MailMessage.Parse(File.ReadAllBytes(Path.Combine(folder, label.GetProperty("file").GetString()!))));
            var got = JsonNamingPolicy.SnakeCaseLower.ConvertName(found.Kind.ToString());
            all++;
            people += kind == "normal" ? 1 : 0;
            if (kind == "normal" && found.Kind != AutomatedKind.Normal)
                lost.Add(id);
            if (kind is not ("normal" or "not_bounce") && found.Kind == AutomatedKind.Normal)
                answered.Add(id);
            if (kind == "not_bounce" ? found.Kind == AutomatedKind.Bounce : got != kind)
                wrongKind.Add(id);
            if (kind != "bounce" || Statuses(label) is not { Count: > 0 } expected)
                continue;
            codes++;
            if (found.Status is null || !expected.Contains(found.Status))
                wrongStatus.Add(id);
        }

        Assert.True(answered.Count == 0, $"automatic mail that would be answered: {string.Join(", ", answered)}");
        Assert.True(lost.Count <= people * 0.005, $"people's mail taken for automatic: {string.Join(", ", lost)}");
        Assert.True(wrongKind.Count <= all * 0.03, $"kind wrong: {string.Join(", ", wrongKind)}");
        Assert.True(wrongStatus.Count <= codes * 0.05, $"status wrong: {string.Join(", ", wrongStatus)}");
    }

    // Details of 900 and more are the labeller's own codes for "not told".
    private static HashSet<string> Statuses(JsonElement label)
    {
        HashSet<string> found = [];
        if (!label.TryGetProperty("recipients", out var recipients))
            return found;
        foreach (var recipient in recipients.EnumerateArray())
        {
            var status = recipient.GetProperty("status").GetString();
            if (status is not null && int.Parse(status.Split('.')[2], System.Globalization.CultureInfo.InvariantCulture) < 900)
                found.Add(status);
        }

        return found;
    }
}
