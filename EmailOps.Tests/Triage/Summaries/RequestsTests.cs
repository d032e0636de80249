using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Summaries;

namespace EmailOps.Tests.Triage.Summaries;

public class RequestsTests
{
    [Theory]
    [InlineData("Where is my parcel?")]
    [InlineData("Please send me the invoice again.")]
    [InlineData("Let me know by Friday.")]
    [InlineData("Cancel my order at once!")]
    [InlineData("Ann, send me the label again.")]
    [InlineData("Könnten Sie mir die Rechnung schicken")]
    [InlineData("Bitte stornieren Sie die Bestellung.")]
    [InlineData("Pourriez-vous m'envoyer la facture")]
    [InlineData("¿Dónde está mi pedido?")]
    [InlineData("Potrebbe inviarmi la fattura")]
    [InlineData("Kunt u mijn adres wijzigen")]
    [InlineData("Proszę o fakturę.")]
    [InlineData("荷物はどこですか？")]
    public void Requests_are_found(string sentence) => Assert.Equal(1, Strength(sentence));

    [Theory]
    [InlineData("I need the receipt for my tax return.")]
    [InlineData("Ich brauche die Rechnung für die Steuer.")]
    [InlineData("Je voudrais une taille plus grande.")]
    public void Wishes_count_half(string sentence) => Assert.Equal(0.5, Strength(sentence));

    [Theory]
    [InlineData("The parcel arrived on Monday.")]
    [InlineData("If you have any questions, please call.")]
    [InlineData("Do not hesitate to contact us.")]
    [InlineData("Das Paket ist angekommen.")]
    [InlineData("Bei Fragen melden Sie sich bitte.")]
    [InlineData("")]
    public void What_only_looks_like_one_is_not(string sentence) => Assert.Equal(0, Strength(sentence));

    [Fact]
    public void What_a_mail_asks_is_said_beside_its_summary()
    {
        var result = TriageUnderTest.Run("Hello,\n\nI ordered a lamp last week and it came without a bulb. Could you send me the missing bulb? The lamp itself is lovely.\n\nKim", "Missing bulb");
        Assert.Contains(result.Signals, s => s is { Name: "asks", Evidence: "Could you send me the missing bulb?" });
        Assert.Contains("Could you send me the missing bulb?", result.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Signals, s => s.Name == "asks" && s.Evidence!.Contains("lovely", StringComparison.Ordinal));
    }

    private static double Strength(string sentence)
    {
        var tokens = new TextTokens();
        tokens.Read(sentence);
        return Requests.Strength(tokens, 0, tokens.Tokens.Length, sentence);
    }
}
