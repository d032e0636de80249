using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EmailOps.Tests.Architecture;

/// <summary>What a topology leaves out nobody else may need: the aspire topology is built elsewhere, and a mistake would be seen there only.</summary>
public sealed partial class TopologyTests
{
    [Theory]
    [InlineData("EmailOps.Tests", "'$(Topology)' == 'aspire'")]
    [InlineData("EmailOps.Tests", "'$(Topology)' != 'aspire'")]
    [InlineData("EmailOps.AppHost", "'$(Topology)' == 'aspire'")]
    [InlineData("EmailOps.AppHost", "'$(Topology)' != 'aspire'")]
    [InlineData("EmailOps.Worker", "'$(Topology)' != 'aspire'")]
    public void What_is_left_out_is_named_by_nobody_that_stays(string project, string when)
    {
        var compiled = XDocument.Load(Path.Combine(Checkout.Root, project, $"{project}.csproj")).Descendants("Compile").Where(c => c.AncestorsAndSelf().Any(e => e.Attribute("Condition")?.Value == when)).ToList();
        var removed = Patterns(compiled, "Remove");
        var kept = Patterns(compiled, "Include");
        bool IsOut(string file) => removed.Any(p => p.IsMatch(file)) && !kept.Any(p => p.IsMatch(file));
        var files = House.Files(".cs").Where(f => f.StartsWith(project + "/", StringComparison.Ordinal)).Select(f => (Path: f, Inside: f[(project.Length + 1)..])).ToList();
        Assert.Contains(files, f => IsOut(f.Inside));
        var declared = files.Where(f => IsOut(f.Inside)).SelectMany(f => Type().Matches(House.Read(f.Path)).Select(m => m.Groups[1].Value)).ToHashSet();
        // A partial class has a part in both.
        var stay = files.Where(f => !IsOut(f.Inside)).Select(f => (f.Path, Text: Words().Replace(House.Read(f.Path), ""))).ToList();
        declared.ExceptWith(stay.SelectMany(f => Type().Matches(f.Text).Select(m => m.Groups[1].Value)));

        House.Rule($"Without these files ({when}) {project} must compile.", stay.SelectMany(f => Name().Matches(f.Text).Select(m => m.Value).Distinct().Where(declared.Contains).Select(name => $"{f.Path} names {name}")));
    }

    private static List<Regex> Patterns(IEnumerable<XElement> compiled, string attribute) => [.. compiled.SelectMany(c => c.Attribute(attribute)?.Value.Split(';') ?? []).Select(p => new Regex("^" + Regex.Escape(p).Replace(@"\*\*", ".*", StringComparison.Ordinal) + "$"))];

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum)\s+([A-Z]\w+)")]
    private static partial Regex Type();

    [GeneratedRegex(@"\b[A-Z]\w+\b")]
    private static partial Regex Name();

    /// <summary>Comments and texts.</summary>
    [GeneratedRegex("""//[^\n]*|"(?:\\.|[^"\\\n])*"(?!")""")]
    private static partial Regex Words();
}
