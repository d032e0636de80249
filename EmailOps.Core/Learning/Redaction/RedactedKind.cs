namespace EmailOps.Core.Learning.Redaction;

/// <summary>What a hidden piece is.</summary>
internal enum RedactedKind
{
    Card,
    Iban,
    /// <summary>Password, PIN, CVC.</summary>
    Password,
    /// <summary>API key, token, private key.</summary>
    Key,
    NationalId,
    Email,
    Phone,
    Street,
    /// <summary>Words of the text that look like one of our placeholders: hidden, so that a mail cannot make us fill them.</summary>
    Text,
}

/// <summary>A piece to hide.</summary>
internal readonly record struct SecretSpan(RedactedKind Kind, int Start, int Length)
{
    public int End => Start + Length;
}
