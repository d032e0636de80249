using System.Text;

namespace EmailOps.Mail.Net;

/// <summary>
/// Makes loggable text of what goes over a connection. Three nets, each sufficient by itself: writers say what is secret, arguments of the commands
/// that carry credentials are dropped whatever the writer said, and known secrets are replaced wherever a server may echo them.
/// </summary>
public sealed class ProtocolText
{
    public const int MaxLength = 500;
    public const string Mask = "***";

    private readonly List<string> _secrets = [];

    internal void AddSecret(string secret)
    {
        // Shorter ones would tear ordinary words apart and give the secret away by where the holes are.
        if (secret.Length >= 4 && !_secrets.Contains(secret))
            _secrets.Add(secret);
    }

    internal string Sent(ReadOnlySpan<byte> line) => Cut(Known(WithoutArguments(Printable(line))));

    internal string Received(ReadOnlySpan<byte> line) => Cut(Known(WithoutContent(Printable(line))));

    /// <summary><c>a1 LOGIN user password</c>, <c>AUTH PLAIN AGE...</c>: the command stays, and the mechanism.</summary>
    private static string WithoutArguments(string line)
    {
        var words = line.Split(' ', 4);
        for (var i = 0; i < Math.Min(words.Length - 1, 2); i++)
        {
            if (words[i].Equals("LOGIN", StringComparison.OrdinalIgnoreCase))
                return string.Join(' ', words[..(i + 1)]) + " " + Mask;
            if ((words[i].Equals("AUTH", StringComparison.OrdinalIgnoreCase) || words[i].Equals("AUTHENTICATE", StringComparison.OrdinalIgnoreCase)) && words.Length > i + 2)
                return string.Join(' ', words[..(i + 2)]) + " " + Mask;
        }
        return line;
    }

    /// <summary>IMAP may quote a short body instead of counting it: <c>* 1 FETCH (BODY[] "Subject: ...")</c>.</summary>
    private static string WithoutContent(string line)
    {
        var quote = line.IndexOf('"', StringComparison.Ordinal);
        var isAnswer = line.StartsWith("* ", StringComparison.Ordinal) && !line.Contains(" FETCH", StringComparison.OrdinalIgnoreCase);
        var isStatus = line.Length > 3 && (char.IsAsciiDigit(line[0]) || line[0] is '+' || char.IsAsciiLetter(line[0]));
        return quote < 0 || isAnswer || isStatus ? line : line[..quote] + "\"...";
    }

    private string Known(string line)
    {
        foreach (var secret in _secrets)
            line = line.Replace(secret, Mask, StringComparison.Ordinal);
        return line;
    }

    private static string Cut(string line) => line.Length > MaxLength ? line[..MaxLength] + "..." : line;

    // Cut after the secrets are out, or half of one would stay; long lines are cut before that all the same, to bound the work.
    private static string Printable(ReadOnlySpan<byte> line)
    {
        var text = new StringBuilder(Encoding.Latin1.GetString(line[..Math.Min(line.Length, 32 * MaxLength)]));
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
                text[i] = '?';
        }
        return text.ToString();
    }
}
