using System.Buffers;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Entities;

/// <summary>Order numbers, references, tracking numbers and telephone numbers.</summary>
internal static class NumberReader
{
    /// <summary>How many words before a bare number may say what it is.</summary>
    private const int Reach = 5;

    private static readonly SearchValues<char> s_phoneGlue = SearchValues.Create(" -/().");
    private static readonly HashSet<uint> s_order = Words("order ordernumber ordernummer bestellung bestellnummer auftrag auftragsnummer commande pedido encomenda ordine bestelling bestelnummer zamowienie zamowienia zamowieniu bestallning bestallningsnummer ordrenummer bestilling tilaus tilausnumero objednavka objednavky rendeles comanda siparis заказ заказа номер замовлення поръчка");
    private static readonly HashSet<uint> s_orderIdeographs = Words("注 文 订 单 訂 單");
    private static readonly HashSet<uint> s_tracking = Words("tracking track trackingnumber sendungsnummer sendung sendungsverfolgung paketnummer suivi colis seguimiento rastreio rastreamento tracciamento spedizione sledzenia przesylki paczki sparning sparningsnummer kollinummer sporing zending parcel shipment awb 追 跡");
    private static readonly HashSet<uint> s_phone = Words("tel telephone telefon telefono telefone telefonnummer phone mobile mobil mobiltelefon handy movil cell cellphone call fon puh mob whatsapp rufnummer 電 話 话 тел телефон");
    private static readonly HashSet<uint> s_references = Words("rma inv re rg rn fac fa ft gs ref case ticket");

    public static bool TryRead(TextTokens text, int at, out FoundEntity entity)
    {
        var tokens = text.Tokens;
        var token = tokens[at];
        entity = default;
        if (token.Kind == TokenKind.Mixed)
            return TryTracking(text, token, out entity) || TryPrefixed(text, token, out entity);
        if (token.Kind == TokenKind.Word)
            return token.Length <= 5 && TryHyphenated(text, at, out entity);
        if (token.Kind != TokenKind.Number)
            return false;
        if (TryPhone(text, at, out entity))
            return true;
        var span = text.TextOf(token);
        if (token.Start > 0 && text.Text[token.Start - 1] == '#' && token.Length is >= 4 and <= 14)
        {
            entity = new FoundEntity(EntityReader.OrderNumber, token.Start - 1, token.Length + 1, span.ToString());
            return true;
        }
        if (token.Length is 18 or 20 && span.StartsWith("00"))
        {
            // SSCC (GS1 General Specifications, section 3.2): application identifier 00 and 18 digits.
            entity = new FoundEntity(EntityReader.TrackingNumber, token.Start, token.Length, span.ToString());
            return true;
        }
        var kind = token.Length < 5 || token.Length > 26 ? null
            : token.Length >= 8 && Before(tokens, at, s_tracking) ? EntityReader.TrackingNumber
            : token.Length <= 14 && (Before(tokens, at, s_order) || Before(tokens, at, s_orderIdeographs)) ? EntityReader.OrderNumber : null;
        if (kind == null)
            return false;
        entity = new FoundEntity(kind, token.Start, token.Length, span.ToString());
        return true;
    }

    /// <summary>"NO-1047781", "INV-2026-000123": capitals, a hyphen, and at least four digits.</summary>
    private static bool TryHyphenated(TextTokens text, int at, out FoundEntity entity)
    {
        entity = default;
        var tokens = text.Tokens;
        var token = tokens[at];
        if (at + 1 >= tokens.Length || tokens[at + 1].Kind != TokenKind.Number)
            return false;
        foreach (var c in text.TextOf(token))
            if (!char.IsAsciiLetter(c))
                return false;
        int end = token.End, digits = 0;
        for (var k = at + 1; k < tokens.Length && tokens[k].Kind == TokenKind.Number && tokens[k].Start == end + 1 && text.Folded[end] is '-' or '/' or '#'; k++)
        {
            digits += tokens[k].Length;
            end = tokens[k].End;
        }
        // In lower case ("no-1047781") it takes more digits to be told from "top-1000".
        if (digits < (char.IsAsciiLetterUpper(text.Text[token.Start]) ? 4 : 6) || digits > 20)
            return false;
        var kind = s_references.Contains(token.Hash) ? EntityReader.Reference : EntityReader.OrderNumber;
        entity = new FoundEntity(kind, token.Start, end - token.Start, text.Text[token.Start..end].ToUpperInvariant());
        return true;
    }

    /// <summary>"NO1047781".</summary>
    private static bool TryPrefixed(TextTokens text, in Token token, out FoundEntity entity)
    {
        entity = default;
        var span = text.TextOf(token);
        var letters = 0;
        while (letters < span.Length && char.IsAsciiLetterUpper(span[letters]))
            letters++;
        if (letters is < 1 or > 4 || span.Length - letters is < 5 or > 14 || span[letters..].IndexOfAnyExceptInRange('0', '9') >= 0)
            return false;
        entity = new FoundEntity(EntityReader.OrderNumber, token.Start, token.Length, span.ToString());
        return true;
    }

    private static bool TryTracking(TextTokens text, in Token token, out FoundEntity entity)
    {
        entity = default;
        var span = text.TextOf(token);
        var isTracking = (span.Length == 18 && span.StartsWith("1Z", StringComparison.OrdinalIgnoreCase))
            || (span.Length is >= 16 and <= 24 && span.StartsWith("JJ", StringComparison.OrdinalIgnoreCase) && char.IsAsciiDigit(span[^1]))
            || IsPostal(span);
        if (!isTracking)
            return false;
        entity = new FoundEntity(EntityReader.TrackingNumber, token.Start, token.Length, span.ToString().ToUpperInvariant());
        return true;
    }

    /// <summary>UPU S10: two letters, eight digits, a check digit, two letters of a country.</summary>
    private static bool IsPostal(ReadOnlySpan<char> span)
    {
        if (span.Length != 13 || !char.IsAsciiLetter(span[0]) || !char.IsAsciiLetter(span[1]) || !char.IsAsciiLetter(span[11]) || !char.IsAsciiLetter(span[12]))
            return false;
        ReadOnlySpan<int> weights = [8, 6, 4, 2, 3, 5, 9, 7];
        var sum = 0;
        for (var i = 2; i < 11; i++)
        {
            if (!char.IsAsciiDigit(span[i]))
                return false;
            if (i < 10)
                sum += (span[i] - '0') * weights[i - 2];
        }
        var check = 11 - sum % 11;
        return span[10] - '0' == check switch { 10 => 0, 11 => 5, _ => check };
    }

    /// <summary>International form (+ or 00), or any form after a word for telephone.</summary>
    private static bool TryPhone(TextTokens text, int at, out FoundEntity entity)
    {
        entity = default;
        var tokens = text.Tokens;
        var start = tokens[at].Start;
        var plus = start > 0 && text.Folded[start - 1] == '+';
        if (!plus && !(text.Text[start] == '0' && Before(tokens, at, s_phone)))
            return false;
        Span<char> digits = stackalloc char[20];
        var count = 0;
        int end = start, k = at;
        for (; k < tokens.Length && tokens[k].Kind == TokenKind.Number && count + tokens[k].Length <= 15; k++)
        {
            if (k > at && (tokens[k].Start - end > 3 || text.Folded[end..tokens[k].Start].IndexOfAnyExcept(s_phoneGlue) >= 0))
                break;
            text.TextOf(tokens[k]).CopyTo(digits[count..]);
            count += tokens[k].Length;
            end = tokens[k].End;
        }
        if (count < 8)
            return false;
        var value = digits[..count].ToString();
        entity = plus
            ? new FoundEntity(EntityReader.Phone, start - 1, end - start + 1, "+" + value)
            : new FoundEntity(EntityReader.Phone, start, end - start, value);
        return true;
    }

    private static bool Before(ReadOnlySpan<Token> tokens, int at, HashSet<uint> words)
    {
        for (var k = Math.Max(0, at - Reach); k < at; k++)
            if (words.Contains(tokens[k].Hash))
                return true;
        return false;
    }

    private static HashSet<uint> Words(string words) => [.. words.Split(' ').Select(w => Hash32.OfFolded(w))];
}
