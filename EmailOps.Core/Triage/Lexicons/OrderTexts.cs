namespace EmailOps.Core.Triage.Lexicons;

internal enum OrderLabel { Mail, Order, Task }

/// <summary>Sentences made from the patterns of <c>orders.txt</c>, the same at every start.</summary>
internal static class OrderTexts
{
    private const int PerPattern = 60;

    public static IEnumerable<(string Text, OrderLabel Label)> All()
    {
        using var stream = typeof(OrderTexts).Assembly.GetManifestResourceStream("EmailOps.Core.Triage.Lexicons.orders.txt") ?? throw new InvalidOperationException("The resource orders.txt is missing.");
        using var reader = new StreamReader(stream);
        var random = new Random(20261121);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var label = Enum.Parse<OrderLabel>(line[..colon], ignoreCase: true);
            foreach (var text in Enumerable.Range(0, PerPattern).Select(_ => Expand(line[(colon + 1)..].Trim(), random)).Distinct(StringComparer.Ordinal).ToList())
                yield return (text, label);
        }
    }

    /// <summary>Takes one choice of each innermost brace until none is left.</summary>
    internal static string Expand(string pattern, Random random)
    {
        while (pattern.IndexOf('}', StringComparison.Ordinal) is >= 0 and var close)
        {
            var open = pattern.LastIndexOf('{', close);
            var choices = pattern[(open + 1)..close].Split('|');
            pattern = pattern[..open] + choices[random.Next(choices.Length)] + pattern[(close + 1)..];
        }
        return pattern.Replace("  ", " ", StringComparison.Ordinal);
    }
}
