using EmailOps.Core.Learning;

namespace EmailOps.Tests.Learning;

public class LanguageIdentifierTests
{
    [Theory]
    [InlineData("en", "Where is my parcel?")]
    [InlineData("en", "ok thanks, bye")]
    [InlineData("de", "Danke!")]
    [InlineData("de", "Wo ist mein Paket?")]
    [InlineData("fr", "Merci beaucoup")]
    [InlineData("fr", "Je n'ai pas encore reçu mon colis.")]
    [InlineData("es", "Muchas gracias")]
    [InlineData("es", "¿Dónde está mi pedido?")]
    [InlineData("it", "Grazie mille!")]
    [InlineData("it", "Dov'è il mio pacco?")]
    [InlineData("nl", "Waar blijft mijn pakje?")]
    [InlineData("pl", "Gdzie jest moja paczka?")]
    [InlineData("pt", "Onde está a minha encomenda?")]
    [InlineData("sv", "Var är mitt paket?")]
    [InlineData("da", "Hvad koster levering til Færøerne?")]
    [InlineData("no", "Jeg har ikke mottatt pakken ennå.")]
    [InlineData("fi", "Missä tilaukseni on?")]
    [InlineData("cs", "Chci vrátit zboží")]
    [InlineData("sk", "Chcem vrátiť tovar")]
    [InlineData("hu", "Hol van a csomagom?")]
    [InlineData("ro", "Unde este coletul meu?")]
    [InlineData("tr", "Siparişim nerede?")]
    [InlineData("hr", "Gdje je moj paket?")]
    [InlineData("vi", "Đơn hàng của tôi ở đâu?")]
    [InlineData("id", "Di mana paket saya?")]
    [InlineData("ru", "Где мой заказ?")]
    [InlineData("uk", "Де моє замовлення?")]
    [InlineData("bg", "Къде е поръчката ми?")]
    [InlineData("el", "Πού είναι η παραγγελία μου;")]
    [InlineData("he", "איפה ההזמנה שלי?")]
    [InlineData("ar", "أين طلبي؟")]
    [InlineData("ko", "제 주문은 어디에 있나요?")]
    [InlineData("zh", "我想换一件大一号的")]
    [InlineData("ja", "サイズを交換したいです")]
    [InlineData("th", "สินค้าของฉันอยู่ที่ไหน")]
    [InlineData("hi", "मेरा ऑर्डर कहाँ है")]
    public void A_short_line_is_told(string language, string text) => Assert.Equal(language, Identify(text).Language);

    [Theory]
    [InlineData("")]
    [InlineData("NO-1234567")]
    [InlineData("???")]
    [InlineData("xqzt brrf vvk")]
    [InlineData("12 34 56")]
    public void Where_there_is_nothing_to_tell_by_the_language_is_undetermined(string text)
    {
        var guess = Identify(text);
        Assert.Equal(Languages.Undetermined, guess.Language);
        Assert.True(guess.Certainty < 0.5);
    }

    [Fact]
    public void The_other_language_of_a_bilingual_mail_is_named()
    {
        var guess = Identify("Guten Tag, ich habe letzte Woche eine Jacke bestellt und noch keine Nachricht erhalten. Wann kommt sie an? Hello, I ordered a jacket last week and I have not heard from you. When will it arrive? Thank you for your help.");
        Assert.Equal(["de", "en"], new[] { guess.Language, guess.Second }.Order());
    }

    private static LanguageGuess Identify(string text)
    {
        var tokens = new TextTokens();
        tokens.Read(text);
        return LanguageIdentifier.Identify(tokens);
    }
}
