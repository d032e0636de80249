using System.Net;

namespace EmailOps.Core.Outgoing;

/// <summary>What may be called although it lies in the house: names of hosts, addresses, networks (10.1.0.0/16).</summary>
internal sealed class AllowList
{
    private const int MostEntries = 200;
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<IPNetwork> _networks = [];

    public AllowList(string text)
    {
        foreach (var entry in Entries(text))
        {
            if (Network(entry) is { } network) _networks.Add(network);
            else _hosts.Add(entry);
        }
    }

    public bool HasHost(string host) => _hosts.Contains(host.Trim('[', ']').TrimEnd('.'));

    public bool HasAddress(IPAddress address) => address.IsIPv4MappedToIPv6 ? HasAddress(address.MapToIPv4()) : _networks.Exists(n => n.Contains(address));

    /// <returns>Null, or what is wrong with the list, as the rest of a sentence.</returns>
    public static string? Problem(string text)
    {
        var entries = Entries(text);
        if (entries.Length > MostEntries) return $"has {entries.Length} entries; {MostEntries} are allowed.";
        return entries.FirstOrDefault(e => Network(e) is null && (e.Contains('/', StringComparison.Ordinal) || Uri.CheckHostName(e) != UriHostNameType.Dns)) is { } wrong
            ? $"has the entry \"{wrong}\"; write the name of a host, an address such as 10.1.2.3, or a network such as 10.1.0.0/16." : null;
    }

    private static string[] Entries(string text) => text.Split([',', ' ', ';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IPNetwork? Network(string entry)
        => IPAddress.TryParse(entry.Trim('[', ']'), out var one) ? new IPNetwork(one, one.GetAddressBytes().Length * 8) : IPNetwork.TryParse(entry, out var network) ? network : null;
}
