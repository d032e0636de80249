namespace EmailOps.Mail.Automated;

/// <summary>
/// Per-recipient fields of a delivery report (RFC 3464 section 2.3). Read from the report part, and as well from text that only quotes or imitates one:
/// <code>
/// Final-Recipient: rfc822; jo@roe.example
/// Action: failed
/// Status: 5.1.1
/// Diagnostic-Code: smtp; 550 5.1.1 No such user
/// </code>
/// </summary>
internal sealed class DeliveryFields
{
    private const int MaxRecipients = 1000, MaxDiagnostic = 4000;

    public string? FinalRecipient { get; private set; }

    public string? OriginalRecipient { get; private set; }

    public string? Action { get; private set; }

    public string? Status { get; private set; }

    public string? Diagnostic { get; private set; }

    public bool IsEmpty => FinalRecipient is null && Action is null && Status is null && Diagnostic is null;

    /// <summary>Postfix says "deliverable" when it only probed.</summary>
    public bool IsDelivered => Action is null ? Status is ['2', '.', ..] : Is(Action, "deliver", "relayed", "expanded") && Status is null or ['2', '.', ..];

    /// <summary>Address without its type: <c>rfc822;jo@roe.example</c> is jo@roe.example.</summary>
    public string? Address
    {
        get
        {
            foreach (var value in (string?[])[FinalRecipient, OriginalRecipient])
            {
                if (value is null)
                    continue;
                var address = value[(value.IndexOf(';', StringComparison.Ordinal) + 1)..].Trim(' ', '<', '>', '"');
                if (address.Contains('@', StringComparison.Ordinal))
                    return address;
            }

            return null;
        }
    }

    /// <summary>Reads all records of a text. Records are set apart by blank lines or by a field that comes again.</summary>
    public static List<DeliveryFields> Read(string text)
    {
        List<DeliveryFields> records = [];
        var current = new DeliveryFields();
        Action<string>? fold = null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            // Quote marks of someone who forwards the report.
            var content = line.TrimStart("> ");
            if (content.IsEmpty)
            {
                (current, fold) = (Next(records, current), null);
                continue;
            }

            if (fold is not null && (line[0] is ' ' or '\t'))
            {
                fold(content.ToString());
                continue;
            }

            fold = null;
            var colon = content.IndexOf(':');
            if (colon is < 6 or > 24)
                continue;
            var value = content[(colon + 1)..].Trim().TrimStart("= ").ToString();
            var name = content[..colon].TrimEnd();
            if (current.Has(name))
                current = Next(records, current);
            if (value.Length > 0 || Ascii(name, "Diagnostic-Code"))
                fold = current.Set(name, value);
            if (records.Count >= MaxRecipients)
                break;
        }

        Next(records, current);
        return records;
    }

    private static DeliveryFields Next(List<DeliveryFields> records, DeliveryFields current)
    {
        if (current.IsEmpty)
            return current;
        records.Add(current);
        return new DeliveryFields();
    }

    private bool Has(ReadOnlySpan<char> name) =>
        (FinalRecipient is not null && Ascii(name, "Final-Recipient")) || (Action is not null && Ascii(name, "Action")) || (Status is not null && Ascii(name, "Status"));

    private Action<string>? Set(ReadOnlySpan<char> name, string value)
    {
        if (Ascii(name, "Final-Recipient"))
            FinalRecipient = value;
        else if (Ascii(name, "Original-Recipient"))
            OriginalRecipient ??= value;
        else if (Ascii(name, "Action"))
            Action = value;
        else if (Ascii(name, "Status"))
            Status = value;
        else if (Ascii(name, "Diagnostic-Code"))
            Diagnostic = value;
        else
            return null;
        return Ascii(name, "Diagnostic-Code") ? more => Diagnostic = Diagnostic!.Length < MaxDiagnostic ? $"{Diagnostic} {more}" : Diagnostic : null;
    }

    private static bool Is(string action, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (action.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static bool Ascii(ReadOnlySpan<char> name, string wanted) => name.Equals(wanted, StringComparison.OrdinalIgnoreCase);
}
