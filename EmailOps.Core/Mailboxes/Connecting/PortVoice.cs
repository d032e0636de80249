using System.Text;
using EmailOps.Mail.Net;

namespace EmailOps.Core.Mailboxes.Connecting;

/// <summary>What a port says by itself, to tell a wrong port from a wrong protection.</summary>
/// <param name="Plain">Its first line without TLS; null: it waits for us.</param>
/// <param name="SpeaksTls">It answers a TLS handshake.</param>
/// <param name="Greeting">Its first line, in whichever way it came.</param>
internal sealed record PortVoice(string? Plain, bool SpeaksTls, string? Greeting)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private const int MostCharacters = 120;

    /// <summary>What kind of server it is, in words; null when that cannot be told.</summary>
    public string? Kind => Greeting switch
    {
        null => null,
        _ when Greeting.StartsWith("* ", StringComparison.Ordinal) => "IMAP",
        _ when Greeting.StartsWith("220", StringComparison.Ordinal) || Greeting.StartsWith("554", StringComparison.Ordinal) => "SMTP",
        _ when Greeting.StartsWith("+OK", StringComparison.Ordinal) => "POP3",
        _ when Greeting.StartsWith("HTTP/", StringComparison.Ordinal) => "web",
        _ when Greeting.StartsWith("SSH-", StringComparison.Ordinal) => "SSH",
        _ => null,
    };

    public static async Task<PortVoice> ListenAsync(MailServer server, TimeProvider clock, CancellationToken cancel)
    {
        var limits = new ConnectionLimits { Connect = Patience, Handshake = Patience, Read = Patience, Line = Patience, MaxLine = 4096, ReadBuffer = 4096 };
        var plain = await FirstLineAsync(server with { Security = TransportSecurity.None }, limits, clock, cancel);
        if (plain.Line is not null) return new PortVoice(plain.Line, false, plain.Line);
        var tls = await FirstLineAsync(server with { Security = TransportSecurity.ImplicitTls }, limits, clock, cancel);
        return new PortVoice(null, tls.Connected, tls.Line);
    }

    private static async Task<(bool Connected, string? Line)> FirstLineAsync(MailServer server, ConnectionLimits limits, TimeProvider clock, CancellationToken cancel)
    {
        var connected = false;
        try
        {
            await using var connection = await MailConnection.ConnectAsync(server, limits, null, clock, cancel);
            connected = true;
            var line = Encoding.Latin1.GetString((await connection.ReadLineAsync(Patience, cancel)).Span);
            return (true, StepList.Printable(line.Length > MostCharacters ? line[..MostCharacters] : line));
        }
        catch (MailConnectionException failure)
        {
            // A certificate that is not trusted was shown under TLS all the same.
            return (connected || failure.Kind == ConnectionFailure.Certificate, null);
        }
    }
}
