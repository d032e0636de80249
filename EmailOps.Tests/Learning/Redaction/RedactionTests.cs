using EmailOps.Core.Learning.Redaction;
using Hiding = EmailOps.Core.Learning.Redaction.Redaction;

namespace EmailOps.Tests.Learning.Redaction;

public class RedactionTests
{
    [Theory]
    [InlineData("My card is 4111 1111 1111 1111, please refund it.", "My card is [CARD-1], please refund it.")]
    [InlineData("Karte 5500-0000-0000-0004 und noch einmal 5500000000000004.", "Karte [CARD-1] und noch einmal [CARD-1].")]
    [InlineData("amex 378282246310005", "amex [CARD-1]")]
    [InlineData("IBAN: DE89 3704 0044 0532 0130 00", "IBAN: [IBAN-1]")]
    [InlineData("refund to gb82west12345698765432 please", "refund to [IBAN-1] please")]
    [InlineData("FR14 2004 1010 0505 0001 3M02 606.", "[IBAN-1].")]
    [InlineData("password: hunter2", "password: [PASSWORD-1]")]
    [InlineData("Mein Passwort lautet Blau-77!x und geht nicht", "Mein Passwort lautet [PASSWORD-1] und geht nicht")]
    [InlineData("mot de passe : \"soleil\"", "mot de passe : \"[PASSWORD-1]\"")]
    [InlineData("contraseña=ab12cd", "contraseña=[PASSWORD-1]")]
    [InlineData("パスワード no, but PIN: 4711", "パスワード no, but PIN: [PASSWORD-1]")]
    [InlineData("the CVC is 123", "the CVC is [PASSWORD-1]")]
    [InlineData("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U", "token [KEY-1]")]
    [InlineData("key sk_live_4eC39HqLyjWDarjtT1zdp7dc works", "key [KEY-1] works")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "[KEY-1]")]
    [InlineData("https://shop.example/reset?token=9f8e7d6c5b4a39281706&lang=de", "https://shop.example/reset?token=[KEY-1]&lang=de")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY----- thanks", "[KEY-1] thanks")]
    [InlineData("write to jana.weber@mail.example or Jana.Weber@mail.example", "write to [EMAIL-1] or [EMAIL-1]")]
    [InlineData("call +49 40 1234567 or 0040 21 123 45 67", "call [PHONE-1] or [PHONE-2]")]
    [InlineData("Tel. 040 / 123 45 67", "Tel. [PHONE-1]")]
    [InlineData("Birkenweg 12a, 20095 Hamburg", "[STREET-1]")]
    [InlineData("new address: 14 Harbour Street, Bristol", "new address: [STREET-1], Bristol")]
    [InlineData("12 rue de la Paix, 75002 Paris", "[STREET-1]")]
    [InlineData("Via Garibaldi, 5", "[STREET-1]")]
    [InlineData("Keizersgracht 123, 1015 CJ", "[STREET-1]")]
    [InlineData("my SSN is 123-45-6789", "my SSN is [ID-1]")]
    [InlineData("DNI 12345678Z", "DNI [ID-1]")]
    [InlineData("codice fiscale RSSMRA85T10A562S", "codice fiscale [ID-1]")]
    [InlineData("personnummer 811218-9876", "personnummer [ID-1]")]
    [InlineData("Steuer-ID 86095742719", "Steuer-ID [ID-1]")]
    [InlineData("PESEL 44051401359", "PESEL [ID-1]")]
    [InlineData("please fill [CARD-1] in", "please fill [TEXT-1] in")]
    public void What_must_not_leave_is_hidden(string text, string hidden) => Assert.Equal(hidden, new Hiding().Hide(text));

    [Theory]
    [InlineData("My password is wrong and I cannot sign in.")]
    [InlineData("Mein Passwort ist falsch. Das Passwort war abgelaufen.")]
    [InlineData("I forgot my password, the reset link is expired.")]
    [InlineData("Order NO-1047781 of 12.11.2026, EUR 249.00, size 46-48, RMA-30917, INV-2026-000123")]
    [InlineData("tracking 00340434161094042557, 1Z999AA10123456784, JJD000390007822411234, RR123456785DE")]
    [InlineData("Sendungsnummer 4111111111111111")]
    [InlineData("4111 1111 1111 1112 is mistyped")]
    [InlineData("ISBN 978-3-16-148410-0, EAN 4006381333931, 1234567890")]
    [InlineData("Schicken Sie das weg, 3 Mal schon! I am on my way 2 times a week.")]
    [InlineData("Could you spin 1234 wheels? The token of my love. A secret recipe.")]
    public void What_is_ordinary_stays(string text) => Assert.Same(text, new Hiding().Hide(text));

    [Fact]
    public void An_answer_gets_addresses_back_but_never_secrets()
    {
        var redaction = new Hiding(["support@shop.example"]);
        var hidden = redaction.Hide("I am jana@mail.example, Birkenweg 12, tel +49 40 1234567, card 4111111111111111, password: hunter2. I wrote to support@shop.example.");
        Assert.Equal("I am [EMAIL-1], [STREET-1], tel [PHONE-1], card [CARD-1], password: [PASSWORD-1]. I wrote to support@shop.example.", hidden);
        var filled = redaction.Fill("We ship to [STREET-1] and write to [EMAIL-1]. Your card [CARD-1], password [PASSWORD-1] and [PHONE-9] are safe.");
        Assert.Equal("We ship to Birkenweg 12 and write to jana@mail.example. Your card [CARD-1], password [PASSWORD-1] and [PHONE-9] are safe.", filled.Text);
        Assert.Equal(["[CARD-1]", "[PASSWORD-1]", "[PHONE-9]"], filled.Open);
    }

    [Fact]
    public void The_same_value_has_one_placeholder_in_all_texts_of_a_question()
    {
        var redaction = new Hiding();
        Assert.Equal("about [EMAIL-1]", redaction.Hide("about jana@mail.example"));
        Assert.Equal("[EMAIL-2] and [EMAIL-1]", redaction.Hide("bo@mail.example and JANA@mail.example"));
    }

    [Fact]
    public void Hiding_twice_hides_nothing_more_and_no_secret_is_left()
    {
        var random = new Random(11);
        string[] secrets = ["4111 1111 1111 1111", "5500000000000004", "DE89 3704 0044 0532 0130 00", "NL91ABNA0417164300", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "jana.weber@mail.example", "+49 40 1234567", "123-45-6789"];
        string[] glue = [" Hello, ", "\n", " und ", " (", "): ", "; also ", " - ", "，", " 。", "\t", " card ", " Konto: ", ". ", "\u200B"];
        for (var round = 0; round < 3_000; round++)
        {
            var used = Enumerable.Range(0, random.Next(1, 5)).Select(_ => secrets[random.Next(secrets.Length)]).ToList();
            var text = string.Concat(used.Select(s => glue[random.Next(glue.Length)] + s)) + glue[random.Next(glue.Length)] + "please";
            var redaction = new Hiding();
            var hidden = redaction.Hide(text);
            Assert.All(used, s => Assert.DoesNotContain(s, hidden, StringComparison.Ordinal));
            Assert.Equal(used.Distinct().Count(), redaction.Counts.Values.Sum());
            // What is hidden holds nothing but placeholders of ours: another round escapes those, and finds nothing else.
            Assert.All(SecretScan.Find(hidden), s => Assert.Equal(RedactedKind.Text, s.Kind));
        }
    }

    [Fact]
    public void Hostile_text_is_read_once()
    {
        string[] units = ["eyJ-", "eyJ.", "eyJa", "token=", "1 ", "1-", "+1", "@", "a@", "a.", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "password:", "password ", "pin is ", "[CARD-1", "DE89 ", "Aweg 1", "12 St ", "rue ", "via a ", "4111111111111111", "\uD800", "（", "12 A "];
        foreach (var unit in units)
        {
            var text = string.Concat(Enumerable.Repeat(unit, 400_000 / unit.Length));
            Assert.True(new Hiding().Hide(text).Length >= 0);
        }
        var random = new Random(3);
        const string alphabet = "eyJ.-+@1234567890 ABCdeß:=\"[]/\nпароль日本\u200B\uD83D";
        for (var i = 0; i < 500; i++)
        {
            var text = string.Create(random.Next(1, 400), random, (span, r) => { foreach (ref var c in span) c = alphabet[r.Next(alphabet.Length)]; });
            var spans = SecretScan.Find(text);
            Assert.True(spans.Zip(spans.Skip(1)).All(p => p.First.End <= p.Second.Start) && spans.TrueForAll(s => s.Length > 0 && s.End <= text.Length), text);
        }
    }

    [Fact]
    public void Ordinary_numbers_of_a_shop_are_seldom_taken_for_secrets()
    {
        var random = new Random(7);
        var counts = new Dictionary<string, int>();
        const int Each = 5_000;
        string Digits(int n) => string.Concat(Enumerable.Range(0, n).Select(i => (char)('0' + random.Next(i == 0 ? 1 : 0, 10))));
        (string Kind, Func<string> Make)[] kinds =
        [
            ("order", () => $"my order NO-{Digits(7)} is late"), ("bare order of 10", () => $"order {Digits(10)}"), ("tracking of 12", () => $"number {Digits(12)}"), ("tracking of 14", () => $"parcel {Digits(14)}"),
            ("tracking of 16, named", () => $"tracking number {Digits(16)}"), ("tracking of 20", () => $"00{Digits(18)}"), ("invoice", () => $"invoice INV-2026-{Digits(6)}"), ("postal", () => $"RR{Digits(9)}DE"),
            ("EAN", () => $"article {Digits(13)}"), ("amount", () => $"EUR {Digits(3)}.{Digits(2)}"), ("gift card", () => $"NLG{Digits(13)}"), ("16 digits, nothing said", () => $"about {Digits(16)}"),
        ];
        foreach (var (kind, make) in kinds)
            for (var i = 0; i < Each; i++)
                counts[kind] = counts.GetValueOrDefault(kind) + SecretScan.Find(make()).Count;
        var figures = string.Join(", ", counts.Select(c => $"{c.Key} {c.Value}"));
        Console.WriteLine($"redaction, false alarms of {Each} each: {figures}");
        Assert.All(counts.Where(c => !c.Key.StartsWith("16 digits", StringComparison.Ordinal)), c => Assert.True(c.Value <= Each * 0.002, figures));
        // Sixteen bare digits with a card's first digits and check digit cannot be told from a card.
        Assert.True(counts["16 digits, nothing said"] <= Each * 0.035, figures);
    }
}
