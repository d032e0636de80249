using System.Security.Cryptography;
using EmailOps.Core.Drafts;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace EmailOps.Core.Triage.Taxonomies;

/// <summary>Reads <c>taxonomy.yaml</c>. What it may contain is explained at the top of the sample file.</summary>
internal static class TaxonomyFile
{
    private static readonly Dictionary<string, Autonomy> s_autonomies = new()
    {
        ["send_reply"] = Autonomy.SendReply,
        ["suggest"] = Autonomy.Suggest,
        ["hold"] = Autonomy.Hold,
        ["escalate"] = Autonomy.Escalate,
        ["file"] = Autonomy.File,
        ["quarantine"] = Autonomy.Quarantine,
    };

    /// <exception cref="TaxonomyException">Missing, not YAML, or not a taxonomy; says where and what to change.</exception>
    public static Taxonomy Load(string path)
    {
        if (!File.Exists(path))
            throw new TaxonomyException(path, 0, "there is no such file. Set Triage:Taxonomy to the path of a taxonomy file.");
        return Parse(File.ReadAllText(path), path);
    }

    public static Taxonomy Parse(string text, string path)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException or ArgumentException)
        {
            throw new TaxonomyException(path, (e as YamlException)?.Start.Line ?? 0, $"this is not valid YAML: {e.Message}", e);
        }
        if (yaml.Documents.Count == 0)
            throw new TaxonomyException(path, 1, "the file is empty.");
        var root = new YamlKeys(path, "", yaml.Documents[0].RootNode).Only("version", "name", "languages", "categories", "priority", "escalate", "reply");
        var categories = Unique(root, "categories", root.Items("categories"), Category);
        if (categories.Count < 2)
            throw root.Problem("categories", "`categories` must list at least two categories.");
        var reply = Reply(root.Keys("reply"));
        var languages = root.Texts("languages");
        foreach (var language in languages)
            if (!reply.ByLanguage.ContainsKey(language))
                throw root.Problem("languages", $"`reply.templates.{language}` is missing although `languages` says that the team answers in {language}.");
        var (words, signals, vip) = Priority(root);
        return new Taxonomy
        {
            Version = root.Number("version", 1, int.MaxValue),
            Name = root.Text("name"),
            Languages = languages,
            Categories = categories,
            Words = words,
            Signals = signals,
            Vip = vip,
            Escalations = Unique(root, "escalate", root.Items("escalate"), e => new EscalationRule(
                e.Only("id", "title", "priority_at_least", "cues").Text("id"), e.Text("title"), e.Number("priority_at_least", 1, 10), ReadCues(e))),
            Reply = reply,
            Hash = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))),
        };
    }

    private static CategoryRules Category(YamlKeys keys)
    {
        keys.Only("id", "title", "description", "priority", "autonomy", "cues");
        var id = keys.Text("id");
        if (id.Length > 40 || id.Any(c => c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')))
            throw keys.Problem("id", $"`{id}` must be at most 40 lower-case letters, digits and hyphens.");
        var autonomy = s_autonomies.TryGetValue(keys.Text("autonomy"), out var known)
            ? known
            : throw keys.Problem("autonomy", $"`{keys.Text("autonomy")}` is not one of {string.Join(", ", s_autonomies.Keys)}.");
        return new CategoryRules(id, keys.Text("title"), keys.Text("description"), keys.Number("priority", 1, 10), autonomy, ReadCues(keys));
    }

    private static (IReadOnlyList<WordRule> Words, IReadOnlyList<SignalRule> Signals, IReadOnlySet<string> Vip) Priority(YamlKeys root)
    {
        if (!root.Has("priority"))
            return ([], [], new HashSet<string>());
        var keys = root.Keys("priority").Only("words", "signals", "vip");
        var words = Unique(keys, "words", keys.Items("words"), w => new WordRule(
            w.Only("id", "title", "change", "cues").Text("id"), w.Text("title"), w.Number("change", -9, 9), ReadCues(w)));
        var signals = Unique(keys, "signals", keys.Items("signals"), s =>
        {
            var id = s.Only("id", "title", "change", "at_least").Text("id");
            if (!SignalRule.Known.Contains(id))
                throw s.Problem("id", $"EmailOps cannot measure `{id}`. It knows {string.Join(", ", SignalRule.Known)}.");
            return new SignalRule(id, s.Text("title"), s.Number("change", -9, 9), s.OptionalNumber("at_least") ?? 1);
        });
        var vip = keys.Texts("vip");
        foreach (var entry in vip)
            if (!entry.Contains('@', StringComparison.Ordinal))
                throw keys.Problem("vip", $"`{entry}` is neither an address nor a domain. Write anna@example.com or \"@example.com\".");
        return (words, signals, vip.Select(v => v.ToLowerInvariant()).ToHashSet());
    }

    private static ReplyTemplates Reply(YamlKeys keys)
    {
        keys.Only("team", "default_language", "templates", "fallback");
        var templates = keys.Keys("templates");
        var byLanguage = new Dictionary<string, ReplyTemplate>();
        foreach (var language in templates.Names)
        {
            var t = templates.Keys(language).Only("greeting", "greeting_without_name", "intro", "sign_off");
            byLanguage[language] = new ReplyTemplate(
                Holding(t, "greeting", "{name}"), t.Text("greeting_without_name"), t.Text("intro"), Holding(t, "sign_off", "{team}"));
        }
        var standard = keys.Text("default_language");
        if (!byLanguage.ContainsKey(standard))
            throw keys.Problem("default_language", $"`reply.templates.{standard}` is missing although `reply.default_language` is {standard}.");
        var fallback = new Dictionary<string, IReadOnlyList<string>>();
        if (keys.Has("fallback"))
            foreach (var language in keys.Keys("fallback").Names)
                fallback[language] = keys.Keys("fallback").Texts(language);
        return new ReplyTemplates(keys.Text("team"), standard, byLanguage, fallback);
    }

    private static string Holding(YamlKeys keys, string key, string placeholder)
        => keys.Text(key) is var text && text.Contains(placeholder, StringComparison.Ordinal)
            ? text
            : throw keys.Problem(key, $"`{key}` must contain {placeholder}.");

    private static Cues ReadCues(YamlKeys keys)
    {
        var cues = new Cues();
        if (keys.Has("cues"))
            foreach (var language in keys.Keys("cues").Names)
                cues[language] = keys.Keys("cues").Texts(language);
        return cues;
    }

    private static List<T> Unique<T>(YamlKeys parent, string key, IEnumerable<YamlKeys> items, Func<YamlKeys, T> read)
    {
        List<T> result = [];
        var ids = new HashSet<string>();
        foreach (var item in items)
        {
            result.Add(read(item));
            if (!ids.Add(item.Text("id")))
                throw item.Problem("id", $"`{item.Text("id")}` occurs twice under `{key}`. Rename or remove one.");
        }
        return result;
    }
}
