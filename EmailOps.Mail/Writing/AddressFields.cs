namespace EmailOps.Mail.Writing;

/// <summary>Writes address lists (RFC 5322, section 3.4).</summary>
internal static class AddressFields
{
    // Longer names are encoded, so that they can be folded.
    private const int LongestName = 60;

    public static void Write(HeaderSection header, string field, IReadOnlyList<Address> addresses)
    {
        if (addresses.Count == 0)
            return;
        header.Begin(field);
        for (var i = 0; i < addresses.Count; i++)
            WriteOne(header, addresses[i], i < addresses.Count - 1 ? "," : "");
        header.End();
    }

    private static void WriteOne(HeaderSection header, Address address, string comma)
    {
        if (!AddrSpec.TryNormalise(address.Addr, out var addr, out var problem))
            throw new ArgumentException($"\"{HeaderWords.Clean(address.Addr)}\" cannot be written: {problem}");
        var name = Name(address.Name);
        if (name.Length == 0)
        {
            header.Token(addr + comma);
            return;
        }
        WriteName(header, name);
        header.Token($"<{addr}>{comma}");
    }

    // Quotes around a whole name are somebody's syntax that got into the text.
    private static string Name(string? name)
    {
        var clean = HeaderWords.Clean(name ?? "");
        while (clean.Length > 1 && clean[0] == '"' && clean[^1] == '"')
            clean = clean[1..^1].Trim();
        return clean;
    }

    private static void WriteName(HeaderSection header, string name)
    {
        if (name.Split(' ').All(word => word.Length > 0 && word.Length <= LongestName && word.All(AddrSpec.IsAtom) && HeaderWords.IsPlain(word)))
            HeaderWords.WriteText(header, name, LongestName);
        else if (name.Length <= LongestName && name.Split(' ').All(word => word.Length > 0 && HeaderWords.IsPlain(word)))
            header.Token($"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        else
            HeaderWords.WriteEncoded(header, name);
    }
}
