using System.Collections.Concurrent;
using EmailOps.Mail.Net;

namespace EmailOps.Tests.Mail.Net;

/// <summary>Keeps a protocol log: <c>C: </c> sent, <c>S: </c> received.</summary>
internal sealed class RecordingLog : IProtocolLog
{
    private readonly ConcurrentQueue<string> _lines = [];

    public IReadOnlyCollection<string> Lines => _lines;

    public string Text => string.Join('\n', _lines);

    public int Count(string part) => _lines.Count(line => line.Contains(part, StringComparison.Ordinal));

    public void Sent(string line) => _lines.Enqueue("C: " + line);

    public void Received(string line) => _lines.Enqueue("S: " + line);

    public void Event(string what) => _lines.Enqueue("*: " + what);
}
