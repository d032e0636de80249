using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace EmailOps.Core.Data.Redis;

/// <summary>Where Redis is: <c>redis://user:password@host:6379/0</c> (rediss:// with TLS), or the client's own notation, as Aspire gives it: <c>host:6379,password=...,ssl=true</c>.</summary>
internal static partial class RedisAddress
{
    public const string ConnectionName = "redis";
    public const string Key = $"ConnectionStrings__{ConnectionName} (REDIS_URL)";
    private const string Fix = "Write redis://:password@host:6379 or host:6379,password=..., or leave it out to work without Redis.";

    /// <exception cref="OptionsValidationException">It cannot be read; the message names the key and never the password.</exception>
    public static ConfigurationOptions Read(string text, RedisOptions options)
    {
        ConfigurationOptions read;
        try
        {
            read = text.Contains("://", StringComparison.Ordinal) ? FromAddress(text) : ConfigurationOptions.Parse(text);
        }
        catch (ArgumentException failure)
        {
            throw Unreadable($"{Key} cannot be read: {Told(failure.Message)} {Fix}");
        }
        if (read.EndPoints.Count == 0) throw Unreadable($"{Key} names no server. {Fix}");
        read.ClientName = options.Prefix;
        // A failed attempt ends, and the link makes the next: nothing of ours depends on how a version of the client reconnects.
        read.AbortOnConnectFail = true;
        read.ConnectRetry = 1;
        read.ConnectTimeout = (int)options.ConnectPatience.TotalMilliseconds;
        // Both are for groups of servers that this client would manage by itself, with keys and channels outside our prefix.
        read.TieBreaker = "";
        read.ConfigurationChannel = "";
        return read;
    }

    private static ConfigurationOptions FromAddress(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("redis" or "rediss") || address.Host.Length == 0)
            throw Unreadable($"{Key} is not the address of a Redis server. {Fix}");
        var (user, password) = address.UserInfo.Split(':', 2) switch { [var u, var p] => (Uri.UnescapeDataString(u), Uri.UnescapeDataString(p)), [var u] => (Uri.UnescapeDataString(u), null), _ => ("", null) };
        var port = address.Port > 0 ? address.Port : 6379;
        // By the notation, because older clients know no user names and then say so.
        var read = ConfigurationOptions.Parse(string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{port}{(user is "" or "default" ? "" : $",user={user}")}"));
        read.Password = password;
        read.Ssl = address.Scheme == "rediss";
        if (read.Ssl) read.SslHost = address.Host;
        if (address.AbsolutePath.Trim('/') is { Length: > 0 } database)
            read.DefaultDatabase = int.TryParse(database, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Unreadable($"{Key} ends in a database that is no number. {Fix}");
        return read;
    }

    /// <summary>Of the client's message only the word it stumbled over, and only if that is one of its settings: anything else may be a piece of a password.</summary>
    private static string Told(string message)
    {
        var word = Keyword().Match(message).Groups[1].Value;
        return word switch
        {
            "user" => "this build's client knows no user names (\"user\"); give the default user a password.",
            _ when Settings.Contains(word) => $"the value of \"{word}\" cannot be used.",
            _ => "a part of it is no setting of the client (a comma in the password? Write %2C for it in redis://...).",
        };
    }

    private static readonly string[] Settings = ["abortConnect", "allowAdmin", "asyncTimeout", "connectRetry", "connectTimeout", "defaultDatabase", "keepAlive", "protocol", "resolveDns", "ssl", "sslProtocols", "syncTimeout", "version", "writeBuffer"];

    [GeneratedRegex("Keyword '([^']*)'")]
    private static partial Regex Keyword();

    private static OptionsValidationException Unreadable(string message) => new(ConnectionName, typeof(string), [message]);
}
