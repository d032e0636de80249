using System.Text;

namespace EmailOps.Mail;

/// <summary>Header field names: comparison without case, and one shared string for each common one.</summary>
internal static class HeaderNames
{
    private static readonly string[] Common =
    [
        "To", "Cc", "Bcc", "Date", "From", "Sender", "Subject", "Received", "Reply-To", "Message-ID", "Message-Id", "References", "In-Reply-To",
        "Return-Path", "Delivered-To", "MIME-Version", "Mime-Version", "Content-Type", "Content-type", "Content-ID", "Content-Id",
        "Content-Disposition", "Content-Transfer-Encoding", "Content-Language", "Content-Description", "X-Mailer", "User-Agent",
        "DKIM-Signature", "Authentication-Results", "ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results", "Received-SPF",
        "List-Id", "List-Unsubscribe", "Precedence", "Auto-Submitted", "X-Priority", "Importance", "Thread-Topic", "Thread-Index",
        "X-Original-To", "X-Spam-Status", "X-Google-Smtp-Source", "X-Received", "X-MS-Has-Attach", "Accept-Language",
    ];

    private static readonly string[][] ByLength = [.. Enumerable.Range(0, 27).Select(n => Common.Where(c => c.Length == n).ToArray())];

    public static string Text(ReadOnlySpan<byte> name)
    {
        if (name.Length < ByLength.Length)
        {
            foreach (var known in ByLength[name.Length])
            {
                if (Ascii.Equals(name, known))
                    return known;
            }
        }
        return Encoding.Latin1.GetString(name);
    }

    public static bool Same(ReadOnlySpan<byte> name, string other) =>
        name.Length == other.Length && Ascii.EqualsIgnoreCase(name, other);
}
