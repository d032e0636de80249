using System.Xml.Linq;

namespace EmailOps.Tests.Architecture;

public sealed class ProjectTests
{
    /// <summary>Who may name whom. Tests and Benchmarks may name everybody.</summary>
    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["EmailOps.AppHost"] = ["EmailOps.Api", "EmailOps.Worker", "EmailOps.Web"],
        ["EmailOps.ServiceDefaults"] = [],
        ["EmailOps.Mail"] = [],
        ["EmailOps.Core"] = ["EmailOps.Mail"],
        ["EmailOps.Api"] = ["EmailOps.Core", "EmailOps.ServiceDefaults"],
        ["EmailOps.Worker"] = ["EmailOps.Core", "EmailOps.Mail", "EmailOps.ServiceDefaults"],
        ["EmailOps.Web"] = ["EmailOps.Core", "EmailOps.ServiceDefaults"],
        // ServiceDefaults for the settings, which the command line reads as every process does.
        ["EmailOps.Cli"] = ["EmailOps.Core", "EmailOps.Mail", "EmailOps.ServiceDefaults"],
    };

    [Fact]
    public void Projects_name_only_those_they_may() => House.Rule(
        "A project may reference only those that the table in this test allows; move the code, or talk over HTTP.",
        Projects().Where(project => MayReference.ContainsKey(project.Name)).SelectMany(project => Items(project.Document, "ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')))
            .Where(other => !MayReference[project.Name].Contains(other))
            .Select(other => $"{project.Name} references {other}")));

    [Fact]
    public void The_mail_library_has_no_package_but_an_html_parser() => House.Rule(
        "EmailOps.Mail stands by itself: no packages but AngleSharp.",
        Projects().Where(project => project.Name == "EmailOps.Mail").SelectMany(project => Items(project.Document, "PackageReference")).Where(package => package != "AngleSharp"));

    [Fact]
    public void Core_opens_its_inside_to_everybody_but_the_console() => House.Rule(
        "EmailOps.Web sees Core's public contracts only and asks the Api for the rest.",
        Projects().Where(project => project.Name == "EmailOps.Core").SelectMany(project => Items(project.Document, "InternalsVisibleTo")).Where(friend => friend == "EmailOps.Web"));

    [Fact]
    public void Package_versions_stand_in_one_file() => House.Rule(
        "Versions belong in Directory.Packages.props.",
        Projects().SelectMany(project => project.Document.Descendants("PackageReference").Where(package => package.Attribute("Version") is not null)
            .Select(package => $"{project.Name}: {package.Attribute("Include")?.Value}")));

    [Fact]
    public void Aspire_packages_hang_on_the_topology() => House.Rule(
        "An Aspire package needs the condition Topology == aspire: the embedded topology must build without its feed.",
        Projects().Append((Name: "Directory.Packages.props", Document: XDocument.Load(Path.Combine(Checkout.Root, "Directory.Packages.props"))))
            .SelectMany(project => project.Document.Descendants()
                .Where(item => item.Name.LocalName is "PackageReference" or "PackageVersion" && item.Attribute("Include")?.Value.Contains("Aspire", StringComparison.Ordinal) == true)
                .Where(item => !item.AncestorsAndSelf().Any(element => element.Attribute("Condition")?.Value.Contains("'$(Topology)' == 'aspire'", StringComparison.Ordinal) == true))
                .Select(item => $"{project.Name}: {item.Attribute("Include")?.Value}")));

    private static IEnumerable<(string Name, XDocument Document)> Projects() =>
        House.Files(".csproj").Select(path => (Path.GetFileNameWithoutExtension(path), XDocument.Load(Path.Combine(Checkout.Root, path))));

    private static IEnumerable<string> Items(XDocument project, string item) => project.Descendants(item).Select(element => element.Attribute("Include")!.Value);
}
