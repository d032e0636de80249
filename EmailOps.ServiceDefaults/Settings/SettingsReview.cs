using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace EmailOps.ServiceDefaults.Settings;

/// <summary>What is wrong with one setting.</summary>
/// <param name="IsWrong">It cannot be used; else it is only not known.</param>
public sealed record SettingProblem(string Name, bool IsWrong, string Problem, string Fix);

/// <summary>Looks at all settings at once, where a start stops at the first that cannot be used; and at names that nobody reads, with what was probably meant.</summary>
public static class SettingsReview
{
    /// <summary>Read by scripts, tests and the hosting environment, or set by us for our own processes.</summary>
    private static readonly string[] KnownElsewhere =
    [
        "EMAILOPS_PG_BIN", "EMAILOPS_CACHE", "EMAILOPS_ENV_FILE", "EMAILOPS_ROLE", "EMAILOPS_CHROMIUM", "EMAILOPS_DEPLOY_TOOLS", "EMAILOPS_SHARED_DATA", "EMAILOPS_VERSION", "EMAILOPS_IMAGES", "EMAILOPS_SCREENSHOTS",
        "EMAILOPS_SHOTS", "EMAILOPS_WRITE_GOLDEN", "EMAILOPS_MAX_MESSAGE_MB", "EMAILOPS_BACKUP_PASSPHRASE", "WEB_BANNER", "XDG_DATA_HOME", "XDG_CACHE_HOME", "NO_COLOR", "DOCKER_HOST", "TOPOLOGY", "LOG_DIR",
    ];

    /// <summary>Ours by their first word: a name that begins so is looked at even if nothing resembles it.</summary>
    private static readonly string[] OurBeginnings = ["EMAILOPS_", "EMAIL_IMAP", "EMAIL_SMTP"];

    /// <summary>Shorter names resemble too many of others.</summary>
    private const int ShortestLikeness = 6;

    /// <param name="configuration">As the process reads it.</param>
    /// <param name="environment">Names of the environment's variables.</param>
    /// <param name="sections">Sections bound to options, with the type that has a property for each key.</param>
    public static IReadOnlyList<SettingProblem> Of(IConfiguration configuration, IEnumerable<string> environment, IEnumerable<(string Section, Type Options)> sections)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(sections);
        var problems = new List<SettingProblem>();
        IReadOnlyCollection<string> file = [];
        try
        {
            file = [.. SettingsSource.ReadEnvFiles(name => configuration[name]).Keys];
        }
        catch (InvalidSettingException failure)
        {
            problems.Add(new SettingProblem(failure.Name, true, failure.Message, "Mend the file; .env.example shows how lines look."));
        }
        problems.AddRange(Wrong(configuration));
        problems.AddRange(Unknown(environment, isOurs: false).Concat(Unknown(file, isOurs: true)).DistinctBy(p => p.Name));
        foreach (var (section, options) in sections.DistinctBy(s => s.Section)) problems.AddRange(Misspelt(configuration, section, options));
        return problems;
    }

    private static IEnumerable<SettingProblem> Wrong(IConfiguration configuration)
    {
        foreach (var setting in SettingNames.All)
        {
            SettingProblem? problem = null;
            try
            {
                SettingsSource.Checked(setting, configuration[setting.Name]);
            }
            catch (InvalidSettingException failure)
            {
                problem = new SettingProblem(setting.Name, true, failure.Message, "Set it to what is allowed, or take it out; .env.example describes it.");
            }
            if (problem is not null) yield return problem;
        }
    }

    /// <param name="names">That are set.</param>
    /// <param name="isOurs">Everything there is meant for us (.env), so what is not known is worth a word even if nothing resembles it.</param>
    internal static IEnumerable<SettingProblem> Unknown(IEnumerable<string> names, bool isOurs)
    {
        var known = SettingNames.All.Select(s => s.Name).Concat(KnownElsewhere).ToList();
        foreach (var name in names.Where(n => !known.Contains(n, StringComparer.OrdinalIgnoreCase) && !n.Contains("__", StringComparison.Ordinal) && !n.Contains(':', StringComparison.Ordinal)))
        {
            var near = name.Length >= ShortestLikeness ? known.Select(k => (Name: k, Apart: Spelling.Apart(k, name.ToUpperInvariant()))).Where(k => k.Apart <= Math.Max(1, name.Length / 6)).OrderBy(k => k.Apart).FirstOrDefault().Name : null;
            if (near is not null) yield return new SettingProblem(name, false, $"{name} is set, and nobody reads it. Did you mean {near}?", $"Rename it to {near}, or take it out.");
            else if (isOurs || OurBeginnings.Any(b => name.StartsWith(b, StringComparison.OrdinalIgnoreCase)))
                yield return new SettingProblem(name, false, $"{name} is set, and nobody reads it.", "Take it out, or see .env.example for the names there are.");
        }
    }

    private static IEnumerable<SettingProblem> Misspelt(IConfiguration configuration, string section, Type options)
    {
        var properties = options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name).ToList();
        foreach (var key in configuration.GetSection(section).GetChildren().Select(c => c.Key).Where(k => !properties.Contains(k, StringComparer.OrdinalIgnoreCase)))
        {
            var name = $"{section}__{key}";
            var near = properties.Select(p => (Name: p, Apart: Spelling.Apart(p.ToUpperInvariant(), key.ToUpperInvariant()))).Where(p => p.Apart <= Math.Max(1, key.Length / 4)).OrderBy(p => p.Apart).FirstOrDefault().Name;
            yield return new SettingProblem(name, false, $"{name} is set, and nobody reads it.{(near is null ? "" : $" Did you mean {section}__{near}?")}", near is null ? "Take it out." : $"Rename it to {section}__{near}.");
        }
    }
}

/// <summary>How far two names are apart: letters put in, left out, changed, or two neighbours exchanged (Damerau-Levenshtein, optimal string alignment).</summary>
internal static class Spelling
{
    public static int Apart(string one, string other)
    {
        var rows = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= other.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            for (var j = 1; j <= other.Length; j++)
            {
                var change = one[i - 1] == other[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1]) rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[one.Length, other.Length];
    }
}
