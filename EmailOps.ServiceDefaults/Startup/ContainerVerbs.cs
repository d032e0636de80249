using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace EmailOps.ServiceDefaults.Startup;

/// <summary>
/// What a container asks of its own program, because its image has neither a shell nor curl: <c>healthcheck</c> (is the server in this container
/// ready?) and <c>pause SECONDS</c> (before a stop, until nobody sends new requests here any more).
/// </summary>
public static class ContainerVerbs
{
    /// <summary>Less than a probe waits, so that the answer is ours.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Guards against a pause that outlives every grace period.</summary>
    private const int MostSeconds = 300;

    /// <summary>Where a server of ours listens unless it is told otherwise, as Kestrel has it.</summary>
    private const string DefaultUrl = "http://localhost:5000";

    /// <returns>The exit code; null when the arguments are for the server itself.</returns>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        switch (args)
        {
            case ["healthcheck"]:
                return await AskAsync(new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables().Build(), Console.Out);
            case ["pause", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= MostSeconds:
                await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
                return 0;
            case ["healthcheck" or "pause", ..]:
                await Console.Error.WriteLineAsync($"Usage: healthcheck | pause SECONDS (0 to {MostSeconds})");
                return 2;
            default:
                return null;
        }
    }

    /// <summary>Asks <c>/health</c> on this machine and hands its report on.</summary>
    /// <returns>0 when the server says that it is ready, else 1.</returns>
    public static async Task<int> AskAsync(IConfiguration settings, TextWriter output)
    {
        var address = new Uri(Address(settings), "/health");
        // A proxy of the environment is for calls out of the container.
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = 64 * 1024 };
        try
        {
            using var answer = await client.GetAsync(address);
            await output.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.StatusCode == HttpStatusCode.OK ? 0 : 1;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            await output.WriteLineAsync($"{address} does not answer: {failure.Message}");
            return 1;
        }
    }

    /// <summary>The server's own address: the first of its URLS, else its first HTTP_PORTS.</summary>
    internal static Uri Address(IConfiguration settings)
    {
        var url = First(settings["URLS"]) ?? (First(settings["HTTP_PORTS"]) is { } port ? $"http://localhost:{port}" : DefaultUrl);
        var at = Microsoft.AspNetCore.Http.BindingAddress.Parse(url);
        // "Any address" is where a server listens, not where one can call.
        var host = at.Host is "*" or "+" or "0.0.0.0" or "[::]" or "localhost" ? "127.0.0.1" : at.Host;
        return new UriBuilder(at.Scheme, host, at.Port).Uri;
    }

    private static string? First(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var first, ..] ? first : null;
}
