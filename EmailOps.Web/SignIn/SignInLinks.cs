using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace EmailOps.Web.SignIn;

/// <summary>
/// One-time links into the console. A link holds 256 random bits and works once, within <see cref="Lifetime"/>. Only hashes are kept,
/// in memory: nothing on disk can sign anybody in, and a restart ends all links.
/// </summary>
public sealed class SignInLinks
{
    /// <summary>Long enough for a team to open EmailOps the next morning.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>Guards memory; the oldest link gives way.</summary>
    private const int MostOpen = 64;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _open = new(StringComparer.Ordinal);
    private readonly Lock _making = new();
    private readonly TimeProvider _clock;
    private readonly IServer _server;
    private readonly string? _publicUrl;
    private Uri? _first;

    internal SignInLinks(TimeProvider clock, IServer server, IOptions<WebOptions> options)
    {
        _clock = clock;
        _server = server;
        _publicUrl = options.Value.PublicUrl;
    }

    /// <summary>The link printed at start; made when first asked for, always the same one.</summary>
    public Uri First
    {
        get
        {
            lock (_making)
                return _first ??= New();
        }
    }

    /// <summary>A new link. Call after the server has started: its address is part of the link.</summary>
    public Uri New()
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        lock (_making)
        {
            DropOld();
            _open[Hash(token)] = _clock.GetUtcNow() + Lifetime;
        }
        return new Uri(BaseAddress(), $"/sign-in?token={token}");
    }

    /// <summary>Whether the link would work now; does not use it up.</summary>
    internal bool IsOpen(string? token) => token is { Length: > 0 } && _open.TryGetValue(Hash(token), out var ends) && ends > _clock.GetUtcNow();

    /// <summary>Uses the link up. True for exactly one caller.</summary>
    internal bool Redeem(string? token) => token is { Length: > 0 } && _open.TryRemove(Hash(token), out var ends) && ends > _clock.GetUtcNow();

    private void DropOld()
    {
        var now = _clock.GetUtcNow();
        foreach (var (hash, ends) in _open.OrderBy(link => link.Value))
            if (ends <= now || _open.Count >= MostOpen)
                _open.TryRemove(hash, out _);
    }

    private Uri BaseAddress()
    {
        if (_publicUrl is not null)
            return new Uri(_publicUrl);
        var listening = _server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://127.0.0.1:8501";
        // "Any address" is where a server listens, not where a browser goes.
        var address = BindingAddress.Parse(listening);
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return new UriBuilder(address.Scheme, host, address.Port).Uri;
    }

    private static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
