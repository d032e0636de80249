namespace EmailOps.Core.Learning.Redaction;

/// <summary>Passwords, PINs and card codes that follow the word for them: "password: hunter2", "Passwort lautet Blau-77", "CVC 123".</summary>
internal static class PasswordSecrets
{
    private static readonly string[] s_words =
    [
        "password", "passwort", "kennwort", "mot de passe", "contraseña", "contrasena", "palavra-passe", "senha", "wachtwoord", "hasło", "haslo", "lösenord", "losenord", "adgangskode", "passord", "salasana", "heslo", "jelszó", "parola",
        "parolă", "passphrase", "passcode", "passwd", "pwd", "пароль", "şifre",
    ];
    private static readonly string[] s_codes = ["pin code", "pin-code", "pincode", "pin", "cvc2", "cvv2", "cvc", "cvv", "tan", "security code", "prüfnummer", "kartenprüfnummer", "sicherheitscode", "code secret", "otp"];
    private static readonly string[] s_links = ["is", "was", "ist", "lautet", "war", "est", "es", "è", "jest", "to", "är", "er", "é", "=>", "now", "my", "jetzt", "new", "neu"];

    public static SecretSpan Find(ReadOnlySpan<char> text, int at)
    {
        if (!SecretScan.Begins(text, at))
            return default;
        foreach (var word in s_words)
            if (Is(text, at, word) && Value(text, at + word.Length, digits: false) is { Length: > 0 } secret)
                return secret;
        foreach (var word in s_codes)
            if (Is(text, at, word) && Value(text, at + word.Length, digits: true) is { Length: > 0 } secret)
                return secret;
        return default;
    }

    private static bool Is(ReadOnlySpan<char> text, int at, string word)
        => text.Length - at > word.Length && text[at..].StartsWith(word, StringComparison.OrdinalIgnoreCase) && !char.IsLetter(text[at + word.Length]);

    private static SecretSpan Value(ReadOnlySpan<char> text, int from, bool digits)
    {
        var i = from;
        var named = false;
        for (var words = 0; words < 4; words++)
        {
            while (i < text.Length && i - from < 24 && text[i] is ' ' or '\t' or ':' or '=' or '"' or '\'' or '„' or '“' or '«' or '`' or '：' or '(')
            {
                named |= text[i] is ':' or '=' or '：';
                i++;
            }
            var end = i;
            while (end < text.Length && end - i < 128 && !char.IsWhiteSpace(text[end]) && text[end] is not ('"' or '“' or '”' or '»' or '`' or '<' or '>'))
                end++;
            if (end == i)
                return default;
            var token = text[i..end].TrimEnd(".,;:!?)'");
            if (!named && IsLink(token))
            {
                i = end;
                continue;
            }
            return Fits(token, digits, named) ? new SecretSpan(RedactedKind.Password, i, token.Length) : default;
        }
        return default;
    }

    private static bool IsLink(ReadOnlySpan<char> token)
    {
        foreach (var link in s_links)
            if (token.Equals(link, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    /// <summary>After a colon anything is the password; after "is" only what is no word, or every "my password is wrong" would be hidden.</summary>
    private static bool Fits(ReadOnlySpan<char> token, bool digits, bool named)
    {
        if (digits)
            return token.Length is >= 3 and <= 12 && token.IndexOfAnyExceptInRange('0', '9') < 0;
        if (token.Length < 4)
            return false;
        bool digit = false, letter = false, mark = false, small = false, innerCapital = false;
        for (var i = 0; i < token.Length; i++)
        {
            digit |= char.IsDigit(token[i]);
            letter |= char.IsLetter(token[i]);
            small |= char.IsLower(token[i]);
            innerCapital |= i > 0 && char.IsUpper(token[i]) && small;
            mark |= !char.IsLetterOrDigit(token[i]) && token[i] is not ('-' or '\'' or '/' or '’' or '.');
        }
        return named || (digit && (letter || token.Length >= 6)) || (mark && letter) || innerCapital;
    }
}
