using System.Text.Json;
using EmailOps.Benchmarks.Predict;

namespace EmailOps.Tests.Predict;

/// <summary>The predict tasks on small sets written here: right ids, right shapes, unlabelled rows, several files.</summary>
public sealed class PredictTaskTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("predict").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Multilabel_numbers_rows_through_and_gives_each_file_its_own_numbers()
    {
        Write("train/bank.jsonl", Enumerable.Range(0, 40).Select(i => new { text = i % 2 == 0 ? $"block my card {i}" : $"what is my balance {i}", intents = new[] { i % 2 == 0 ? "card" : "balance" } }));
        Write("data/bank.jsonl", new[] { new { text = "please block my card" } });
        Write("data/hotel.jsonl", new[] { new { text = "what is my balance" }, new { text = "block the card" } });
        var lines = Run("multilabel");
        Assert.Equal(["0", "1", "2"], lines.Select(l => l.GetProperty("id").GetString()));
        Assert.Equal(["card", "balance", "card"], lines.Select(l => l.GetProperty("intents").EnumerateArray().Single().GetString()));
        Assert.Equal(["0", "1"], Side("hotel").Select(l => l.GetProperty("id").GetString()));
        Assert.Equal("balance", Side("hotel")[0].GetProperty("intents")[0].GetString());
    }

    [Fact]
    public void Speech_acts_of_unlabelled_rows_are_told_by_row_number()
    {
        string[] asks = ["Please send me the file", "Could you call me", "Let me know when", "Can you check it", "Send the report please"];
        string[] tells = ["The file is here", "We met on Monday", "It was a good day", "The report is done", "He called me"];
        Write("train/train.jsonl", Enumerable.Range(0, 60).Select(i => new { label = i % 2 == 0 ? "Yes" : "No", text = $"{(i % 2 == 0 ? asks : tells)[i / 2 % 5]} {i}" }));
        Write("data/test.jsonl", new[] { new { text = "Could you send me the report" }, new { text = "The day was good" } });
        // Where test rows exist, the public rows beside them are not predicted.
        Write("data/train.jsonl", new[] { new { text = "x" } });
        var lines = Run("speech-act");
        Assert.Equal([("0", "Yes"), ("1", "No")], lines.Select(l => (l.GetProperty("id").GetString(), l.GetProperty("label").GetString())));
        Assert.All(lines, l => Assert.InRange(l.GetProperty("confidence").GetDouble(), 0.5, 1));
    }

    [Fact]
    public void Tickets_get_queue_type_and_priority_and_a_file_for_each()
    {
        Write("train/train.jsonl", Enumerable.Range(0, 60).Select(i => new { id = $"t{i}", subject = i % 2 == 0 ? "Invoice" : "Outage", body = i % 2 == 0 ? "The invoice is wrong, please correct the amount." : "The server is down and nobody can work.", queue = i % 2 == 0 ? "Billing" : "IT", priority = i % 2 == 0 ? "low" : "high", type = i % 3 == 0 ? null : i % 2 == 0 ? "Request" : "Incident" }));
        Write("data/train.jsonl", new[] { new { id = "a", subject = "Outage again", body = "The server is down.", tags = new[] { "x" } }, new { id = "b", subject = "Wrong invoice", body = "Please correct the amount.", tags = Array.Empty<string>() } });
        var lines = Run("tickets");
        Assert.Equal([("a", "IT", "Incident", "high"), ("b", "Billing", "Request", "low")], lines.Select(l => (l.GetProperty("id").GetString(), l.GetProperty("label").GetString(), l.GetProperty("type").GetString(), l.GetProperty("priority").GetString())));
        Assert.Equal(["Incident", "Request"], Side("type").Select(l => l.GetProperty("label").GetString()));
        Assert.Equal(["high", "low"], Side("priority").Select(l => l.GetProperty("label").GetString()));
    }

    [Fact]
    public void Spam_is_told_from_mail_whatever_the_folder_is_called()
    {
        var index = new List<object>();
        for (var i = 0; i < 40; i++)
        {
            var spam = i % 2 == 0;
            WriteText($"train/set/{i}.eml", spam ? Mail($"win{i}@cash{i}.test", "WIN CASH NOW!!!", "You won $1000. Click http://10.0.0.1/ now to claim your cash!") : Mail($"ann{i}@customer.test", $"Meeting on day {i}", "Shall we meet at ten to look at the plan? Regards, Ann"));
            index.Add(new { id = $"set/{i}", file = $"set/{i}.eml", label = spam ? "spam" : "ham" });
        }
        Write("train/labels.jsonl", index);
        WriteText("data/ham/one.eml", Mail("win99@cash99.test", "CASH FOR YOU!!!", "Click http://10.0.0.2/ now to claim $500 cash"));
        WriteText("data/spam/two.eml", Mail("ben@customer.test", "The plan", "Shall we look at the plan when we meet? Regards, Ben"));
        var lines = Run("spam-ham").ToDictionary(l => l.GetProperty("id").GetString()!, l => l.GetProperty("label").GetString());
        Assert.Equal("spam", lines["ham/one"]);
        Assert.Equal("ham", lines["spam/two"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Summaries_quote_threads_and_dialogues_with_training_or_without(bool trained)
    {
        object[] mails = [new { from = "Ann <a@x.test>", subject = "Plan", sentences = new[] { new { id = "1.1", text = "Hi Ben," }, new { id = "1.2", text = "Can we move the meeting about the plan to Friday?" } } }, new { from = "Ben <b@x.test>", subject = "Re: Plan", sentences = new[] { new { id = "2.1", text = "> Can we move the meeting about the plan to Friday?" }, new { id = "2.2", text = "Friday suits me and the plan is ready." } } }];
        var people = new[] { new { abstractive = new[] { new { text = "Ann asks to move the meeting to Friday and Ben agrees." } }, extractive = new[] { "1.2", "2.2" } } };
        Write("train/threads.jsonl", Enumerable.Range(0, 4).Select(i => new { id = $"t{i}", subject = "Plan", emails = mails, annotations = people }));
        Write("data/threads.jsonl", new[] { new { id = "t9", subject = "Plan", emails = mails } });
        Write("data/val.jsonl", new[] { new { id = "w1", messages = new[] { new { from_name = "Cy", from = "c@x.test", subject = "Lamp", text = "The lamp is broken.\nPlease send another lamp." } } } });
        Write("data/dev.jsonl", new[] { new { id = "d1", dialogue = "#Person1#: Where is the station?\n#Person2#: The station is behind the church." } });
        var lines = Run("summary", trained).ToDictionary(l => l.GetProperty("id").GetString()!);
        Assert.Equal(3, lines.Count);
        var ids = lines["t9"].GetProperty("sentence_ids").EnumerateArray().Select(i => i.GetString()).ToList();
        Assert.NotEmpty(ids);
        Assert.DoesNotContain("2.1", ids);
        Assert.False(lines["w1"].TryGetProperty("sentence_ids", out _));
        var source = string.Join(' ', mails.Select(m => JsonSerializer.Serialize(m))) + "The lamp is broken. Please send another lamp. Cy #Person1 #Person2 Where is the station? The station is behind the church.";
        Assert.All(lines.Values, l => Assert.All(l.GetProperty("summary").GetString()!.Split([' ', ':', '#'], StringSplitOptions.RemoveEmptyEntries), word => Assert.Contains(word, source, StringComparison.Ordinal)));
        Assert.All(lines.Values, l => Assert.NotEqual("", l.GetProperty("summary").GetString()));
    }

    private List<JsonElement> Run(string task, bool trained = true)
    {
        var output = Path.Combine(_root, "out.jsonl");
        var lines = PredictTasks.All[task](new PredictInput(Path.Combine(_root, "data"), trained ? Path.Combine(_root, "train") : null, output)).ToList();
        return lines.ConvertAll(Parse);
    }

    private List<JsonElement> Side(string name) => [.. File.ReadLines(Path.Combine(_root, $"out.{name}.jsonl")).Select(Parse)];

    private static JsonElement Parse(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.Clone();
    }

    private void Write<T>(string file, IEnumerable<T> rows) => WriteText(file, string.Join('\n', rows.Select(r => JsonSerializer.Serialize(r))) + "\n");

    private void WriteText(string file, string text)
    {
        var path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static string Mail(string from, string subject, string body) => $"From: {from}\r\nTo: us@shop.test\r\nSubject: {subject}\r\nMessage-ID: <{subject.Length}.{body.Length}@{from[(from.IndexOf('@', StringComparison.Ordinal) + 1)..]}>\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\n\r\n{body}\r\n";
}
