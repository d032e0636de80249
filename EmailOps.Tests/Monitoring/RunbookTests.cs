using System.Globalization;
using System.Text.RegularExpressions;
using EmailOps.Core.Alerts;
using EmailOps.Tests.Architecture;

namespace EmailOps.Tests.Monitoring;

/// <summary>docs/runbook: complete, linked, and free of commands that do not exist.</summary>
public sealed partial class RunbookTests
{
    private const string Folder = "docs/runbook";

    public static IReadOnlyDictionary<string, string> Pages { get; } = Directory.EnumerateFiles(Path.Combine(Checkout.Root, Folder), "*.md").ToDictionary(f => Path.GetFileNameWithoutExtension(f), File.ReadAllText);

    [Fact]
    public void Every_alert_has_a_page_that_names_it_and_the_index_lists_them_all()
    {
        House.Rule("An alert's page says what it is about.", AlertCatalog.All.Where(r => !Pages.TryGetValue(r.Page, out var text) || !text.Contains($"`{r.Name}`", StringComparison.Ordinal)).Select(r => $"{r.Name}: {r.Page}.md"));

        var table = string.Concat(AlertCatalog.All.Select(r => string.Create(CultureInfo.InvariantCulture,
            $"| `{r.Name}` | {r.Severity} | {r.Figure} {PrometheusRules.Sign(r.Comparison)} {r.Threshold} | {r.For.TotalMinutes} min | [{r.Page}]({r.Page}.md) |\n")));
        var index = Pages["README"];
        var from = index.IndexOf("|---|---|---|---|---|\n", StringComparison.Ordinal) + "|---|---|---|---|---|\n".Length;
        var to = index.IndexOf("\n## ", from, StringComparison.Ordinal);
        // EMAILOPS_WRITE=1 writes the table after the catalog was changed.
        if (Environment.GetEnvironmentVariable("EMAILOPS_WRITE") is "1") File.WriteAllText(Path.Combine(Checkout.Root, Folder, "README.md"), index[..from] + table + index[to..]);
        else Assert.Equal(table, index[from..to]);
    }

    [Fact]
    public void Every_page_begins_with_its_title_is_short_and_its_links_lead_somewhere()
    {
        House.Rule("A page begins with one heading.", Pages.Where(p => !p.Value.StartsWith("# ", StringComparison.Ordinal)).Select(p => p.Key));
        House.Rule("A page is read under stress: at most 120 lines.", Pages.Where(p => p.Value.Count(c => c == '\n') > 120).Select(p => p.Key));
        House.Rule("A link leads to a file.", Pages.SelectMany(p => Link().Matches(p.Value).Select(m => m.Groups[1].Value).Where(to => !File.Exists(Path.Combine(Checkout.Root, Folder, to))).Select(to => $"{p.Key}: {to}")));
        var linked = Pages.Values.SelectMany(t => Link().Matches(t).Select(m => m.Groups[1].Value)).ToHashSet();
        House.Rule("A page that nothing leads to is not found.", Pages.Keys.Where(p => p != "README" && !linked.Contains($"{p}.md")));
    }

    [Theory]
    [InlineData("queue-growing", "severity", "incident-levels", "emergency", "messages", "checklists", "disasters", "maintenance", "database-tuning")]
    [InlineData("language-model-down", "token-expired", "mail-not-processed", "low-accuracy", "m365-sign-in", "teams-failing", "slow-database", "health-check-failing", "memory", "start-fails")]
    public void What_the_replaced_runbooks_have_is_there(params string[] pages) => Assert.All(pages, p => Assert.Contains(p, Pages.Keys));

    [GeneratedRegex(@"\]\(([a-z0-9./-]+\.md)(?:#[a-z-]*)?\)", RegexOptions.IgnoreCase)]
    private static partial Regex Link();
}
