using System.Text.Encodings.Web;
using System.Text.Json;

namespace EmailOps.Benchmarks.Predict;

/// <summary>Reads the JSON-lines files of a data set and writes prediction lines.</summary>
internal static class JsonRows
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The test files where there are any, else every file of rows in the folder, by name.</summary>
    public static string[] Files(string folder)
    {
        var test = Path.Combine(folder, "test.jsonl");
        return File.Exists(test) ? [test] : [.. Directory.EnumerateFiles(folder, "*.jsonl").Order(StringComparer.Ordinal)];
    }

    public static IEnumerable<JsonElement> Read(string path)
    {
        foreach (var line in File.ReadLines(path).Where(l => !string.IsNullOrWhiteSpace(l)))
        {
            using var json = JsonDocument.Parse(line);
            yield return json.RootElement.Clone();
        }
    }

    /// <summary>A field as text; empty where the row has none.</summary>
    public static string Text(this JsonElement row, string name)
        => row.ValueKind == JsonValueKind.Object && row.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : "";

    public static IEnumerable<JsonElement> List(this JsonElement row, string name)
        => row.ValueKind == JsonValueKind.Object && row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    public static string Train(this PredictInput input) => input.Train ?? throw new InvalidOperationException("This task learns: give --train FOLDER.");
}
