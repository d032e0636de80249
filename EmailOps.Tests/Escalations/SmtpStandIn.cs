using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EmailOps.Tests.Escalations;

/// <summary>How it ends a mail.</summary>
internal enum SmtpEnd
{
    Takes,
    Refuses,
    /// <summary>Closes the connection after the final dot, without a word.</summary>
    Silent,
}

/// <summary>A submission server that takes mail, refuses it, or says nothing at the worst moment.</summary>
internal sealed class SmtpStandIn : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();

    public SmtpStandIn()
    {
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public SmtpEnd Ends { get; set; }
    public List<string> Mails { get; } = [];

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_over.Token);
                await TalkAsync(client.GetStream());
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await SayAsync("220 stand-in");
        try
        {
            while (await reader.ReadLineAsync(_over.Token) is { } line)
            {
                switch (line.Split(' ')[0].ToUpperInvariant())
                {
                    case "EHLO": await SayAsync("250-stand-in\r\n250 8BITMIME"); break;
                    case "DATA":
                        await SayAsync("354 go on");
                        var mail = new StringBuilder();
                        while (await reader.ReadLineAsync(_over.Token) is { } data && data != ".") mail.Append(data).Append("\r\n");
                        if (Ends == SmtpEnd.Silent) return;
                        if (Ends == SmtpEnd.Takes) Mails.Add(mail.ToString());
                        await SayAsync(Ends == SmtpEnd.Takes ? "250 taken" : "554 not wanted");
                        break;
                    case "QUIT": await SayAsync("221 bye"); return;
                    default: await SayAsync("250 ok"); break;
                }
            }
        }
        catch (IOException)
        {
            return;
        }

        Task SayAsync(string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text + "\r\n"), _over.Token).AsTask();
    }

    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
        _over.Dispose();
    }
}
