namespace EmailOps.Mail;

/// <summary>Collects defects, each kind once: a hostile message has one of a kind a million times.</summary>
internal sealed class DefectList
{
    private List<Defect>? _defects;

    public IReadOnlyList<Defect> Defects => _defects ?? (IReadOnlyList<Defect>)[];

    public void Add(DefectKind kind)
    {
        if (_defects?.Exists(d => d.Kind == kind) == true)
            return;
        (_defects ??= []).Add(new Defect(kind, Sentence(kind)));
    }

    private static string Sentence(DefectKind kind) => kind switch
    {
        DefectKind.MalformedHeader => "A line among the headers is not a header field.",
        DefectKind.MissingBoundary => "A multipart names no boundary; one was guessed or its content kept as text.",
        DefectKind.BoundaryNotFound => "The boundary that a multipart names never comes; its content was kept as text.",
        DefectKind.UnclosedMultipart => "A multipart is not closed: the message may have been cut.",
        DefectKind.DamagedEncoding => "A part does not decode cleanly; what could be read was kept.",
        DefectKind.CharsetGuessed => "The charset is missing, unknown or does not fit the bytes; it was guessed.",
        DefectKind.TooDeep => "Parts are nested too deeply; the inner ones were kept unopened.",
        DefectKind.TooManyParts => "There are more parts than are read; the rest was kept unopened.",
        DefectKind.HeadersTooLong => "The header section is longer than what is read; later fields were left out.",
        DefectKind.ListTooLong => "An address or reference list is longer than what is kept; the rest was left out.",
        DefectKind.TextTooLong => "A text is longer than what is read; it was cut.",
        _ => "The file holds no header field: it may not be a message.",
    };
}
