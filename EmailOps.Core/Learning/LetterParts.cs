namespace EmailOps.Core.Learning;

/// <summary>Tells greetings, closings and signatures from what a letter says.</summary>
internal static class LetterParts
{
    private static readonly WordSet s_greetings = WordSet.Of("hello hi hey dear hallo liebe lieber geehrte geehrter guten moin servus bonjour bonsoir salut madame monsieur hola buenos buenas estimado estimada estimados buongiorno buonasera salve ciao gentile gentili spett beste geachte goedemorgen goedemiddag goedendag dag dzień witam cześć szanowni olá bom boa caro cara caros prezados hej hejsan tja god kära hei moi päivää dobrý ahoj zdravím здравствуйте добрый привет доброго вітаю здравейте jó tisztelt bună stimate merhaba sayın greetings morning afternoon こ 您 你");
    private static readonly WordSet s_closings = WordSet.Of("regards cheers sincerely best yours thanks thx grüße grüsse gruß gruss grüßen vg mfg lg cordialement salutations bien saludos saludo atentamente cordiali saluti distinti groet groeten groetjes mvg pozdrawiam poważaniem cumprimentos atenciosamente abraço hälsningar mvh vänligen hilsen vennlig terveisin ystävällisin pozdravem pozdravom уважением повагою поздрави üdvözlettel cu saygılar saygılarımla iyi danke merci gracias grazie bedankt dank dziękuję obrigado obrigada tack tak takk kiitos děkuji ďakujem спасибо дякую благодаря köszönöm mulțumesc teşekkürler 敬 谢 謝");
    private const int LongestGreeting = 5;
    private const int LongestClosing = 6;

    public static bool IsGreeting(TextTokens text, int first, int count)
        => count <= LongestGreeting && count > 0 && s_greetings.Contains(text.Tokens[first].Hash);

    /// <summary>"Kind regards", "Thanks!": nothing but politeness follows.</summary>
    public static bool IsClosing(TextTokens text, int first, int count)
    {
        if (count is 0 or > LongestClosing)
            return count > 0 && text.Tokens[first].Kind == TokenKind.Ideograph && count < 16 && StartsPolitely(text, first, count);
        for (var i = first; i < first + count; i++)
            if (s_closings.Contains(text.Tokens[i].Hash))
                return true;
        return StartsPolitely(text, first, count);
    }

    private static bool StartsPolitely(TextTokens text, int first, int count)
    {
        var span = text.Text.AsSpan(text.Tokens[first].Start, text.Tokens[first + count - 1].End - text.Tokens[first].Start);
        return span.Contains("よろしくお願い", StringComparison.Ordinal) || span.StartsWith("お世話", StringComparison.Ordinal) || span.StartsWith("こんにちは", StringComparison.Ordinal);
    }
}
