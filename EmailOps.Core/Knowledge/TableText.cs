using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace EmailOps.Core.Knowledge;

/// <summary>Rows of a table as sentences: a draft quotes a row alone, so the row says what its columns mean. "Size 104: height 99-104 cm, chest 56 cm."</summary>
internal static class TableText
{
    /// <summary>A shorter first cell ("M", "104", "1") means nothing without the head above it.</summary>
    private const int ShortLabel = 4;

    public static void Read(Table table, string language, Func<ContainerInline, string> plain, List<string> sentences)
    {
        string[]? heads = null;
        foreach (var row in table.OfType<TableRow>())
        {
            string[] cells = [.. row.OfType<TableCell>().Select(c => string.Join(' ', c.OfType<LeafBlock>().Where(l => l.Inline != null).Select(l => plain(l.Inline!))))];
            if (heads == null)
                heads = cells;
            else if (cells.Length > 0)
                sentences.Add(Passage.ItemMark + Row(heads, cells, language));
        }
    }

    private static string Row(string[] heads, string[] cells, string language)
    {
        var label = heads[0].Length > 0 && cells[0].Length <= ShortLabel ? $"{heads[0]} {cells[0]}" : cells[0];
        List<string> rest = [];
        for (var i = 1; i < cells.Length; i++)
            // "Germany: Countries Germany" says it twice.
            if (cells[i].Length > 0 && !cells[i].Equals(cells[0], StringComparison.OrdinalIgnoreCase))
                rest.Add(Cell(i < heads.Length ? heads[i] : "", cells[i], language));
        var divider = rest.Exists(r => r.Contains(',', StringComparison.Ordinal)) ? "; " : ", ";
        return rest.Count == 0 ? label : $"{label}: {string.Join(divider, rest)}{(rest[^1].EndsWith('.') ? "" : ".")}";
    }

    /// <summary>"Height (cm)" over "99-104" is "height 99-104 cm".</summary>
    private static string Cell(string head, string cell, string language)
    {
        var unit = "";
        if (head.EndsWith(')') && head.LastIndexOf('(') is > 0 and var open && head.Length - open <= 8)
            (head, unit) = (head[..open].TrimEnd(), head[(open + 1)..^1]);
        if (head.Length == 0)
            return cell;
        // Nouns of German keep their capital, and so does "EU men".
        if (language != "de" && head.Length > 1 && char.IsLower(head[1]))
            head = char.ToLowerInvariant(head[0]) + head[1..];
        return unit.Length == 0 || !char.IsDigit(cell[^1]) ? $"{head} {cell}" : $"{head} {cell} {unit}";
    }
}
