using System.Text.Json;

namespace EmailOps.Benchmarks.Predict;

/// <summary>A message file of a data set and the id its scorer knows it by.</summary>
internal sealed record DataSetFile(string Id, string Path);

/// <summary>Lists the message files of a data set folder.</summary>
internal static class DataSetFiles
{
    /// <summary>
    /// From the index file (any .jsonl in the folder) only the fields "id" and "file" are read; files that no index names get their relative path
    /// without extension as id.
    /// </summary>
    public static IEnumerable<DataSetFile> List(string folder)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var index in Directory.EnumerateFiles(folder, "*.jsonl"))
        {
            foreach (var line in File.ReadLines(index).Where(l => l.Length > 0))
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.TryGetProperty("file", out var file) && json.RootElement.TryGetProperty("id", out var id))
                    named[file.GetString()!] = id.GetString()!;
            }
        }
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var relative = Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (named.TryGetValue(relative, out var id))
                yield return new DataSetFile(id, path);
            else if (relative.Contains('/', StringComparison.Ordinal) && named.Count == 0)
                yield return new DataSetFile(relative[..^Path.GetExtension(relative).Length], path);
        }
    }
}
