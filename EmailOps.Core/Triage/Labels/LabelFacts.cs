using EmailOps.Core.Contracts;

namespace EmailOps.Core.Triage.Labels;

/// <summary>What a label may hang on beside the words: who wrote, what is attached, whether it goes on with a thread. The same at training and at triage.</summary>
internal static class LabelFacts
{
    public const string Sender = "from=", Domain = "domain=", Attachment = "attachment=", Reply = "reply";
    private const int MostAttachments = 10, LongestEnding = 8, LongestAddress = 200;

    public static List<string> Of(string fromAddress, IReadOnlyList<AttachmentInfo> attachments, int threadPosition)
    {
        List<string> facts = [];
        var address = fromAddress.Trim().ToLowerInvariant();
        if (address.Length is > 0 and <= LongestAddress)
        {
            facts.Add(Sender + address);
            if (address.LastIndexOf('@') is >= 0 and var at && at + 1 < address.Length) facts.Add(Domain + address[(at + 1)..]);
        }
        foreach (var attachment in attachments.Where(a => !a.IsInline).Take(MostAttachments))
            if (Path.GetExtension(attachment.FileName ?? "").TrimStart('.').ToLowerInvariant() is { Length: > 0 and <= LongestEnding } ending && !facts.Contains(Attachment + ending)) facts.Add(Attachment + ending);
        if (threadPosition > 0) facts.Add(Reply);
        return facts;
    }

    /// <summary>As people read it.</summary>
    public static string Words(string fact) => fact switch
    {
        _ when fact.StartsWith(Sender, StringComparison.Ordinal) => $"mail from {fact[Sender.Length..]}",
        _ when fact.StartsWith(Domain, StringComparison.Ordinal) => $"mail from {fact[Domain.Length..]}",
        _ when fact.StartsWith(Attachment, StringComparison.Ordinal) => $"an attached {fact[Attachment.Length..]} file",
        _ => "that it goes on with a thread",
    };
}
