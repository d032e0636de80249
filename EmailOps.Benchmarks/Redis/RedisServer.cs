using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EmailOps.AppHost.Postgres;
using EmailOps.Benchmarks.Proxies;

namespace EmailOps.Benchmarks.Redis;

/// <summary>
/// A real Redis on a free port of loopback that can be killed, started again, stopped in its tracks and asked. It ends with this process, however that ends.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly string[] Folders = ["/usr/bin", "/usr/local/bin", "/usr/sbin", "/opt/homebrew/bin"];
    private readonly string _folder;
    private readonly string[] _settings;
    private readonly Process _guardian;
    private Process? _server;

    private RedisServer(string folder, int port, string[] settings)
    {
        (_folder, Port, _settings) = (folder, port, settings);
        // Waits on a pipe that we hold, in a session of its own: kill -9 ends us and closes the pipe.
        _guardian = Command.Start(["setsid", "sh", "-c", "exec >/dev/null 2>&1; cat; kill -9 \"$(cat \"$1/pid\")\"; rm -rf \"$1\"", "emailops-redis", folder], redirectOutput: false);
    }

    public int Port { get; }
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Why it cannot run here, or null. Does not install anything: ./test.sh does.</summary>
    public static string? Missing() => Program() is null ? "no redis-server; eng/redis.sh installs it" : null;

    /// <param name="settings">As in redis.conf: <c>--requirepass</c>, <c>secret</c>.</param>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("emailops-redis-").FullName;
        // Debian's redis-tools has the server under another name; what it does is told by the name it is called by.
        File.CreateSymbolicLink(Path.Combine(folder, "redis-server"), Program() ?? throw new InvalidOperationException(Missing()));
        var server = new RedisServer(folder, FreePorts.Take(), settings);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Empty, on the same port. Returns when it answers.</summary>
    public async Task StartAgainAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            _server = Command.Start([Path.Combine(_folder, "redis-server"), "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder, "--logfile", Path.Combine(_folder, "log"), .. _settings], redirectOutput: false);
            await File.WriteAllTextAsync(Path.Combine(_folder, "pid"), _server.Id.ToString(CultureInfo.InvariantCulture));
            for (var wait = 0; wait < 500 && !_server.HasExited; wait++)
            {
                if (await AnswersAsync()) return;
                await Task.Delay(10);
            }
            if (attempt == 3) throw new InvalidOperationException($"Redis does not start: {await File.ReadAllTextAsync(Path.Combine(_folder, "log"))}");
            await KillAsync();
        }
    }

    /// <summary>At once, as kill -9 does it: nothing is tidied up, and everything in it is gone.</summary>
    public async Task KillAsync()
    {
        if (_server is not { } server) return;
        server.Kill();
        await server.WaitForExitAsync();
        server.Dispose();
        _server = null;
    }

    /// <summary>It takes connections and bytes still, as the kernel does that, and answers nothing.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    public Task GoOnAsync() => SignalAsync("CONT");

    /// <summary>One command of words without blanks (Redis' inline form), with a connection of its own.</summary>
    /// <returns>The answer as it stands on the wire.</returns>
    public async Task<string> AskAsync(params string[] words)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"{string.Join(' ', words)}\r\n"));
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _guardian.StandardInput.Close();
        await _guardian.WaitForExitAsync();
        _guardian.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        var done = await Command.RunAsync(["kill", $"-{signal}", _server!.Id.ToString(CultureInfo.InvariantCulture)], CancellationToken.None);
        if (!done.Succeeded) throw new InvalidOperationException(done.LastLines(2));
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            // Also one that wants a password answers.
            return (await AskAsync("PING")).Length > 0;
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return false;
        }
    }

    private static string? Program() => Folders.SelectMany(folder => (string[])[$"{folder}/redis-server", $"{folder}/redis-check-rdb"]).FirstOrDefault(File.Exists);
}
