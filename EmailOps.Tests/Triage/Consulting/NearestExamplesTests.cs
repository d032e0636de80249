using EmailOps.Core.Triage.Consulting;

namespace EmailOps.Tests.Triage.Consulting;

public class NearestExamplesTests
{
    private static readonly NearestExamples s_known = new(
    [
        new(1, "shipping", "Parcel\nWhere is my parcel? The tracking number shows nothing."),
        new(2, "shipping", "Parcel\nMy parcel with the tracking number is lost."),
        new(3, "shipping", "Parcel\nThe tracking of my parcel stands still."),
        new(4, "returns", "Jacket\nThe zip of the jacket is broken and I want my money back."),
        new(5, "returns", "Paket\nIch möchte die Jacke zurückschicken, wie geht das?"),
    ]);

    [Fact]
    public void The_nearest_come_first_two_of_a_category_at_most_and_never_the_mail_itself()
    {
        var chosen = s_known.Choose(2, "Parcel\nWhere is my parcel, the tracking number says nothing", ["shipping"], 4);
        Assert.Equal(1, chosen[0].MessageId);
        Assert.Equal(2, chosen.Count(c => c.Category == "shipping"));
        Assert.DoesNotContain(chosen, c => c.MessageId == 2);
    }

    [Fact]
    public void Mail_like_none_of_them_gets_none()
    {
        Assert.Empty(s_known.Choose(0, "Bonjour, je voudrais une facture", [], 4));
        Assert.Empty(s_known.Choose(0, "", [], 4));
        Assert.Empty(s_known.Choose(0, "parcel tracking", [], 0));
        Assert.Empty(NearestExamples.None.Choose(0, "parcel tracking", [], 4));
    }

    [Fact]
    public void The_same_mail_gets_the_same_examples()
        => Assert.Equal(s_known.Choose(0, "jacket parcel tracking zip", ["returns"], 3), s_known.Choose(0, "jacket parcel tracking zip", ["returns"], 3));
}
