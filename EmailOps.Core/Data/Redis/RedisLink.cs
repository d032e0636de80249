using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace EmailOps.Core.Data.Redis;

/// <summary>
/// The one connection of a process to Redis. Connects in the background from its first use on, so that nothing ever waits for it; a command is answered within
/// <see cref="RedisOptions.Patience"/> or not at all, and then the caller's twin serves. One command without an answer and nobody asks any more, until a beat has
/// gone out and come back by itself. What is asked here may be carried out late, after everybody gave it up: it must do no harm then.
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    /// <summary>A connection that is still there but silent gets this long before it is replaced by a new one.</summary>
    private static readonly TimeSpan s_renewAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);
    private readonly ConfigurationOptions _address;
    private readonly RedisOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _lost = new(0);
    private readonly RedisState _state;
    private readonly Task _loop;
    private volatile RedisConnection? _connection;
    private volatile IDatabase? _serves;

    public RedisLink(ConfigurationOptions address, RedisOptions options, TimeProvider clock, ILogger<RedisLink> log)
    {
        (_address, _options, _clock, _log) = (address, options, clock, log);
        _state = new RedisState(string.Join(", ", address.EndPoints.Select(e => RedisState.Name(e.ToString() ?? ""))), clock);
        Keys = new RedisKeys(options.Prefix);
        RedisTelemetry.Watch(_state);
        _loop = Task.Run(RunAsync);
    }

    public RedisKeys Keys { get; }
    public RedisState State => _state;
    public bool IsUp => _serves is not null;

    /// <summary>Payloads of our channel.</summary>
    public event Action<string>? Heard;
    /// <summary>Redis serves again: whatever was said in between was not heard.</summary>
    public event Action? Returned;

    /// <summary>For those who would rather wait a moment than do without, such as a command of a person.</summary>
    /// <returns>False when it has been away for so long.</returns>
    public async Task<bool> IsUpWithinAsync(TimeSpan patience, CancellationToken cancel)
    {
        // One that was away before is not waited for.
        while (!IsUp && _state.AwayFor < patience) await Task.Delay(s_look, _clock, cancel);
        return IsUp;
    }

    /// <returns>Null when Redis does not serve: away, too slow, or it refused.</returns>
    public async Task<RedisResult?> AskAsync(string command, params object[] arguments)
    {
        if (_serves is not { } database)
        {
            RedisTelemetry.Command("away");
            return null;
        }
        try
        {
            var answer = await InTimeAsync(() => database.ExecuteAsync(command, arguments));
            RedisTelemetry.Command("ok");
            return answer;
        }
        catch (RedisServerException refused)
        {
            RedisTelemetry.Command("refused");
            if (_state.Refused(refused.Message)) RedisLog.Refused(_log, refused.Message);
            return null;
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            RedisTelemetry.Command("lost");
            Lose(database, Reason(failure));
            return null;
        }
    }

    /// <summary>A script as a whole: nothing of others happens between its commands. Sent with its text, so that a server that was restarted knows it.</summary>
    /// <returns>Null when Redis does not serve.</returns>
    public Task<RedisResult?> RunAsync(string script, string[] keys, params object[] arguments) => AskAsync("EVAL", [script, keys.Length, .. keys.Select(k => (object)(RedisKey)k), .. arguments]);

    private async Task RunAsync()
    {
        var pause = _options.LongestPause / 10;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_connection is not { IsConnected: true } || (!IsUp && _state.AwayFor > s_renewAfter)) await RenewAsync();
                await InTimeAsync(_connection!.BeatAsync);
                if (!IsUp) Return(_connection);
                pause = _options.LongestPause / 10;
                await _lost.WaitAsync(_options.BeatEvery, _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Whatever it is, it is told and tried again: this loop is the only way back.
                Lose(_serves, Reason(failure));
                await Task.Delay(pause, _clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (pause < _options.LongestPause) pause *= 2;
            }
        }
    }

    private async Task RenewAsync()
    {
        var (old, _) = (_connection, _connection = null);
        old?.Drop();
        // The client looks names up and shakes hands partly on the calling thread.
        var connecting = Task.Run(() => RedisConnection.OpenAsync(_address, Keys, payload => Heard?.Invoke(payload)));
        try
        {
            _connection = await connecting.WaitAsync(_options.ConnectPatience * 2, _clock, _stop.Token);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            _ = connecting.ContinueWith(late => late.Result.Drop(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    private void Return(RedisConnection connection)
    {
        _state.Back(connection.Version);
        _serves = connection.Database;
        Returned?.Invoke();
        RedisLog.Back(_log, _state.Where);
    }

    /// <param name="served">Whose failure it was: late ones of a connection that was replaced say nothing about the new one.</param>
    private void Lose(IDatabase? served, string reason)
    {
        if (served is not null && Interlocked.CompareExchange(ref _serves, null, served) == served)
        {
            RedisTelemetry.Lost();
            if (_lost.CurrentCount == 0) _lost.Release();
        }
        if (_state.Away(reason)) RedisLog.Away(_log, reason);
    }

    /// <summary>The client of the embedded topology has no time limit of its own for what is not waited for on a thread, and may go on in our name on its reading thread.</summary>
    private async Task<T> InTimeAsync<T>(Func<Task<T>> ask)
    {
        var asked = ask();
        try
        {
            return await asked.WaitAsync(_options.Patience, _clock, _stop.Token);
        }
        catch (TimeoutException) when (!asked.IsCompleted)
        {
            _ = asked.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw new TimeoutException($"no answer within {_options.Patience.TotalMilliseconds:0} ms");
        }
        finally
        {
            await Task.Yield();
        }
    }

    // Cancelled is what the client does to questions of a connection that broke, and what we do at the end; a caller's own token never comes here.
    private static bool IsLoss(Exception failure) => failure is RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException or System.Net.Sockets.SocketException or IOException;

    private static string Reason(Exception failure) => failure.Message.Contains("AuthenticationFailure", StringComparison.Ordinal)
        ? "the password is refused"
        : failure.Message.Split(';', ',')[0].TrimEnd('.') is { Length: > 0 } first && failure is RedisConnectionException ? first.Contains("was not possible", StringComparison.Ordinal) ? "no connection" : first : failure.Message;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _serves = null;
        _connection?.Drop();
        RedisTelemetry.Forget(_state);
        _stop.Dispose();
        _lost.Dispose();
    }
}
