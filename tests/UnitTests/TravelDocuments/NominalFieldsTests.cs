using Liaison.Api;
using Liaison.TravelDocuments.Domain;

namespace UnitTests.TravelDocuments;

public sealed class NominalFieldsTests
{
    [Fact]
    public void No_field_of_the_dataset_is_taken_for_one_about_a_person()
    {
        string[] fields =
        [
            .. LiaisonJson.Default.TravelDocumentRequest.Properties.Select(p => p.Name),
            .. LiaisonJson.Default.WithdrawalRequest.Properties.Select(p => p.Name), "date", "place", "foundDate", "foundPlace",
        ];
        Assert.True(fields.Length > 20);
        Assert.All(fields, field => Assert.Null(NominalFields.Refuse(field)));
    }

    [Theory]
    [InlineData("surname")]
    [InlineData("given_names")]
    [InlineData("Date of birth")]
    [InlineData("finderName")]
    [InlineData("SEX")]
    [InlineData("personal-number")]
    public void What_is_about_a_person_is_refused_however_it_is_written(string field) =>
        Assert.Equal(("nominalField", field), (NominalFields.Refuse(field)?.Code, NominalFields.Refuse(field)?.Field));
}
