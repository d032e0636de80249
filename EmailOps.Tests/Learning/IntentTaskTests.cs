using System.Text.Json;
using EmailOps.Benchmarks.Predict;

namespace EmailOps.Tests.Learning;

public sealed class IntentTaskTests : IDisposable
{
    private static readonly string[] s_fruits = ["apple", "pear", "plum", "cherry"];
    private static readonly string[] s_vehicles = ["car", "bus", "truck", "tram"];
    private readonly string _folder = Directory.CreateTempSubdirectory("intent-task").FullName;

    [Fact]
    public void Rows_without_labels_are_numbered_through_both_test_files_and_none_of_the_labels_is_an_answer()
    {
        Write("train/train.jsonl", Examples().Select(e => Json(("text", e.Text), ("intent", e.Label))));
        Write("train/oos_train.jsonl", Enumerable.Range(0, 10).Select(i => Json(("text", $"what is the weather like tomorrow in town number {i}"), ("intent", "oos"))));
        Write("data/test.jsonl", [Json(("text", "a sweet apple and a pear")), "", Json(("text", "the bus and the tram"))]);
        Write("data/oos_test.jsonl", [Json(("text", "weather tomorrow"))]);
        var lines = Predict();
        Assert.Equal(["0", "1", "2"], lines.Select(l => l.Id));
        Assert.Equal(["fruit", "vehicle"], lines.Take(2).Select(l => l.Label));
        Assert.True(lines[2].Confidence < lines[0].Confidence && lines[2].Confidence < lines[1].Confidence, "A text of no label must be the least certain.");
    }

    [Fact]
    public void Commas_quotes_empty_lines_and_wrong_labels_in_the_data_change_nothing()
    {
        Write("train/train.csv", ["text,category", .. Examples().Select(e => $"\"{e.Text}, they say \"\"{e.Label}\"\"\",{e.Label}")]);
        Write("data/test.csv", ["text,category", "\"the bus, the \"\"tram\"\"\nand the truck\",", "", "a pear and a plum,vehicle"]);
        Assert.Equal([("0", "vehicle"), ("1", "fruit")], Predict().Select(l => (l.Id, l.Label)));
    }

    [Fact]
    public void Ids_of_the_set_are_kept_and_its_normalised_texts_are_read_where_both_sides_have_them()
    {
        Write("train/train.jsonl", Examples().Select((e, i) => Json(("id", $"x-{i}"), ("text", "?"), ("text_normalised", e.Text), ("intent", e.Label))));
        Write("data/train.jsonl", [Json(("id", "x-7"), ("text", "?"), ("text_normalised", "a fast truck"))]);
        Assert.Equal([("x-7", "vehicle")], Predict().Select(l => (l.Id, l.Label)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private List<(string Id, string Label, double Confidence)> Predict()
        => [.. PredictTasks.All["intent"](new PredictInput(Path.Combine(_folder, "data"), Path.Combine(_folder, "train"))).Select(line =>
        {
            using var json = JsonDocument.Parse(line);
            return (json.RootElement.GetProperty("id").GetString()!, json.RootElement.GetProperty("label").GetString()!, json.RootElement.GetProperty("confidence").GetDouble());
        })];

    private void Write(string name, IEnumerable<string> lines)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, lines);
    }

    private static string Json(params (string Name, string Value)[] fields) => JsonSerializer.Serialize(fields.ToDictionary(f => f.Name, f => f.Value));

    private static IEnumerable<(string Text, string Label)> Examples()
    {
        for (var i = 0; i < 40; i++)
        {
            yield return ($"a ripe {s_fruits[i % 4]} and a sweet {s_fruits[i / 4 % 4]}", "fruit");
            yield return ($"the fast {s_vehicles[i % 4]} meets the {s_vehicles[i / 4 % 4]}", "vehicle");
        }
    }
}
