using System.Text.Json;

namespace EmailOps.Benchmarks.Predict;

/// <summary>Prediction files beside the main one: "out.jsonl" gets "out.type.jsonl", for scorers that read one label or one data file at a time.</summary>
internal sealed class SideFiles(string? output) : IDisposable
{
    private readonly Dictionary<string, StreamWriter> _writers = new(StringComparer.Ordinal);

    public void Write(string name, object line)
    {
        if (output is null)
            return;
        if (!_writers.TryGetValue(name, out var writer))
            _writers[name] = writer = new StreamWriter(Path.Combine(Path.GetDirectoryName(output) ?? "", $"{Path.GetFileNameWithoutExtension(output)}.{name}{Path.GetExtension(output)}"));
        writer.WriteLine(JsonSerializer.Serialize(line, JsonRows.Json));
    }

    public void Dispose()
    {
        foreach (var writer in _writers.Values)
            writer.Dispose();
    }
}
