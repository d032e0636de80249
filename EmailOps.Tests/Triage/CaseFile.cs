using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage;
using EmailOps.Mail.Automated;

namespace EmailOps.Tests.Triage;

/// <summary>
/// A triage case: lines of context (<c>from:</c>, <c>subject:</c>, <c>hidden:</c>, <c>automated:</c>, <c>attachment:</c>, <c>quoted:</c>), one or more
/// <c>expect:</c> lines, an empty line, and the message. An expectation is <c>name=value</c>; alternatives are separated by <c>|</c>.
/// </summary>
internal sealed class CaseFile
{
    private readonly List<(string Key, string Value)> _head = [];
    private readonly string _body;

    public CaseFile(string path)
    {
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        foreach (var line in text[..end].Split('\n'))
            if (line.Length > 0 && line[0] != '#')
                _head.Add((line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()));
        _body = text[(end + 2)..].TrimEnd('\n').Replace("\\u200b", "\u200B", StringComparison.Ordinal);
    }

    public IncomingMessage Message => TriageUnderTest.Mail(_body, One("subject") ?? "", One("from") ?? "kim@customer.test", One("name") ?? "Kim Berg") with
    {
        HiddenText = One("hidden") ?? "",
        Text = One("quoted") is { } quoted ? $"{_body}\n\n> {quoted}" : _body,
        Automated = One("automated") is { } kind ? Enum.Parse<AutomatedKind>(kind) : AutomatedKind.Normal,
        Attachments = One("attachment") is { } name ? [new AttachmentInfo(0, name, "application/octet-stream", 100, "", false)] : [],
        UnansweredBefore = int.Parse(One("unanswered") ?? "0", System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>What is not as expected, one line each.</summary>
    public IEnumerable<string> Failures(TriageResult result, Core.Policy.Decision decision)
    {
        foreach (var run in result.Runs.Where(r => r.Outcome == AgentOutcome.Failed))
            yield return $"the agent {run.Agent} failed: {run.Detail}";
        foreach (var expectation in _head.Where(h => h.Key == "expect").SelectMany(h => h.Value.Split("; ")))
        {
            var at = expectation.IndexOf('=', StringComparison.Ordinal);
            var (name, wanted) = (expectation[..at].Trim(), expectation[(at + 1)..].Trim());
            var actual = Actual(name, result, decision);
            if (!wanted.Split('|').Any(w => Fits(name, w, actual)))
                yield return $"{name} is \"{string.Join(", ", actual)}\", expected {wanted}";
        }
    }

    private static string[] Actual(string name, TriageResult r, Core.Policy.Decision decision) => name switch
    {
        "category" => [r.Category],
        "decision" => [decision.Kind.ToString()],
        "language" => [r.Language],
        "priority" => [r.Priority.ToString(System.Globalization.CultureInfo.InvariantCulture)],
        "signal" or "no-signal" => [.. r.Signals.Select(s => s.Name)],
        "escalation" => [r.EscalationReason ?? "none"],
        "draft" => [r.Draft?.Body ?? "none"],
        "summary" => [r.Summary],
        "article" => [.. r.Citations.Select(c => c.Article)],
        _ when name.StartsWith("entity-", StringComparison.Ordinal) => [.. r.Entities.Where(e => e.Kind == name["entity-".Length..]).Select(e => e.Value)],
        _ => throw new InvalidDataException($"\"{name}\" is nothing a case can expect."),
    };

    private static bool Fits(string name, string wanted, string[] actual) => name switch
    {
        "priority" when wanted.Contains('-', StringComparison.Ordinal) => wanted.Split('-') is [var low, var high] && int.Parse(actual[0], System.Globalization.CultureInfo.InvariantCulture) is var p && p >= int.Parse(low, System.Globalization.CultureInfo.InvariantCulture) && p <= int.Parse(high, System.Globalization.CultureInfo.InvariantCulture),
        "no-signal" => !actual.Contains(wanted),
        "draft" or "summary" or "article" or "escalation" => actual.Any(a => a.Contains(wanted, StringComparison.OrdinalIgnoreCase)),
        _ => actual.Contains(wanted),
    };

    private string? One(string key) => _head.FirstOrDefault(h => h.Key == key).Value;
}
