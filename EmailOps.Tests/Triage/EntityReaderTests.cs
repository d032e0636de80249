using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Entities;

namespace EmailOps.Tests.Triage;

public class EntityReaderTests
{
    /// <summary>A Friday.</summary>
    private static readonly DateOnly s_today = new(2026, 11, 20);

    [Theory]
    [InlineData("en", "It cost $1,249.00", "1249.00 USD")]
    [InlineData("de", "Es kostet 1.249,90 €", "1249.90 EUR")]
    [InlineData("de", "EUR 99,- zu viel", "99.00 EUR")]
    [InlineData("fr", "J'ai payé 1 249,50 euros", "1249.50 EUR")]
    [InlineData("sv", "fakturan på 1 249 kr", "1249.00 SEK")]
    [InlineData("da", "det koster 249,50 kr", "249.50 DKK")]
    [InlineData("pl", "pobrano 49,90 zł", "49.90 PLN")]
    [InlineData("ja", "12,800円でした", "12800.00 JPY")]
    [InlineData("en", "£12 only", "12.00 GBP")]
    [InlineData("en", "CHF 1'200.50", "1200.50 CHF")]
    public void Amounts(string language, string text, string value) => Assert.Equal(value, One(language, text, "amount"));

    [Theory]
    [InlineData("en", "on 2026-11-02", "2026-11-02")]
    [InlineData("de", "am 2.11.2026", "2026-11-02")]
    [InlineData("de", "am 02.11.", "2026-11-02")]
    [InlineData("de", "am 21. Dezember", "2026-12-21")]
    [InlineData("en", "by November 21, 2026", "2026-11-21")]
    [InlineData("en", "on the 3rd of December", "2026-12-03")]
    [InlineData("en", "on 11/18/2026", "2026-11-18")]
    [InlineData("fr", "le 18/11/2026", "2026-11-18")]
    [InlineData("es", "el 5 de diciembre de 2026", "2026-12-05")]
    [InlineData("pl", "2 listopada", "2026-11-02")]
    [InlineData("ja", "11月18日に", "2026-11-18")]
    [InlineData("ja", "2026年11月18日", "2026-11-18")]
    [InlineData("en", "arrives tomorrow", "2026-11-21")]
    [InlineData("de", "kommt morgen an", "2026-11-21")]
    [InlineData("fr", "reçu hier", "2026-11-19")]
    [InlineData("sv", "kom i går", "2026-11-19")]
    [InlineData("en", "I ordered on Tuesday", "2026-11-17")]
    [InlineData("en", "I need it by Tuesday", "2026-11-24")]
    [InlineData("en", "ordered on January 5", "2027-01-05")]
    public void Dates_count_from_the_day_the_mail_came_in(string language, string text, string value) => Assert.Equal(value, One(language, text, "date"));

    [Theory]
    [InlineData("de", "Guten Morgen")]
    [InlineData("es", "llegó por la mañana")]
    [InlineData("en", "version 2.5 and 31.02.2026 and 99/99/2026")]
    [InlineData("en", "set 2 of 3")]
    public void What_only_looks_like_a_date_is_none(string language, string text) => Assert.Equal("", One(language, text, "date"));

    [Theory]
    [InlineData("order-number", "my order NO-1047781 please", "NO-1047781")]
    [InlineData("order-number", "no-1047781", "NO-1047781")]
    [InlineData("order-number", "Bestellnummer: 10477812", "10477812")]
    [InlineData("order-number", "#104778", "104778")]
    [InlineData("order-number", "注文番号 1047781", "1047781")]
    [InlineData("reference", "return RMA-55690", "RMA-55690")]
    [InlineData("reference", "INV-2026-000123", "INV-2026-000123")]
    [InlineData("tracking-number", "1Z999AA10123456784", "1Z999AA10123456784")]
    [InlineData("tracking-number", "RR123456785GB", "RR123456785GB")]
    [InlineData("tracking-number", "tracking 123456789012", "123456789012")]
    [InlineData("phone", "ring me: +44 20 7946 0318.", "+442079460318")]
    [InlineData("phone", "Tel. 030 / 123 456 78", "03012345678")]
    [InlineData("email", "write to Jo.Doe+x@mail.example.com.", "jo.doe+x@mail.example.com")]
    [InlineData("url", "see https://shop.example/a?b=1.", "https://shop.example/a?b=1")]
    public void Numbers_and_addresses(string kind, string text, string value) => Assert.Equal(value, One("en", text, kind));

    [Fact]
    public void A_postal_number_with_a_wrong_check_digit_is_none() => Assert.Equal("", One("en", "RR123456784GB", "tracking-number"));

    private static string One(string language, string text, string kind)
    {
        var tokens = new TextTokens();
        tokens.Read(text);
        List<FoundEntity> found = [];
        EntityReader.Read(tokens, language, s_today, 60, found);
        foreach (var entity in found)
            Assert.True(entity.Start >= 0 && entity.Length > 0 && entity.Start + entity.Length <= text.Length);
        return string.Join(" ", found.Where(f => f.Kind == kind).Select(f => f.Value));
    }
}
