using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EmailOps.Benchmarks.MailServers;

/// <summary>A mail that the submission server accepted, with its envelope.</summary>
/// <param name="Number">In the order of acceptance, from 1.</param>
/// <param name="Login">Who logged in, or null.</param>
/// <param name="Options">Of MAIL FROM: SIZE=..., SMTPUTF8, BODY=8BITMIME.</param>
/// <param name="Raw">Without the dots of transport, nothing added.</param>
internal sealed record SubmittedMail(int Number, DateTimeOffset At, string? From, IReadOnlyList<string> To, IReadOnlyList<string> Options, string? Login, bool Tls, byte[] Raw)
{
    /// <summary>A header's first value, unfolded; for mails that we wrote ourselves.</summary>
    public string? Header(string name)
    {
        var text = Encoding.UTF8.GetString(Raw);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var head = (end < 0 ? text : text[..end]).Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", " ", StringComparison.Ordinal);
        return head.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
    }
}

/// <summary>One step that goes wrong on purpose.</summary>
/// <param name="Reply">Another answer ("451 4.7.1 later").</param>
/// <param name="Delay">Seconds to wait first.</param>
/// <param name="Close">Hang up without an answer.</param>
/// <param name="Times">How often; without it always.</param>
internal sealed record SinkFault(string? Reply = null, double Delay = 0, bool Close = false, int? Times = null);

/// <summary>The submission server's memory and its moods.</summary>
internal sealed class SubmissionSink(string folder)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly ConcurrentDictionary<string, SubmittedMail> _read = new(StringComparer.Ordinal);
    private readonly Lock _moods = new();
    private readonly Dictionary<string, Dictionary<string, SinkFault>> _faults = [];

    /// <summary>Everything accepted so far, in order.</summary>
    public IReadOnlyList<SubmittedMail> Received()
        => [.. Directory.EnumerateFiles(Path.Combine(folder, "received"), "*.json").Select(path => _read.GetOrAdd(path, Read)).OrderBy(mail => mail.Number)];

    /// <summary>What this user submitted.</summary>
    public IReadOnlyList<SubmittedMail> ReceivedFrom(MailUser user) => [.. Received().Where(mail => (mail.Login ?? mail.From) == user.Address)];

    /// <summary>What was accepted for this recipient.</summary>
    public IReadOnlyList<SubmittedMail> ReceivedFor(string address) => [.. Received().Where(mail => mail.To.Contains(address, StringComparer.OrdinalIgnoreCase))];

    /// <summary>
    /// From the next command on, for this sender only. Steps: auth, mail, rcpt, data (the command), end (all was read, nothing kept), stored (kept, not yet answered).
    /// </summary>
    public void Fail(MailUser user, string step, SinkFault fault) => Change(user.Address, faults => faults[step] = fault);

    public void Behave(MailUser user) => Change(user.Address, faults => faults.Clear());

    private void Change(string who, Action<Dictionary<string, SinkFault>> change)
    {
        lock (_moods)
        {
            if (!_faults.TryGetValue(who, out var faults)) _faults[who] = faults = [];
            change(faults);
            var path = Path.Combine(folder, "modes.json");
            File.WriteAllText(path + ".part", JsonSerializer.Serialize(_faults, Json));
            File.Move(path + ".part", path, overwrite: true);
        }
    }

    private static SubmittedMail Read(string path)
    {
        // The envelope is written last, so the mail is there when it is.
        var envelope = JsonSerializer.Deserialize<Envelope>(File.ReadAllBytes(path), Json)!;
        return new SubmittedMail(envelope.Number, DateTimeOffset.UnixEpoch.AddSeconds(envelope.At), envelope.From, envelope.To, envelope.Options, envelope.Login, envelope.Tls,
            File.ReadAllBytes(Path.ChangeExtension(path, ".eml")));
    }

    private sealed record Envelope(int Number, double At, string? From, string[] To, string[] Options, string? Login, bool Tls);
}
