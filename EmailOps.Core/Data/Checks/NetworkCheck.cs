using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using EmailOps.Core.Contracts;
using Microsoft.Extensions.Configuration;

namespace EmailOps.Core.Data.Checks;

/// <summary>Our ports on this machine: is it EmailOps that answers there, or somebody else; and the certificate that people see.</summary>
internal sealed class NetworkCheck(IConfiguration configuration, TimeProvider clock) : ILocalCheck
{
    private const int SoonDays = 14;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly (string Name, string Setting, int Default)[] Ports = [("API", "API_PORT", 8000), ("worker", "WORKER_PORT", 8080), ("console", "WEB_PORT", 8501)];

    public string Area => "network";

    public bool NeedsDatabase => false;

    public async Task<IReadOnlyList<CheckView>> RunAsync(CancellationToken cancel)
    {
        List<CheckView> found = [.. await Task.WhenAll(Ports.Select(p => PortAsync(p.Name, p.Setting, Number(p.Setting, p.Default), cancel)))];
        if (configuration["WEB_PUBLIC_URL"] is { Length: > 0 } url && Uri.TryCreate(url, UriKind.Absolute, out var address))
            found.Add(address.Scheme == Uri.UriSchemeHttps ? await CertificateAsync(address, cancel)
                : this.Warning("TLS", $"{url} is not protected: passwords and mail cross the network readable.", "Put a reverse proxy with TLS in front, and set WEB_PUBLIC_URL to its https:// address."));
        else if (configuration["BIND_ADDRESS"] is { Length: > 0 } bind && bind is not ("127.0.0.1" or "::1" or "localhost"))
            found.Add(this.Warning("TLS", $"EmailOps listens on {bind} without TLS.", "Put a reverse proxy with TLS in front and set WEB_PUBLIC_URL to its address, or set BIND_ADDRESS=127.0.0.1."));
        else found.Add(this.Skipped("TLS", "EmailOps listens on this machine only."));
        return found;
    }

    private int Number(string setting, int otherwise) => int.TryParse(configuration[setting], CultureInfo.InvariantCulture, out var port) ? port : otherwise;

    private async Task<CheckView> PortAsync(string name, string setting, int port, CancellationToken cancel)
    {
        if (port == 0) return this.Skipped($"{name} port", $"{setting} is 0: chosen at each start.");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = Patience }) { Timeout = Patience, MaxResponseContentBufferSize = 64 * 1024 };
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/alive"), cancel);
            var text = await answer.Content.ReadAsStringAsync(cancel);
            return text.StartsWith("""{"status":""", StringComparison.Ordinal)
                ? this.Ok($"{name} port", $"EmailOps answers on {port}.")
                : Taken(name, setting, port);
        }
        catch (HttpRequestException failure) when (failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return this.Skipped($"{name} port", $"{port} is free: no {name} runs on this machine's own address.");
        }
        catch (Exception failure) when (failure is HttpRequestException || failure is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return Taken(name, setting, port);
        }
    }

    private CheckView Taken(string name, string setting, int port) => this.Warning($"{name} port", $"{port} is in use by another program.", $"Where the {name} is to run on this machine, stop that program (ss -ltnp 'sport = :{port}'), or set {setting} to a free port.");

    private async Task<CheckView> CertificateAsync(Uri address, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience * 2);
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(address.Host, address.Port, limit.Token);
            await using var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, limit.Token);
            using var certificate = new System.Security.Cryptography.X509Certificates.X509Certificate2(tls.RemoteCertificate!);
            var days = (certificate.NotAfter.ToUniversalTime() - clock.GetUtcNow().UtcDateTime).TotalDays;
            return days < SoonDays
                ? this.Warning("TLS", $"The certificate of {address.Host} is valid for {days:0} more days.", "Have it renewed, and see why that did not happen by itself.")
                : this.Ok("TLS", $"The certificate of {address.Host} is valid for {days:0} more days.");
        }
        catch (AuthenticationException failure)
        {
            return this.Failed("TLS", $"{address.Host} shows no certificate that browsers accept: {failure.Message}", "Renew it, or have the proxy send the whole chain.");
        }
        catch (Exception failure) when (failure is SocketException or IOException || failure is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return this.Warning("TLS", $"{address} cannot be reached from here: {failure.Message}", "Check WEB_PUBLIC_URL and the proxy in front. From this machine it may be unreachable on purpose.");
        }
    }
}
