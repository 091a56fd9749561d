using Liaison.TravelDocuments.Domain;

namespace UnitTests.TravelDocuments;

public sealed class MrzKindsTests
{
    [Theory]
    [InlineData("V", "visa")]
    [InlineData("VB", "visa")]
    [InlineData("AC", "crewMemberCertificate")]
    [InlineData("IP", "identityCard passport")]
    [InlineData("D1", "drivingLicence")]
    [InlineData("FA", "drivingLicence")]
    [InlineData("ID", "identityCard residencePermit seafarersIdentityDocument")]
    [InlineData("C<", "identityCard residencePermit seafarersIdentityDocument")]
    [InlineData("A", "identityCard residencePermit seafarersIdentityDocument")]
    public void A_document_code_stands_for_kinds(string code, string kinds) => Assert.Equal(kinds.Split(' '), MrzKinds.Of(code));

    [Theory]
    [InlineData("P")]
    [InlineData("P<")]
    [InlineData("PD")]
    [InlineData("PX")]
    public void P_is_printed_on_every_kind_of_passport(string code)
    {
        Assert.Superset(new HashSet<string> { "passport", "diplomaticPassport", "refugeeTravelDocument", "laissezPasser" },
            new HashSet<string>(MrzKinds.Of(code)));
        Assert.DoesNotContain("visa", MrzKinds.Of(code));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<<")]
    [InlineData("X")]
    [InlineData("p")]
    public void A_code_that_is_not_listed_may_be_of_any_kind(string code) => Assert.Empty(MrzKinds.Of(code));

    [Fact]
    public void Every_kind_of_the_list_is_a_kind()
    {
        foreach (var code in new[] { "P", "V", "I", "IP", "A", "AC", "C", "D1", "FA" })
            Assert.All(MrzKinds.Of(code), kind => Assert.True(DocumentCodes.Kinds.Has(kind)));
    }
}
