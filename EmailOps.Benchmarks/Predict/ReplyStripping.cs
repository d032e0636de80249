using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using EmailOps.Mail.Replies;

namespace EmailOps.Benchmarks.Predict;

/// <summary>What the reply parser makes of each case of <c>cases.jsonl</c>. Only "id", "kind" and "input" are read.</summary>
internal static class ReplyStripping
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<string> Run(PredictInput input)
    {
        foreach (var file in Directory.EnumerateFiles(input.Data, "*.jsonl").Order(StringComparer.Ordinal))
        {
            foreach (var line in File.ReadLines(file).Where(l => l.Length > 0))
            {
                using var json = JsonDocument.Parse(line);
                var root = json.RootElement;
                if (root.TryGetProperty("id", out var id) && root.TryGetProperty("input", out var body))
                    yield return Predict(id.GetString()!, root.TryGetProperty("kind", out var kind) && kind.GetString() == "html", body.GetString()!);
            }
        }
    }

    private static string Predict(string id, bool isHtml, string body)
    {
        var clock = Stopwatch.StartNew();
        var reply = isHtml ? ReplyParser.ParseHtml(body) : ReplyParser.Parse(body);
        var ms = clock.Elapsed.TotalMilliseconds;
        var forwarded = reply.Forwarded;
        return JsonSerializer.Serialize(new
        {
            id,
            Reply = reply.NewText,
            reply.Signature,
            ms,
            Forward = forwarded is null ? null : new
            {
                Type = forwarded.SaysOriginal && !forwarded.SaysForwarded ? "reply" : "forward",
                forwarded.From,
                forwarded.To,
                forwarded.Subject,
                forwarded.Date,
                forwarded.Text,
            },
        }, Json);
    }
}
