using System.Globalization;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Drafts.Grounding;

/// <summary>The words of <c>words.txt</c> by what they are to the gate. Keys are hashes of folded words.</summary>
internal static class GroundingWords
{
    /// <summary>"Tage" -> "day".</summary>
    public static readonly Dictionary<uint, string> Units = [];
    /// <summary>Units of scripts without spaces, longest first.</summary>
    public static readonly List<(string Text, string Unit)> IdeographUnits = [];
    /// <summary>"zwei" -> 2.</summary>
    public static readonly Dictionary<uint, int> Numbers = [];
    /// <summary>"November" -> 11.</summary>
    public static readonly Dictionary<uint, int> Months = [];
    /// <summary>Monday is 1.</summary>
    public static readonly Dictionary<uint, int> Weekdays = [];
    public static readonly HashSet<uint> Working = [], Between = [], Range = [], Not = [], Limit = [], Promise = [], Join = [], Addressed = [], Courtesy = [];
    public static readonly List<string> CourtesyWords = [];
    /// <summary>Word -> the number of its pair, positive for one side and negative for the other.</summary>
    public static readonly Dictionary<uint, int> Opposites = [];

    static GroundingWords()
    {
        using var stream = typeof(GroundingWords).Assembly.GetManifestResourceStream("EmailOps.Core.Drafts.Grounding.words.txt") ?? throw new InvalidOperationException("The resource words.txt of the grounding gate is missing.");
        using var reader = new StreamReader(stream);
        var pair = 0;
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var head = line[..colon].Split(' ');
            var words = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (head[0] == "ideograph")
                IdeographUnits.AddRange(words.Select(w => (w, head[1])));
            else if (head[0] == "opposite")
            {
                pair++;
                var side = pair;
                foreach (var word in words)
                    if (word == "/") side = -pair;
                    else Opposites.TryAdd(Hash32.OfFolded(word), side);
            }
            else
            {
                if (head[0] == "courtesy")
                    CourtesyWords.AddRange(words);
                foreach (var word in words)
                    Add(head, Hash32.OfFolded(word));
            }
        }
        IdeographUnits.Sort((a, b) => b.Text.Length.CompareTo(a.Text.Length));
    }

    private static void Add(string[] head, uint word)
    {
        switch (head[0])
        {
            case "unit": Units.TryAdd(word, head[1]); break;
            case "number": Numbers.TryAdd(word, Whole(head[1])); break;
            case "month": Months.TryAdd(word, Whole(head[1])); break;
            case "weekday": Weekdays.TryAdd(word, Whole(head[1])); break;
            default: Plain(head[0]).Add(word); break;
        }
    }

    private static HashSet<uint> Plain(string kind) => kind switch
    {
        "working" => Working, "between" => Between, "range" => Range, "not" => Not, "limit" => Limit, "promise" => Promise, "join" => Join, "addressed" => Addressed, "courtesy" => Courtesy,
        _ => throw new InvalidOperationException($"words.txt of the grounding gate has an unknown kind \"{kind}\"."),
    };

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
