using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EmailOps.Mail.Net;

/// <summary>
/// A line-oriented connection to a mail server. One reader and one writer may work at the same time. Every failure is a
/// <see cref="MailConnectionException"/>; after one, and after a cancelled call, the connection is of no more use.
/// </summary>
public sealed class MailConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly ConnectionLimits _limits;
    private readonly TimeProvider _time;
    private readonly IProtocolLog? _log;
    private readonly ProtocolText _text = new();
    private readonly WireReader _reader;
    private readonly WireWriter _writer;
    private Stream _stream;
    private int _disposed;

    private MailConnection(MailServer server, Socket socket, ConnectionLimits limits, IProtocolLog? log, TimeProvider time)
    {
        (Server, _socket, _limits, _log, _time) = (server, socket, limits, log, time);
        (_reader, _writer) = (new WireReader(limits, time), new WireWriter(limits, time));
        Use(_stream = new NetworkStream(socket, ownsSocket: true));
    }

    public MailServer Server { get; }

    public bool IsEncrypted => _stream is SslStream;

    /// <summary>The version of TLS, or null.</summary>
    public SslProtocols? Tls => (_stream as SslStream)?.SslProtocol;

    /// <summary>What the server showed and was trusted for, or null without TLS. Ends with the connection.</summary>
    public X509Certificate2? ServerCertificate => (_stream as SslStream)?.RemoteCertificate as X509Certificate2;

    public EndPoint? RemoteAddress => _socket.RemoteEndPoint;

    public EndPoint? LocalAddress => _socket.LocalEndPoint;

    /// <summary>Bytes of the protocol received, TLS framing not counted.</summary>
    public long BytesRead => _reader.Total;

    /// <summary>Bytes of the protocol sent, TLS framing not counted.</summary>
    public long BytesWritten => _writer.Total;

    /// <summary>Opens the connection and, where the server is so set, TLS before the first word.</summary>
    /// <exception cref="MailConnectionException">Name, address, time, TLS or certificate.</exception>
    public static async Task<MailConnection> ConnectAsync(MailServer server, ConnectionLimits? limits = null, IProtocolLog? log = null, TimeProvider? time = null, CancellationToken cancel = default)
    {
        (limits, time) = (limits ?? ConnectionLimits.Default, time ?? TimeProvider.System);
        var socket = await AddressRace.ConnectAsync(server, limits, time, cancel);
        var connection = new MailConnection(server, socket, limits, log, time);
        try
        {
            log?.Event($"connected to {server} ({socket.RemoteEndPoint})");
            if (server.Security == TransportSecurity.ImplicitTls)
                await connection.HandshakeAsync(cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Goes over to TLS, after the server agreed to STARTTLS. What it sent before the handshake is thrown away: somebody on the way may have put it
    /// there, and it must not be taken for an answer under TLS (the flaw known as STARTTLS injection).
    /// </summary>
    public async Task StartTlsAsync(CancellationToken cancel = default)
    {
        if (IsEncrypted)
            throw new InvalidOperationException("The connection is encrypted already.");
        if (_reader.Discard() is > 0 and var count)
            _log?.Event($"{count} bytes that came before TLS were thrown away");
        await HandshakeAsync(cancel);
    }

    /// <summary>A line without its end, valid until the next read. Its first byte may take <paramref name="silence"/>, by default the limit for reads.</summary>
    public ValueTask<ReadOnlyMemory<byte>> ReadLineAsync(TimeSpan? silence = null, CancellationToken cancel = default)
    {
        var reading = _reader.ReadLineAsync(silence ?? _limits.Read, cancel);
        return _log is null ? reading : Logged(reading);

        async ValueTask<ReadOnlyMemory<byte>> Logged(ValueTask<ReadOnlyMemory<byte>> waiting)
        {
            var line = await waiting;
            _log.Received(_text.Received(line.Span));
            return line;
        }
    }

    /// <summary>Fills <paramref name="bytes"/>. Content: counted in the log, never shown.</summary>
    public ValueTask ReadContentAsync(Memory<byte> bytes, CancellationToken cancel = default)
    {
        _log?.Received($"{{{bytes.Length} bytes}}");
        return _reader.ReadAsync(bytes, cancel);
    }

    /// <summary>Hands the next <paramref name="count"/> bytes to a sink piece by piece (valid during the call only); without a sink they are dropped.</summary>
    public ValueTask ReadContentAsync(long count, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? sink, CancellationToken cancel = default)
    {
        _log?.Received($"{{{count} bytes}}");
        return _reader.ReadPiecesAsync(count, sink, cancel);
    }

    /// <summary>Gathers a line; the line end is added. Nothing leaves before <see cref="FlushAsync"/>.</summary>
    public void WriteLine(ReadOnlySpan<byte> line)
    {
        _writer.Write(line);
        _writer.Write("\r\n"u8);
        _log?.Sent(_text.Sent(line));
    }

    /// <summary>Gathers a line of text (UTF-8).</summary>
    /// <exception cref="ArgumentException">The text has a line end inside: it would be read as two commands.</exception>
    public void WriteLine(string line)
    {
        if (line.AsSpan().ContainsAny('\r', '\n', '\0'))
            throw new ArgumentException("A command is one line.", nameof(line));
        WriteLine(Encoding.UTF8.GetBytes(line));
    }

    /// <summary>Gathers a line that holds credentials. The log sees <paramref name="shown"/> and a mask.</summary>
    public void WriteSecretLine(string line, string shown = "")
    {
        if (line.AsSpan().ContainsAny('\r', '\n', '\0'))
            throw new ArgumentException("A command is one line.", nameof(line));
        _writer.Write(Encoding.UTF8.GetBytes(line));
        _writer.Write("\r\n"u8);
        _log?.Sent(shown.Length == 0 ? ProtocolText.Mask : $"{shown} {ProtocolText.Mask}");
    }

    /// <summary>Gathers bytes as they are. Content: counted in the log, never shown.</summary>
    public void WriteContent(ReadOnlySpan<byte> bytes)
    {
        _writer.Write(bytes);
        _log?.Sent($"{{{bytes.Length} bytes}}");
    }

    /// <summary>Flushes, then sends bytes without copying them first. Content: counted in the log, never shown.</summary>
    public async ValueTask SendContentAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel = default)
    {
        _log?.Sent($"{{{bytes.Length} bytes}}");
        await _writer.FlushAsync(cancel);
        await _writer.SendAsync(bytes, cancel);
    }

    public ValueTask FlushAsync(CancellationToken cancel = default) => _writer.FlushAsync(cancel);

    /// <summary>Names what must never be in the log, whoever says it: passwords, tokens, and the forms they travel in.</summary>
    public void Hide(IEnumerable<string> secrets)
    {
        foreach (var secret in secrets)
            _text.AddSecret(secret);
    }

    /// <summary>To be asked before credentials are sent.</summary>
    /// <exception cref="MailConnectionException">They would cross a network in plain text.</exception>
    public void RequirePrivacy()
    {
        var isHere = RemoteAddress is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address);
        if (!IsEncrypted && !isHere && !Server.AllowPlainTextCredentials)
            throw new MailConnectionException(ConnectionFailure.PlainText, $"The connection to {Server} is not encrypted; credentials are not sent over it.");
    }

    /// <summary>Cuts the connection at once, from any thread; a read that waits fails.</summary>
    public void Abort()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        _log?.Event($"closed, {BytesRead} bytes in, {BytesWritten} out");
        _socket.Dispose();
        _stream.Dispose();
        _reader.Dispose();
        _writer.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Abort();
        return ValueTask.CompletedTask;
    }

    private async Task HandshakeAsync(CancellationToken cancel)
    {
        var tls = await TlsHandshake.RunAsync(_stream, Server, _limits, _time, cancel);
        Use(_stream = tls);
        _log?.Event($"{tls.SslProtocol} agreed, {tls.NegotiatedCipherSuite}");
    }

    private void Use(Stream stream) => _reader.Stream = _writer.Stream = stream;
}
