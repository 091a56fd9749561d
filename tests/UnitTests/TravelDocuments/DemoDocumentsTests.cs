using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Liaison.Kernel.Text;
using Liaison.Kernel.Time;
using Liaison.TravelDocuments.Demo;

namespace UnitTests.TravelDocuments;

public sealed class DemoDocumentsTests
{
    private static readonly DateOnly Today = new(2026, 1, 15);
    private static readonly Lazy<DemoDocument[]> Made = new(() => [.. DemoDocuments.All(DemoDocuments.UsualCount, Today)]);

    private static readonly Assembly Kernel = typeof(PartialDate).Assembly;
    private static readonly Assembly TravelDocuments = typeof(DemoDocument).Assembly;
    private static readonly Assembly Platform = Assembly.Load("Liaison.Platform");

    private static DemoDocument[] Usual => Made.Value;

    private static IEnumerable<DemoDocument> Ordinary => Usual.Where(demo => demo.Owner != "UTO");

    [Fact]
    public void The_same_day_gives_the_same_documents_on_every_machine()
    {
        const string Approved = "BB7A1507354B52E06CA1B1043EB8D354";
        Assert.Equal(Approved, HashOf(Usual.Take(1_000)));
        Assert.Equal(Usual.Take(1_000), DemoDocuments.All(DemoDocuments.UsualCount, Today).Take(1_000));
        Assert.NotEqual(Approved, HashOf(DemoDocuments.All(DemoDocuments.UsualCount, Today.AddDays(1)).Take(1_000)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(1_234)]
    public void Gives_as_many_as_asked(int count) => Assert.Equal(count, DemoDocuments.All(count, Today).Count());

    [Fact]
    public void Refuses_what_it_cannot_make()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DemoDocuments.All(-1, Today));
        Assert.Throws<ArgumentOutOfRangeException>(() => DemoDocuments.All(DemoDocuments.MostCount + 1, Today));
        Assert.Throws<ArgumentOutOfRangeException>(() => DemoDocuments.All(1, new DateOnly(2020, 12, 31)));
    }

    [Fact]
    public void The_usual_data_is_complete_and_has_no_duplicates()
    {
        Assert.Equal(200_000, Usual.Length);
        var keys = Usual.Select(demo => (demo.Document.Issuer, demo.Document.Kind, Compact(demo.Document.Number!))).ToHashSet();
        Assert.Equal(Usual.Length, keys.Count);
    }

    [Fact]
    public void Every_member_issues_and_owns_its_own()
    {
        var members = Rows(Kernel, "countries/issuing-codes.csv").Where(row => row[9] == "member").Select(row => row[1]);
        var issuers = Usual.Select(demo => demo.Document.Issuer!).Distinct().ToList();
        Assert.True(issuers.Count >= 185);
        Assert.Equal(members.Append("UTO").Order(StringComparer.Ordinal), issuers.Order(StringComparer.Ordinal));

        var owners = Rows(Platform, "data/issuing-authorities.csv").ToDictionary(row => row[0], row => row[1]);
        Assert.All(
            Usual.DistinctBy(demo => (demo.Owner, demo.Document.Issuer)),
            demo => Assert.Equal(owners[demo.Document.Issuer!], demo.Owner));
    }

    [Fact]
    public void Numbers_look_as_the_formats_say()
    {
        var formats = DemoFormats.Load().All.ToLookup(format => (format.Issuer, format.Kind));
        foreach (var demo in Ordinary)
        {
            var known = formats[(demo.Document.Issuer!, demo.Document.Kind!)];
            Assert.Contains(known, format => format.Fits(demo.Document.Number!));
            if (demo.Document.RangeTo is { } last) Assert.Contains(known, format => format.Fits(last));
        }
    }

    [Fact]
    public void Formats_use_known_kinds_and_bounded_numbers()
    {
        var kinds = CodesOf("data/kinds.csv");
        Assert.All(DemoFormats.Load().All, format =>
        {
            Assert.Contains(format.Kind, kinds);
            Assert.True(format.Weight > 0);
            Assert.InRange(Compact(format.Pattern).Length, 5, 14);
            Assert.Matches("^[A-Z0-9x -]+$", format.Pattern);
        });
    }

    [Theory]
    [InlineData("99AA9", "01XY2", true)]
    [InlineData("99AA9", "01XY", false)]
    [InlineData("99AA9", "0AXY2", false)]
    [InlineData("Cxx", "CF0", true)]
    [InlineData("Cxx", "CFO", false)]
    [InlineData("9-9", "1-2", true)]
    [InlineData("9-9", "1 2", false)]
    public void A_pattern_decides(string pattern, string number, bool fits) =>
        Assert.Equal(fits, new DemoNumberFormat("UTO", "passport", pattern, 1).Fits(number));

    [Fact]
    public void Ranges_have_one_prefix_one_width_and_ten_to_five_thousand_numbers()
    {
        var ranges = Ordinary.Where(demo => demo.Document.RangeTo is not null).ToList();
        Assert.InRange(ranges.Count, 1_500, 2_000);
        Assert.All(ranges, demo =>
        {
            Assert.Equal("stolenBlank", demo.Document.Status);
            Assert.Equal(demo.Document.Number!.Length, demo.Document.RangeTo!.Length);
            var (prefix, first) = Split(demo.Document.Number);
            var (samePrefix, last) = Split(demo.Document.RangeTo);
            Assert.Equal(prefix, samePrefix);
            Assert.InRange(last - first + 1, 10, 5_000);
            Assert.Null(demo.Document.ConfirmLargeRange);
        });
    }

    [Fact]
    public void No_number_lies_inside_a_range_and_no_ranges_touch()
    {
        var spans = Usual.Select(demo =>
        {
            var number = Compact(demo.Document.Number!);
            var (prefix, first) = Split(number);
            var isRange = demo.Document.RangeTo is not null;
            return (Series: (demo.Document.Issuer, prefix, number.Length), IsRange: isRange, First: first,
                Last: isRange ? Split(demo.Document.RangeTo!).Value : first);
        });
        foreach (var series in spans.GroupBy(span => span.Series))
        {
            var reached = (ByRange: false, Last: -1L);
            foreach (var span in series.OrderBy(span => span.First))
            {
                if (span.IsRange || reached.ByRange) Assert.True(span.First > reached.Last);
                reached = (span.IsRange, span.Last);
            }
        }
    }

    [Fact]
    public void Statuses_come_in_the_stated_shares()
    {
        Assert.Equal(CodesOf("data/statuses.csv"), Usual.Select(demo => demo.Document.Status!).ToHashSet());
        Assert.All(
            new Dictionary<string, double> { ["lost"] = 70, ["stolen"] = 22, ["stolenBlank"] = 3, ["revoked"] = 3, ["invalid"] = 2 },
            share => Assert.InRange(
                100.0 * Usual.Count(demo => demo.Document.Status == share.Key) / Usual.Length, share.Value - 0.5, share.Value + 0.5));
    }

    [Fact]
    public void Each_status_carries_what_its_rules_ask()
    {
        var reasons = Rows(TravelDocuments, "data/reasons.csv").ToDictionary(row => row[0], row => row[1].Split(' '));
        foreach (var document in Usual.Select(demo => demo.Document))
        {
            var decided = document.Status is "revoked" or "invalid";
            Assert.Equal(decided, document.ReasonCode is not null);
            Assert.Equal(decided, document.LegalBasis is not null);
            if (decided) Assert.Contains(document.Status!, reasons[document.ReasonCode!]);
            if (document.Status == "stolenBlank")
                Assert.True(document is { IssueDate: null, ExpiryDate: null, Found: null });
            if (document.RangeTo is not null) Assert.Equal("stolenBlank", document.Status);
        }
    }

    [Fact]
    public void Dates_are_real_and_in_the_order_of_life()
    {
        foreach (var (_, document, recordedOn) in Ordinary)
        {
            Assert.True(recordedOn <= Today);
            if (Read(document.EventDate) is { } happened)
            {
                Assert.True(happened.Earliest <= recordedOn);
                if (Read(document.IssueDate) is { } issued) Assert.True(issued.Latest <= happened.Latest);
                if (Read(document.ExpiryDate) is { } expires) Assert.True(expires.Earliest >= happened.Earliest);
                if (Read(document.Found?.Date) is { } found) Assert.True(found.Latest >= happened.Earliest);
            }

            Assert.Equal(document.IssueDate is null, document.ExpiryDate is null);
            if (Read(document.Found?.Date) is { } again) Assert.True(again.Latest <= recordedOn);
        }

        Assert.Contains(Ordinary, demo => demo.Document.EventDate is { Length: 4 });
        Assert.Contains(Ordinary, demo => demo.Document.EventDate is { Length: 7 });
        Assert.InRange(Ordinary.Count(demo => demo.Document.Found is not null), 1_000, 12_000);
        Assert.Equal(Ordinary.Select(demo => demo.RecordedOn).Order(), Ordinary.Select(demo => demo.RecordedOn));
    }

    [Theory]
    [InlineData("2026-01-15")]
    [InlineData("2028-02-29")]
    [InlineData("2150-12-31")]
    public void No_review_is_due_within_a_year(string day)
    {
        var today = DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        Assert.All(DemoDocuments.All(2_000, today), demo =>
        {
            var review = DateOnly.ParseExact(demo.Document.ReviewDate!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
            Assert.Equal(demo.RecordedOn.AddYears(10), review);
            Assert.True(review >= today.AddYears(1));
        });
    }

    [Theory]
    [InlineData("passport", "L898902C3", '6')]
    [InlineData("identityCard", "D23145890", '7')]
    [InlineData("visa", "L8988901C", '4')]
    [InlineData("identityCard", "D23145890734", '9')]
    public void The_specimens_of_Doc_9303_are_stolen(string kind, string number, char printedCheckDigit)
    {
        var document = Assert.Single(Usual, demo => demo.Document.Number == number && demo.Owner == "UTO").Document;
        Assert.Equal(("UTO", kind, "stolen"), (document.Issuer, document.Kind, document.Status));

        // A slip in a specimen would still look right to the eye, but not to its own check digit (ICAO Doc 9303-3 §4.9).
        Assert.Equal(printedCheckDigit, CheckDigitOf(number));
    }

    [Fact]
    public void Utopia_has_a_range_of_blanks_and_no_more()
    {
        var utopia = Usual.Where(demo => demo.Owner == "UTO").Select(demo => demo.Document).ToList();
        Assert.Equal(5, utopia.Count);
        var range = Assert.Single(utopia, document => document.Status == "stolenBlank");
        Assert.Equal(("X00000100", "X00000299"), (range.Number, range.RangeTo));
        Assert.Equal(utopia.Count, utopia.Select(document => Confusables.Fold(document.Number!)).Distinct().Count());
    }

    private static char CheckDigitOf(string number)
    {
        int[] weights = [7, 3, 1];
        var sum = number.Select((c, i) => weights[i % 3] * (char.IsAsciiDigit(c) ? c - '0' : c - 'A' + 10)).Sum();
        return (char)('0' + (sum % 10));
    }

    private static PartialDate? Read(string? text)
    {
        if (text is null) return null;
        Assert.True(PartialDate.TryParse(text, out var date));
        return date;
    }

    private static (string Prefix, long Value) Split(string number)
    {
        var start = number.Length;
        while (start > 0 && char.IsAsciiDigit(number[start - 1])) start--;
        return (number[..start], start == number.Length ? 0 : long.Parse(number[start..], CultureInfo.InvariantCulture));
    }

    private static string Compact(string number) => string.Concat(number.Where(char.IsAsciiLetterOrDigit));

    private static string HashOf(IEnumerable<DemoDocument> documents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (owner, d, recordedOn) in documents)
        {
            string?[] fields =
            [
                owner, recordedOn.ToString("O", CultureInfo.InvariantCulture), d.Number, d.RangeTo, d.Issuer, d.Kind, d.Status, d.EventDate,
                d.EventPlace, d.ReportingCountry, d.IssueDate, d.ExpiryDate, d.ReasonCode, d.LegalBasis, d.NationalReference,
                d.AdditionalInformation, d.Found?.Date, d.Found?.Place, d.ReviewDate,
            ];
            hash.AppendData(Encoding.UTF8.GetBytes(string.Join('|', fields) + "\n"));
        }

        return Convert.ToHexString(hash.GetHashAndReset()[..16]);
    }

    private static HashSet<string> CodesOf(string resource) => [.. Rows(TravelDocuments, resource).Select(row => row[0])];

    /// <summary>Enough CSV for the code lists: quoted names may hold commas, never quotes.</summary>
    private static IEnumerable<string[]> Rows(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource);
        Assert.NotNull(stream);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Cells)];

        static string[] Cells(string line) =>
            [.. string.Concat(line.TrimEnd('\r').Split('"').Select((part, i) => i % 2 == 0 ? part.Replace(',', '\t') : part)).Split('\t')];
    }
}
