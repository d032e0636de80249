namespace EmailOps.ServiceDefaults.Settings;

/// <summary>
/// Reads <c>.env</c>. The rules, which compose and most shells share:
/// <list type="bullet">
/// <item>a line is <c>NAME=value</c>; <c>export </c> before it, blanks around the name and around the value are dropped;</item>
/// <item>empty lines and lines that begin with # are comments; after an unquoted value, a # behind a blank begins one;</item>
/// <item>in 'single quotes' everything counts as it stands; in "double quotes" \n, \t, \", \\ and \$ are escapes;</item>
/// <item>a quoted value may go on over several lines; nothing is substituted;</item>
/// <item>a name given twice has its last value.</item>
/// </list>
/// </summary>
public static class EnvFile
{
    /// <summary>Guards the start against a wrong file under this name.</summary>
    private const int MaxBytes = 256 * 1024;

    /// <summary>An absent file has no settings.</summary>
    /// <exception cref="InvalidSettingException">The file or a line of it cannot be read; names file and line.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        if (!File.Exists(path))
            return new Dictionary<string, string>(StringComparer.Ordinal);
        if (new FileInfo(path).Length > MaxBytes)
            throw new InvalidSettingException(path, $"is larger than {MaxBytes / 1024} kB.", "It should hold NAME=value lines only.");
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (UnauthorizedAccessException)
        {
            throw new InvalidSettingException(path, "cannot be read.", "Give the user that runs EmailOps the right to read it.");
        }
    }

    /// <param name="text">The file's content.</param>
    /// <param name="source">Named in messages.</param>
    public static IReadOnlyDictionary<string, string> Parse(string text, string source)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var line = 0;
        var rest = text.AsSpan().TrimStart('\uFEFF');
        while (!rest.IsEmpty)
        {
            line++;
            var current = TakeLine(ref rest).Trim();
            if (current.IsEmpty || current[0] == '#')
                continue;
            if (current.StartsWith("export ", StringComparison.Ordinal))
                current = current[7..].TrimStart();
            var equals = current.IndexOf('=');
            var name = equals < 0 ? current : current[..equals].TrimEnd();
            // The line itself is not shown: it may hold a secret.
            if (equals < 0 || !IsName(name))
                throw new InvalidSettingException($"{source}, line {line}", "is not NAME=value.", "Put # before a comment, and letters, digits and _ into a name.");

            var value = current[(equals + 1)..].TrimStart();
            settings[name.ToString()] = value.IsEmpty || value[0] is not ('\'' or '"')
                ? Unquoted(value)
                : Quoted(value, ref rest, ref line, source);
        }

        return settings;
    }

    private static ReadOnlySpan<char> TakeLine(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf('\n');
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return line.TrimEnd('\r');
    }

    // : because Section:Key is a name as well.
    private static bool IsName(ReadOnlySpan<char> name) =>
        !name.IsEmpty && !char.IsAsciiDigit(name[0]) && name.IndexOfAnyExcept(NameCharacters) < 0;

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:.-");

    private static string Unquoted(ReadOnlySpan<char> value)
    {
        for (var at = 0; at < value.Length; at++)
        {
            if (value[at] == '#' && (at == 0 || value[at - 1] is ' ' or '\t'))
                return value[..at].TrimEnd().ToString();
        }

        return value.ToString();
    }

    private static string Quoted(scoped ReadOnlySpan<char> value, scoped ref ReadOnlySpan<char> rest, ref int line, string source)
    {
        var first = line;
        var quote = value[0];
        var result = new System.Text.StringBuilder();
        var current = value[1..].ToString();
        while (true)
        {
            for (var at = 0; at < current.Length; at++)
            {
                if (current[at] == quote)
                    return result.ToString();
                if (quote == '"' && current[at] == '\\' && at + 1 < current.Length)
                    result.Append(current[++at] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other });
                else
                    result.Append(current[at]);
            }

            if (rest.IsEmpty)
                throw new InvalidSettingException($"{source}, line {first}", $"begins a value with {quote} that never ends.", $"Close it with {quote}.");
            result.Append('\n');
            current = TakeLine(ref rest).ToString();
            line++;
        }
    }
}
