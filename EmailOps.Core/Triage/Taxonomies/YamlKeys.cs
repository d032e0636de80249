using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace EmailOps.Core.Triage.Taxonomies;

/// <summary>A mapping of a YAML file with its place in it, so that every complaint can name file, line and key.</summary>
internal sealed class YamlKeys
{
    private readonly string _file;
    private readonly string _path;
    private readonly YamlMappingNode _node;

    public YamlKeys(string file, string path, YamlNode node)
    {
        _file = file;
        _path = path;
        _node = node as YamlMappingNode ?? throw new TaxonomyException(file, node.Start.Line, $"`{path}` must hold keys with values.");
    }

    /// <summary>Complains about keys nobody reads: most often a misspelt one.</summary>
    public YamlKeys Only(params ReadOnlySpan<string> known)
    {
        foreach (var key in _node.Children.Keys)
            if (!known.Contains(((YamlScalarNode)key).Value ?? ""))
                throw Problem(key, $"the key `{key}` is not known here. Known: {string.Join(", ", known.ToArray())}.");
        return this;
    }

    public bool Has(string key) => _node.Children.ContainsKey(key);

    public IEnumerable<string> Names => _node.Children.Keys.Select(k => ((YamlScalarNode)k).Value ?? "");

    public string Text(string key)
    {
        var node = Required(key);
        return node is YamlScalarNode { Value: { Length: > 0 } value } ? value.Trim() : throw Problem(node, $"`{Path(key)}` must be a text.");
    }

    public int Number(string key, int low, int high)
    {
        var node = Required(key);
        return int.TryParse((node as YamlScalarNode)?.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high
            ? number
            : throw Problem(node, $"`{Path(key)}` must be a whole number from {low} to {high}, it is `{node}`.");
    }

    public double? OptionalNumber(string key)
    {
        if (!Has(key))
            return null;
        var node = Required(key);
        return double.TryParse((node as YamlScalarNode)?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Problem(node, $"`{Path(key)}` must be a number, it is `{node}`.");
    }

    /// <summary>A list of texts; empty when the key is missing.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        if (!Has(key))
            return [];
        var node = Required(key);
        var list = node as YamlSequenceNode ?? throw Problem(node, $"`{Path(key)}` must be a list, as in [one, two].");
        return [.. list.Children.Select(c => c is YamlScalarNode { Value: { Length: > 0 } value } ? value : throw Problem(c, $"`{Path(key)}` has an entry that is not a text."))];
    }

    /// <summary>A list of mappings; empty when the key is missing.</summary>
    public IEnumerable<YamlKeys> Items(string key)
    {
        if (!Has(key))
            yield break;
        var node = Required(key);
        var list = node as YamlSequenceNode ?? throw Problem(node, $"`{Path(key)}` must be a list, each entry beginning with a hyphen.");
        for (var i = 0; i < list.Children.Count; i++)
            yield return new YamlKeys(_file, $"{Path(key)}[{i}]", list.Children[i]);
    }

    public YamlKeys Keys(string key) => new(_file, Path(key), Required(key));

    public TaxonomyException Problem(string key, string problem) => Problem(_node.Children.TryGetValue(key, out var node) ? node : _node, problem);

    private TaxonomyException Problem(YamlNode node, string problem) => new(_file, node.Start.Line, problem);

    private YamlNode Required(string key)
        => _node.Children.TryGetValue(key, out var node) ? node : throw Problem(_node, $"`{Path(key)}` is missing. Add it{(_path.Length > 0 ? $" under `{_path}`" : "")}.");

    private string Path(string key) => _path.Length == 0 ? key : $"{_path}.{key}";
}
