using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace EmailOps.Web.SignIn;

/// <summary>
/// One-time links into the console. A link holds 128 random bits and its end, sealed with a key made of <c>EMAILOPS_API_KEY</c>, so that every
/// console process of an installation opens it; it works once, within <see cref="Lifetime"/>. Nothing on disk can sign anybody in.
/// </summary>
public sealed class SignInLinks
{
    /// <summary>Long enough for a team to open EmailOps the next morning.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const int EndBytes = sizeof(long);
    private const int RandomBytes = 16;
    private const int SealBytes = 32;

    /// <summary>Used up here; those that other processes used are known to the Api. Only sealed links get in, and leave when they end.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _spent = new(StringComparer.Ordinal);
    private readonly Lock _making = new();
    private readonly byte[] _key;
    private readonly TimeProvider _clock;
    private readonly IServer _server;
    private readonly string? _publicUrl;
    private Uri? _first;

    internal SignInLinks(TimeProvider clock, IServer server, IOptions<WebOptions> options)
    {
        _clock = clock;
        _server = server;
        _publicUrl = options.Value.PublicUrl;
        _key = options.Value.ApiKey is { Length: > 0 } key ? SharedKeys.Derive(key, "sign-in links", SealBytes) : RandomNumberGenerator.GetBytes(SealBytes);
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
        Span<byte> link = stackalloc byte[EndBytes + RandomBytes + SealBytes];
        BinaryPrimitives.WriteInt64BigEndian(link, (_clock.GetUtcNow() + Lifetime).ToUnixTimeMilliseconds());
        RandomNumberGenerator.Fill(link.Slice(EndBytes, RandomBytes));
        HMACSHA256.HashData(_key, link[..^SealBytes], link[^SealBytes..]);
        return new Uri(BaseAddress(), $"/sign-in?token={Base64Url.EncodeToString(link)}");
    }

    /// <summary>Whether the link would work now, as far as this process knows; does not use it up.</summary>
    internal bool IsOpen(string? token) => End(token) is { } end && end > _clock.GetUtcNow() && !_spent.ContainsKey(Id(token!));

    /// <summary>Uses the link up in this process. True for exactly one caller.</summary>
    internal bool Redeem(string? token)
    {
        if (!IsOpen(token))
            return false;
        foreach (var (id, end) in _spent)
            if (end <= _clock.GetUtcNow())
                _spent.TryRemove(id, out _);
        return _spent.TryAdd(Id(token!), End(token)!.Value);
    }

    /// <summary>Where the invited choose a password.</summary>
    public Uri Invitation(string invitation) => new(BaseAddress(), $"/invitation{QueryString.Create("token", invitation)}");

    /// <summary>What the Api may know of a link: it cannot be turned back into one.</summary>
    internal static string Id(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Null for what is no link of ours. Only the one way of writing a link counts, or it could be used once more, written otherwise.</summary>
    internal DateTimeOffset? End(string? token)
    {
        Span<byte> link = stackalloc byte[EndBytes + RandomBytes + SealBytes];
        Span<byte> wanted = stackalloc byte[SealBytes];
        if (token is null || token.Length != Base64Url.GetEncodedLength(link.Length) || !Base64Url.TryDecodeFromChars(token, link, out var length) || length != link.Length || Base64Url.EncodeToString(link) != token)
            return null;
        HMACSHA256.HashData(_key, link[..^SealBytes], wanted);
        return CryptographicOperations.FixedTimeEquals(wanted, link[^SealBytes..]) ? DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(link)) : null;
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
}
