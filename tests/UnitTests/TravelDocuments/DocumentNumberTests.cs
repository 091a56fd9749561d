using CsCheck;
using Liaison.Matching;
using Liaison.TravelDocuments.Domain;

namespace UnitTests.TravelDocuments;

public sealed class DocumentNumberTests
{
    private static readonly Gen<string> Key =
        Gen.Char["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"].Array[1, NumberKey.MaxLength].Select(c => new string(c));

    [Theory]
    [InlineData("L898902C3", "L898902C3")]
    [InlineData(" l898902c3 ", "L898902C3")]
    [InlineData("L-898 902/C.3<<", "L898902C3")]
    [InlineData("0", "0")]
    [InlineData("-1-", "1")]
    public void Separators_and_case_make_no_difference(string written, string key)
    {
        var number = DocumentNumber.Parse(written, "number").Value;
        Assert.Equal((written.Trim(), key), (number.Written, number.Key.Text));
    }

    [Theory]
    [InlineData("", "numberRequired")]
    [InlineData("  ", "numberRequired")]
    [InlineData("-/.<", "numberRequired")]
    [InlineData("12_34", "numberCharacters")]
    [InlineData("12\n34", "numberCharacters")]
    [InlineData("AB<12", "numberCharacters")] // an MRZ, or a part of one
    [InlineData("ÄB12", "numberCharacters")]
    [InlineData("АВ12", "numberCharacters")] // Cyrillic letters that look Latin
    [InlineData("１２３", "numberCharacters")] // full-width digits
    [InlineData("ı1", "numberCharacters")]
    [InlineData("1234567890123456789012345678901234", "numberTooLong")]
    public void What_is_no_number_is_refused_with_the_field(string written, string code)
    {
        var problem = Assert.Single(DocumentNumber.Parse(written, "rangeTo").Problems);
        Assert.Equal(("rangeTo", code), (problem.Field, problem.Code));
    }

    [Theory]
    [InlineData(64, new string[0])]
    [InlineData(65, new[] { "numberTooLong" })]
    public void Separators_count_towards_what_is_looked_at(int length, string[] codes) =>
        Assert.Equal(codes, DocumentNumber.Parse("7".PadLeft(length, '-'), "number").Problems.Select(p => p.Code));

    [Fact]
    public void Separators_anywhere_leave_the_key_as_it_is() =>
        Gen.Select(Key, Gen.Char[" -/."], Gen.Int[0, NumberKey.MaxLength]).Sample((key, separator, place) =>
            Assert.Equal(key, DocumentNumber.Parse(key.ToLowerInvariant().Insert(Math.Min(place, key.Length), $"{separator}"),
                "number").Value.Key.Text));

    [Fact]
    public void A_number_in_a_text_shows_its_length_only() =>
        Key.Where(k => k.Length > 3)
            .Sample(key => Assert.DoesNotContain(key, DocumentNumber.Parse(key, "number").Value.Key.ToString(), StringComparison.Ordinal));
}
