using Liaison.Bench.Corpora;
using Liaison.TravelDocuments.Demo;

namespace UnitTests.Bench;

/// <summary>A bench that asks the wrong questions measures something else.</summary>
public sealed class CorpusTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    [InlineData(65_536)]
    [InlineData(100_003)]
    public void A_permutation_gives_every_number_once(int size)
    {
        var permutation = new Permutation(size, 7);
        Assert.Equal(size, Enumerable.Range(0, size).Select(i => permutation.At(i)).Where(n => n >= 0 && n < size).Distinct().Count());
    }

    [Fact]
    public void A_permutation_does_not_keep_the_order()
    {
        var permutation = new Permutation(100_000, 7);
        var rising = Enumerable.Range(1, 10_000).Count(i => permutation.At(i) > permutation.At(i - 1));
        Assert.InRange(rising, 4_500, 5_500);
    }

    [Fact]
    public void Documents_are_distinct_and_of_the_formats_of_the_demo_data()
    {
        var formats = DemoFormats.Load().All
            .Select(f => f with { Pattern = f.Pattern.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal) })
            .ToLookup(f => (f.Issuer, f.Kind));
        var corpus = Corpus.OfEverybody();
        var seen = new HashSet<(string, string, string)>();
        for (var place = 0; place < 50_000; place++)
        {
            var document = corpus.At(place);
            Assert.True(seen.Add((document.Issuer, document.Kind, document.Number)));
            Assert.Contains(formats[(document.Issuer, document.Kind)], f => f.Fits(document.Number));
        }
    }

    [Fact]
    public void There_is_room_for_fifty_million_documents_and_as_many_questions() =>
        Assert.True(Corpus.OfEverybody().Capacity > 100_000_000, $"{Corpus.OfEverybody().Capacity} documents are too few.");

    [Fact]
    public void One_member_has_room_for_a_bulk_import_of_ten_million()
    {
        var corpus = Corpus.OfIssuer("FRA", 10_000_000);
        Assert.True(corpus.Capacity >= 10_000_000);
        Assert.All(Enumerable.Range(0, 1000), place => Assert.Equal("FRA", corpus.At(9_990_000 + place).Issuer));
    }

    [Fact]
    public void One_question_in_a_thousand_is_on_file_and_none_is_asked_twice()
    {
        const int Documents = 100_000, Asked = 200_000;
        var corpus = Corpus.OfEverybody();
        var onFile = Enumerable.Range(0, Documents).Select(place => corpus.At(place)).ToHashSet();
        var questions = new Questions(corpus, Documents, Documents, place => place);
        Sample[] asked = [.. Enumerable.Range(0, Asked).Select(_ => questions.Next())];
        Assert.Equal(Asked, asked.Distinct().Count());
        Assert.Equal(Asked / Questions.OneHitIn, asked.Count(onFile.Contains));
    }
}
