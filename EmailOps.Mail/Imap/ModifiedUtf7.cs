using System.Text;

namespace EmailOps.Mail.Imap;

/// <summary>Folder names on the wire (RFC 3501, section 5.1.3): <c>Entw&amp;APw-rfe</c> is "Entwürfe".</summary>
internal static class ModifiedUtf7
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

    public static string Encode(string name)
    {
        if (!name.AsSpan().ContainsAnyExceptInRange(' ', '~') && !name.Contains('&', StringComparison.Ordinal))
            return name;
        var text = new StringBuilder(name.Length + 16);
        for (var i = 0; i < name.Length;)
        {
            if (name[i] is >= ' ' and <= '~')
            {
                text.Append(name[i] == '&' ? "&-" : name[i]);
                i++;
                continue;
            }
            text.Append('&');
            uint bits = 0;
            var held = 0;
            for (; i < name.Length && name[i] is < ' ' or > '~'; i++)
            {
                bits = (bits << 16) | name[i];
                for (held += 16; held >= 6; held -= 6)
                    text.Append(Alphabet[(int)(bits >> (held - 6)) & 63]);
                bits &= (1u << held) - 1;
            }
            if (held > 0)
                text.Append(Alphabet[(int)(bits << (6 - held)) & 63]);
            text.Append('-');
        }
        return text.ToString();
    }

    /// <summary>A name that is not well formed is given back as it stands; servers have such, and they can be selected.</summary>
    public static string Decode(string wire)
    {
        if (!wire.Contains('&', StringComparison.Ordinal))
            return wire;
        var name = new StringBuilder(wire.Length);
        for (var i = 0; i < wire.Length; i++)
        {
            if (wire[i] != '&')
            {
                name.Append(wire[i]);
                continue;
            }
            var end = wire.IndexOf('-', i);
            if (end < 0)
                return wire;
            if (end == i + 1)
                name.Append('&');
            else if (!Append(name, wire.AsSpan(i + 1, end - i - 1)))
                return wire;
            i = end;
        }
        return name.ToString();
    }

    private static bool Append(StringBuilder name, ReadOnlySpan<char> base64)
    {
        uint bits = 0;
        var held = 0;
        foreach (var c in base64)
        {
            var value = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (value < 0)
                return false;
            bits = (bits << 6) | (uint)value;
            held += 6;
            if (held < 16)
                continue;
            held -= 16;
            name.Append((char)(bits >> held));
            bits &= (1u << held) - 1;
        }
        return held < 6 && bits == 0;
    }
}
