using System.Net;
using System.Net.Sockets;

namespace EmailOps.Core.Outgoing;

/// <summary>Whether an address is one of the open internet: not this machine, not the house, not what clouds answer their machines from (169.254.169.254).</summary>
internal static class PublicAddress
{
    /// <summary>IANA's special-purpose registries of IPv4 and IPv6: everything that is not "globally reachable".</summary>
    private static readonly IPNetwork[] s_special =
    [
        .. ((string[])["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
            // Alibaba and others answer their machines here; it is in 100.64/10 already. Azure's is a public number that only its machines reach.
            "168.63.129.16/32"]).Select(n => IPNetwork.Parse(n)),
    ];

    public static bool Is(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // ::ffff:10.0.0.1, 64:ff9b::10.0.0.1 (RFC 6052), 2002:0a00:0001:: (6to4), and the old ::10.0.0.1 all end at an IPv4 address.
            var bytes = address.GetAddressBytes();
            if (address.IsIPv4MappedToIPv6) return Is(address.MapToIPv4());
            if (bytes.AsSpan(0, 12).SequenceEqual(s_nat64)) return Is(new IPAddress(bytes.AsSpan(12)));
            if (bytes.AsSpan(0, 6).SequenceEqual(s_localNat64)) return false;
            if (bytes is [0x20, 0x02, ..]) return Is(new IPAddress(bytes.AsSpan(2, 4)));
            if (!bytes.AsSpan(0, 12).ContainsAnyExcept((byte)0)) return false;
        }
        else if (address.AddressFamily != AddressFamily.InterNetwork) return false;
        return !Array.Exists(s_special, n => n.BaseAddress.AddressFamily == address.AddressFamily && n.Contains(address));
    }

    private static readonly byte[] s_nat64 = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>64:ff9b:1::/48 (RFC 8215): the translation of a house.</summary>
    private static readonly byte[] s_localNat64 = [0, 0x64, 0xff, 0x9b, 0, 1];
}
