using System.Globalization;
using EmailOps.Mail;

namespace EmailOps.Core.Messages;

/// <summary>
/// What a mail shows beside its words, as facts for a model that learns from mail (unsolicited or not, or any label a team adds): header fields and their words, the way it took, the
/// shape of its Message-ID, whether names and domains agree, its structure, its HTML and its links. Nothing is judged here. Bounded by counts, whatever the mail.
/// </summary>
internal static class MailFacts
{
    private const int MostFields = 200;
    private const int MostWordsAField = 60;
    private const int MostParts = 50;
    private const int LongestWord = 40;

    /// <summary>Words of these fields are in the text already, or are dates and numbers of their own.</summary>
    private static readonly HashSet<string> s_unread = new(StringComparer.OrdinalIgnoreCase) { "Subject", "Date", "Message-ID", "DKIM-Signature", "ARC-Seal", "ARC-Message-Signature" };

    public static List<string> Of(MailMessage message)
    {
        List<string> facts = [];
        Fields(message, facts);
        People(message, facts);
        Route(message, facts);
        Subject(message.Subject, facts);
        Structure(message, facts);
        MailShape.Of(message, facts);
        return facts;
    }

    private static void Fields(MailMessage message, List<string> facts)
    {
        foreach (var header in message.Headers.Take(MostFields))
        {
            var name = header.Name.ToLowerInvariant();
            facts.Add($"has={name}");
            if (s_unread.Contains(name))
                continue;
            var words = 0;
            foreach (var word in Words(header.RawValue))
            {
                facts.Add($"{name}:{word}");
                if (word.Contains('.', StringComparison.Ordinal))
                    foreach (var piece in word.Split('.', StringSplitOptions.RemoveEmptyEntries))
                        facts.Add($"{name}:{piece}");
                if (++words == MostWordsAField)
                    break;
            }
        }
    }

    /// <summary>Lower-case words with digits as one shape, dots and hyphens kept inside, so that host names stay whole.</summary>
    private static IEnumerable<string> Words(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var inside = i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || (start >= 0 && text[i] is '.' or '-' or '_'));
            if (inside && start < 0)
                start = i;
            if (inside || start < 0)
                continue;
            if (i - start is > 1 and <= LongestWord)
                yield return Shape(text.AsSpan(start, i - start).TrimEnd(".-_"));
            start = -1;
        }
    }

    private static string Shape(ReadOnlySpan<char> word)
    {
        Span<char> shape = stackalloc char[LongestWord];
        var length = 0;
        foreach (var c in word)
            if (!char.IsAsciiDigit(c))
                shape[length++] = char.ToLowerInvariant(c);
            else if (length == 0 || shape[length - 1] != '0')
                shape[length++] = '0';
        return shape[..length].ToString();
    }

    private static void People(MailMessage message, List<string> facts)
    {
        var from = message.From.Count > 0 ? message.From[0] : default;
        var local = from.Addr ?? "";
        local = local[..Math.Max(0, local.LastIndexOf('@'))];
        var domain = from.Addr is null ? "" : from.Domain;
        facts.Add($"from-name={from.Name is { Length: > 0 }}");
        facts.Add($"from-digits={Math.Min(3, local.Count(char.IsAsciiDigit))}");
        facts.Add($"to={Math.Min(5, message.To.Count)} cc={Math.Min(5, message.Cc.Count)}");
        if (message.ReplyTo.Count > 0)
            facts.Add($"reply-to-elsewhere={Organisation(message.ReplyTo[0].Domain) != Organisation(domain)}");
        facts.Add($"to-is-from={message.To.Any(t => string.Equals(t.Addr, from.Addr, StringComparison.OrdinalIgnoreCase))}");
        if (message.MessageId is not { } id)
        {
            facts.Add("id=none");
            return;
        }
        var at = id.LastIndexOf('@');
        var host = at < 0 ? "" : id[(at + 1)..].ToLowerInvariant();
        facts.Add($"id-of-from={Organisation(host) == Organisation(domain)}");
        facts.Add($"id-host-dots={Math.Min(3, host.Count(c => c == '.'))}");
        facts.Add($"id-shape={IdShape(at < 0 ? id : id[..at])}");
    }

    /// <summary>"a0.0A": runs of lower case, upper case and digits, which tells one program's Message-IDs from another's.</summary>
    private static string IdShape(string local)
    {
        Span<char> shape = stackalloc char[12];
        var length = 0;
        foreach (var c in local)
        {
            var kind = char.IsAsciiDigit(c) ? '0' : char.IsAsciiLetterLower(c) ? 'a' : char.IsAsciiLetterUpper(c) ? 'A' : c;
            if (length > 0 && shape[length - 1] == kind)
                continue;
            if (length == shape.Length)
                break;
            shape[length++] = kind;
        }
        return shape[..length].ToString();
    }

    private static void Route(MailMessage message, List<string> facts)
    {
        var hops = message.Headers.All("Received");
        facts.Add(string.Create(CultureInfo.InvariantCulture, $"hops={Math.Min(10, hops.Count)}"));
        foreach (var hop in hops.Take(10))
        {
            var said = hop.StartsWith("from ", StringComparison.OrdinalIgnoreCase) ? hop[5..].Split(' ', 2)[0] : "";
            if (said.Length > 0)
            {
                facts.Add($"hop-is-address={char.IsAsciiDigit(said[0]) || said[0] == '['}");
                facts.Add($"hop-is-bare={!said.Contains('.', StringComparison.Ordinal)}");
            }
            facts.Add($"hop-unknown={hop.Contains("(unknown", StringComparison.OrdinalIgnoreCase) || hop.Contains("([", StringComparison.Ordinal)}");
        }
        var date = message.Headers["Date"] ?? "";
        facts.Add($"date-named-zone={date.EndsWith(')')}");
        facts.Add(message.Date is { } sent ? $"zone={sent.Offset.TotalHours.ToString("0.#", CultureInfo.InvariantCulture)}" : "zone=none");
        if (message.Date is { } written && message.ReceivedDate is { } arrived)
            facts.Add($"clock={Math.Clamp((int)Math.Round((arrived - written).TotalHours / 6), -8, 8)}");
    }

    private static void Subject(string subject, List<string> facts)
    {
        var letters = subject.Count(char.IsLetter);
        facts.Add($"subject-reply={subject.StartsWith("re:", StringComparison.OrdinalIgnoreCase)}");
        facts.Add($"subject-capitals={(letters == 0 ? 0 : 4 * subject.Count(char.IsUpper) / letters)}");
        facts.Add($"subject-list={subject.Contains('[', StringComparison.Ordinal)}");
        facts.Add($"subject-marks={(subject.Contains('!', StringComparison.Ordinal) ? "!" : "")}{(subject.Contains('$', StringComparison.Ordinal) ? "$" : "")}{(subject.Contains('?', StringComparison.Ordinal) ? "?" : "")}{(subject.Contains('%', StringComparison.Ordinal) ? "%" : "")}");
        facts.Add($"subject-gap={subject.Contains("     ", StringComparison.Ordinal)}");
        facts.Add($"subject-length={Math.Min(8, subject.Length / 10)}");
    }

    private static void Structure(MailMessage message, List<string> facts)
    {
        List<MimePart> parts = [message.Root];
        for (var i = 0; i < parts.Count && parts.Count < MostParts; i++)
            parts.AddRange(parts[i].Children);
        foreach (var part in parts.Take(MostParts))
        {
            facts.Add($"part={part.ContentType.MediaType}");
            facts.Add($"charset={part.ContentType.Charset?.ToLowerInvariant()}");
            facts.Add($"encoding={part.TransferEncoding}");
        }
        facts.Add($"files={Math.Min(3, message.Attachments.Count)}");
        facts.Add($"body={(message.TextBody is null ? "" : "text")}{(message.HtmlBody is null ? "" : "html")}");
        foreach (var defect in message.Defects.Take(10))
            facts.Add($"defect={defect.Kind}");
    }

    private static string Organisation(string domain)
    {
        var last = domain.LastIndexOf('.');
        var before = last <= 0 ? -1 : domain.LastIndexOf('.', last - 1);
        return domain[(before + 1)..];
    }
}
