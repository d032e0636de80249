using EmailOps.Core.Contracts;
using EmailOps.Core.Triage.Entities;
using EmailOps.Core.Triage.Lexicons;

namespace EmailOps.Core.Triage.Agents;

/// <summary>Looks for fraud aimed at people: imitated senders and links, requests for credentials, programs as attachments.</summary>
/// <param name="ownDomains">Domains of the team; a link to them is none of a stranger's.</param>
internal sealed class PhishingAgent(IReadOnlySet<string> ownDomains) : IAgent
{
    /// <summary>Files that run when they are opened; Microsoft blocks the same in Outlook.</summary>
    private static readonly HashSet<string> s_programs = new(StringComparer.OrdinalIgnoreCase)
    {
        ".exe", ".scr", ".com", ".pif", ".bat", ".cmd", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".wsh", ".ps1", ".hta", ".lnk", ".jar", ".msi", ".msp", ".cpl", ".reg", ".iso", ".img", ".vhd", ".xll", ".docm", ".xlsm", ".pptm", ".chm", ".apk", ".appx", ".url",
    };

    private static readonly HashSet<string> s_documents = new(StringComparer.OrdinalIgnoreCase) { ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".jpg", ".jpeg", ".png", ".txt", ".csv", ".zip", ".html" };

    private static readonly AttackLexicon s_lexicon = AttackLexicon.Phishing;

    public string Name => "phishing";

    public string? SkipReason(TriageContext context) => null;

    public string Run(TriageContext context)
    {
        var before = context.Found.Signals.Count;
        var executable = Attachments(context);
        Sender(context);
        var foreign = Links(context);
        Words(context, executable, foreign);
        return (context.Found.Signals.Count - before) switch { 0 => "No sign of fraud.", 1 => "1 sign of fraud.", var n => $"{n} signs of fraud." };
    }

    private static bool Attachments(TriageContext context)
    {
        var any = false;
        foreach (var attachment in context.Message.Attachments)
        {
            var name = attachment.FileName?.TrimEnd(' ', '.') ?? "";
            if (!s_programs.Contains(Path.GetExtension(name)))
                continue;
            any = true;
            var disguised = s_documents.Contains(Path.GetExtension(Path.GetFileNameWithoutExtension(name))) || name.Contains('\u202E');
            var weight = disguised ? 0.9 : 0.6;
            context.Found.AddHostility(weight, new Signal("attack-attachment", weight, disguised ? "An attachment is a program disguised as a document." : "An attachment is a program.", TriageContext.Clip(name)));
        }
        return any;
    }

    private void Sender(TriageContext context)
    {
        var from = context.Message.From;
        var domain = from.Address[(from.Address.LastIndexOf('@') + 1)..].ToLowerInvariant();
        if (domain.Length > 0 && LinkSigns.Imitates(domain, ownDomains))
            context.Found.AddHostility(0.6, new Signal("attack-sender", 0.6, $"The sender's domain {domain} imitates one of ours.", TriageContext.Clip(from.Address)));
        else if (from.Name is { } name && name.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && LinkSigns.DomainOf(Word(name, at)) is { Length: > 3 } shown && shown.Contains('.', StringComparison.Ordinal) && shown != LinkSigns.DomainOf(domain))
            context.Found.AddHostility(0.4, new Signal("attack-sender", 0.4, $"The sender's name shows another address than the mail comes from ({domain}).", TriageContext.Clip(name)));
    }

    private static string Word(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '.' or '-'))
            end++;
        return text[(at + 1)..end].TrimEnd('.').ToLowerInvariant();
    }

    /// <returns>Whether there is a link to a domain that is not ours.</returns>
    private bool Links(TriageContext context)
    {
        var foreign = false;
        string? previous = null;
        foreach (var entity in context.Found.Entities)
        {
            if (entity.Kind != EntityReader.Url)
                continue;
            var host = LinkSigns.HostOf(entity.Value);
            foreign |= !ownDomains.Contains(LinkSigns.DomainOf(host));
            if (LinkSigns.Imitates(host, ownDomains))
                context.Found.AddHostility(0.6, new Signal("attack-link", 0.6, $"A link leads to {host}, which imitates a domain of ours.", TriageContext.Clip(entity.Text)));
            else if (LinkSigns.Suspicion(entity.Value, host) is { } suspicion)
                context.Found.AddHostility(0.5, new Signal("attack-link", 0.5, $"A link {suspicion}.", TriageContext.Clip(entity.Text)));
            else if (previous != null && ShowsAnother(context.Text.Text, previous, entity.Text))
                context.Found.AddHostility(0.6, new Signal("attack-link", 0.6, "A link shows one address and leads to another.", TriageContext.Clip($"{previous} {entity.Text}")));
            previous = entity.Text;
        }
        return foreign;
    }

    /// <summary>"https://bank.example (http://evil.test/...)": what a link in HTML becomes in text.</summary>
    private static bool ShowsAnother(string text, string shown, string target)
    {
        var at = text.IndexOf(shown, StringComparison.Ordinal);
        if (at < 0 || LinkSigns.DomainOf(LinkSigns.HostOf(shown)) == LinkSigns.DomainOf(LinkSigns.HostOf(target)))
            return false;
        var gap = text.AsSpan(at + shown.Length).TrimStart();
        return gap.Length > 1 && gap[0] is '(' or '<' or '[' && gap[1..].StartsWith(target, StringComparison.Ordinal);
    }

    private static void Words(TriageContext context, bool executable, bool foreign)
    {
        var concepts = s_lexicon.Concepts(context.Text.Tokens, context.PhraseHits);
        if (foreign)
            concepts |= s_lexicon["foreign-link"];
        if (executable)
            concepts |= s_lexicon["executable"];
        var kept = new Dictionary<string, AttackRule>();
        foreach (var rule in s_lexicon.Rules)
            if ((concepts & rule.Needs) == rule.Needs && (!kept.TryGetValue(rule.Signal, out var other) || other.Weight < rule.Weight))
                kept[rule.Signal] = rule;
        foreach (var rule in kept.Values)
            context.Found.AddHostility(rule.Weight, new Signal(rule.Signal, rule.Weight, rule.Reason));
    }
}
