using StackExchange.Redis;

namespace EmailOps.Core.Data.Redis;

/// <summary>One connection from its opening to its end: the commands' half, the subscribed half, and a beat that goes out by the one and comes back by the other.</summary>
internal sealed class RedisConnection
{
    private readonly ConnectionMultiplexer _client;
    private readonly RedisChannel _self;
    private TaskCompletionSource<bool> _beat = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _number = "";
    private long _beats;

    private RedisConnection(ConnectionMultiplexer client, RedisKeys keys)
    {
        (_client, Database) = (client, client.GetDatabase());
        _self = Literal(keys.Channel($"self:{Guid.NewGuid():N}"));
    }

    public IDatabase Database { get; }
    public string? Version { get; private set; }
    /// <summary>As the client sees it; a connection that nobody closed may be dead all the same.</summary>
    public bool IsConnected => _client.IsConnected;

    public static async Task<RedisConnection> OpenAsync(ConfigurationOptions address, RedisKeys keys, Action<string> heard)
    {
        var client = await ConnectionMultiplexer.ConnectAsync(address);
        var connection = new RedisConnection(client, keys);
        try
        {
            var subscriber = client.GetSubscriber();
            await subscriber.SubscribeAsync(connection._self, (_, number) => connection.Came(number));
            await subscriber.SubscribeAsync(Literal(keys.Channel("hints")), (_, payload) => heard((string?)payload ?? ""));
            connection.Version = client.GetEndPoints() is [var first, ..] ? client.GetServer(first).Version?.ToString() : null;
            return connection;
        }
        catch
        {
            connection.Drop();
            throw;
        }
    }

    /// <summary>Done when a message to ourselves has come back. By one caller at a time.</summary>
    public async Task<bool> BeatAsync()
    {
        _beat = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _number = (++_beats).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await Database.ExecuteAsync("PUBLISH", _self.ToString(), _number);
        return await _beat.Task;
    }

    private void Came(RedisValue number)
    {
        if ((string?)number == _number) _beat.TrySetResult(true);
    }

    /// <summary>Ends it without waiting: closing a connection whose other end is silent takes the client seconds.</summary>
    public void Drop() => _ = Task.Run(_client.Dispose);

    private static RedisChannel Literal(string name) => new(name, RedisChannel.PatternMode.Literal);
}
