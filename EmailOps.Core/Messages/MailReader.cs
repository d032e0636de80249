using System.Security.Cryptography;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Mail;
using EmailOps.Mail.Authentication;
using EmailOps.Mail.Automated;
using EmailOps.Mail.Replies;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmailOps.Core.Messages;

/// <summary>Reads an offered mail once: headers, words, what is new, automatic or not. Pure and thread-safe; never throws for what is in the mail.</summary>
internal sealed class MailReader(IntakeOptions options, ILogger<MailReader>? log = null)
{
    private const int MaxSubject = 1000;
    private const int MaxName = 300;
    private const int MaxAddress = 320;
    private const int MaxHidden = 8_000;
    private const int MaxPeople = 200;
    private const int MaxReferences = 50;
    private const int MaxDeliveredTo = 20;
    private const int MaxDiagnostic = 500;
    /// <summary>Bytes of a report searched for our Message-IDs: what it returns stands at its end, after at most a few pages.</summary>
    private const int MaxReport = 512 * 1024;
    /// <summary>A longer Message-ID is kept by its digest: an index entry has its limit.</summary>
    private const int MaxMessageId = 400;

    /// <summary>Where servers note the address they delivered to, tag and all.</summary>
    private static readonly string[] DeliveryFields = ["Delivered-To", "X-Original-To", "Envelope-To", "X-Delivered-To"];

    public ParsedMail Read(OfferedMail mail)
    {
        var sha256 = Fingerprint.OfBytes(mail);
        if (mail.Raw.IsEmpty) return Unreadable(mail, sha256, mail.Problem ?? "It is empty.");
        try
        {
            return Read(mail, sha256);
        }
        catch (Exception failure)
        {
            // Our fault, not the mail's; yet it must cost neither the rest of its batch nor itself: the bytes are kept.
            MessagesLog.ReadingFailed(log ?? NullLogger<MailReader>.Instance, Convert.ToHexStringLower(sha256), failure);
            return Unreadable(mail, sha256, $"EmailOps could not read it ({failure.GetType().Name}). The bytes are kept; try again after an upgrade.");
        }
    }

    private ParsedMail Read(OfferedMail mail, byte[] sha256)
    {
        var message = MailMessage.Parse(mail.Raw);
        if (message.Headers.Count == 0 || !LooksLikeMail(message.Headers)) return Unreadable(mail, sha256, mail.Problem ?? "It has no mail header: neither From, nor Date, nor Subject, nor Received.");

        var automated = AutomatedMail.Classify(message);
        var visible = message.VisibleText;
        var reply = ReplyParser.Parse(message);
        var text = StoredText.Cut(StoredText.Clean(visible), options.MaxTextCharacters);
        var newText = StoredText.Cut(StoredText.Clean(reply.NewText), options.MaxTextCharacters);
        var from = message.From.Count > 0 ? message.From : message.Sender;
        return new ParsedMail
        {
            Mail = mail,
            Sha256 = sha256,
            DedupeKey = mail.Problem is null ? Fingerprint.Of(message, visible) : sha256,
            InternetMessageId = MessageId(message.MessageId),
            References = References(message, automated),
            Subject = StoredText.Cut(OneLine(message.Subject), MaxSubject),
            From = from.Count > 0 ? Person(from[0]) : new Correspondent(null, ""),
            To = People(message.To),
            Cc = People(message.Cc),
            ReplyTo = People(message.ReplyTo),
            SentAt = message.Date,
            ReceivedAt = message.ReceivedDate,
            Text = text,
            NewText = newText == text || newText.Length == 0 ? null : newText,
            HiddenText = message.HiddenText is { Length: > 0 } hidden ? StoredText.Cut(StoredText.Clean(hidden), MaxHidden) : null,
            ReplyDoubtful = reply.IsDoubtful,
            Automated = automated.Kind,
            Report = Report(message, automated),
            DeliveredTo = DeliveredTo(message.Headers),
            // Who carried in a file chose its headers.
            Authentication = mail.Place is not null && AuthenticationTrace.Of(message.Headers) is { IsEmpty: false } trace ? trace : null,
            FromTrick = mail.Place is not null ? SenderCheck.Trick(message.From) : null,
            AutomatedReason = automated.Kind == AutomatedKind.Normal ? null : StoredText.Cut(StoredText.Clean(automated.Reason), 500),
            Attachments = [.. message.Attachments.Select((a, i) => new AttachmentInfo(i, a.FileName is { } name ? StoredText.Cut(OneLine(name), MaxName) : null, StoredText.Cut(OneLine(a.ContentType), MaxName), a.Size, a.Sha256, a.IsInline))],
            Unparsable = mail.Problem,
        };
    }

    private static IReadOnlyList<string> References(MailMessage message, AutomatedFinding automated)
    {
        // Reports name what they report on elsewhere than in a header.
        var named = automated.OriginalMessageId is { } original ? [original] : Enumerable.Empty<string>();
        return [.. named.Concat(message.InReplyTo).Concat(message.References.Reverse()).Select(MessageId).OfType<string>().Distinct(StringComparer.Ordinal).Take(MaxReferences)];
    }

    private static MailReport? Report(MailMessage message, AutomatedFinding automated)
    {
        if (automated.Kind is not (AutomatedKind.Bounce or AutomatedKind.FeedbackReport or AutomatedKind.DeliveredNotice or AutomatedKind.ReadReceipt)) return null;
        var raw = message.Raw.Span;
        var marks = ReplyMarks.Candidates($"{automated.OriginalMessageId}\n{Encoding.Latin1.GetString(raw[..Math.Min(raw.Length, MaxReport)])}");
        return new MailReport([.. marks.Distinct(StringComparer.OrdinalIgnoreCase)],
            [.. automated.Recipients.Append(automated.Recipient ?? "").Where(r => r.Length > 0).Select(r => StoredText.Cut(OneLine(r).ToLowerInvariant(), MaxAddress)).Distinct(StringComparer.Ordinal)],
            automated.IsDelayed, automated.IsHard, automated.Status, automated.Diagnostic is { } said ? StoredText.Cut(OneLine(said), MaxDiagnostic) : null);
    }

    private static List<string> DeliveredTo(HeaderList headers)
    {
        List<string> addresses = [];
        foreach (var header in headers)
            if (addresses.Count < MaxDeliveredTo && Array.Exists(DeliveryFields, header.Is)) addresses.Add(StoredText.Cut(OneLine(header.Value).Trim('<', '>').ToLowerInvariant(), MaxAddress));
        return addresses;
    }

    /// <summary>A mail that is not read but kept and shown as it is.</summary>
    public static ParsedMail Keep(OfferedMail mail, string problem) => Unreadable(mail, Fingerprint.OfBytes(mail), problem);

    private static ParsedMail Unreadable(OfferedMail mail, byte[] sha256, string problem) => new()
    {
        Mail = mail, Sha256 = sha256, DedupeKey = sha256, Subject = StoredText.Cut(OneLine(mail.Origin), MaxSubject), From = new Correspondent(null, ""), Text = "", Unparsable = problem,
    };

    private static bool LooksLikeMail(HeaderList headers)
        => headers.Contains("From") || headers.Contains("Date") || headers.Contains("Subject") || headers.Contains("Received") || headers.Contains("Message-ID") || headers.Contains("To") || headers.Contains("Return-Path");

    private static IReadOnlyList<Correspondent> People(IReadOnlyList<Address> addresses) => addresses.Count == 0 ? [] : [.. addresses.Take(MaxPeople).Select(Person)];

    private static Correspondent Person(Address address)
        => new(string.IsNullOrWhiteSpace(address.Name) ? null : StoredText.Cut(OneLine(address.Name), MaxName), StoredText.Cut(OneLine(address.Addr).ToLowerInvariant(), MaxAddress));

    private static string? MessageId(string? id)
    {
        if (string.IsNullOrWhiteSpace(id)) return null;
        return id.Length <= MaxMessageId ? OneLine(id) : "sha256-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
    }

    private static string OneLine(string text)
    {
        var clean = StoredText.Clean(text);
        return clean.AsSpan().IndexOfAnyInRange('\0', '\u001F') < 0 ? clean.Trim() : string.Concat(clean.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
    }
}
