using System.Text;
using CsCheck;
using Liaison.Kernel.Mrz;
using Liaison.Kernel.Text;
using Liaison.Kernel.Time;

namespace UnitTests.Kernel.Mrz;

public sealed class MrzPropertiesTests
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<";

    [Fact]
    public void What_is_written_is_read_back() => MrzGen.Any.Sample(data =>
    {
        var lines = MrzWriter.Write(data);
        var zone = MrzFixtures.Parse(lines);
        var document = zone.Document;
        Assert.Equal(data.Format, document.Format);
        Assert.Equal(lines, zone.Lines);
        Assert.Empty(zone.Repairs);
        Assert.True(document.Checks.NoneInvalid);
        Assert.Equal(document.Checks, document.RepairedChecks);
        Assert.Empty(document.RepairedNumbers);
        Assert.Equal((data.Code, data.Issuer, data.Number), (document.DocumentCode, document.Issuer, document.DocumentNumber));
        Assert.Equal(data.Surname, zone.Find(MrzFields.Surname)!.Value);
        Assert.Equal(data.Given, zone.Find(MrzFields.GivenNames)?.Value ?? "");
        if (data.IsLong) Assert.Contains(document.Reading, Readings(data.CountFiller));
        else Assert.Null(document.Reading);
        if (zone.BirthDate is { } birth) Assert.Equal(Printed(birth.Date), data.Birth);
        if (document.ExpiryDate is { } expiry) Assert.Equal(Printed(expiry), data.Expiry);
        Assert.Equal(zone.ExpiryDate is null, data.Format is MrzFormat.FrenchId or MrzFormat.SwissDrivingLicence);
        if (zone.Find(data.Format == MrzFormat.Td3 ? MrzFields.PersonalNumber : MrzFields.OptionalData) is { } optional)
            Assert.Equal(data.Optional, optional.Value);
    }, iter: 4_000);

    /// <summary>
    /// The theory of weights 7, 3, 1 modulo 10, on every place of line 2 and every character: a replacement is found exactly when the
    /// difference of values is no multiple of 10, as no weight shares a factor with 10.
    /// </summary>
    [Fact]
    public void One_damaged_character_is_found_as_the_theory_says()
    {
        string[] specimen = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];
        var (found, missed) = (0, 0);
        for (var i = 0; i < 44; i++)
        {
            foreach (var c in Alphabet.Where(c => c != specimen[1][i]))
            {
                var damaged = specimen[1].Remove(i, 1).Insert(i, c.ToString());
                var checks = MrzFixtures.Parse(specimen[0], damaged).Document.Checks;
                var differs = (Alphabet37(c) - Alphabet37(specimen[1][i])) % 10 != 0;
                var field = i switch { < 10 => 0, < 13 => -1, < 20 => 1, 20 => -1, < 28 => 2, < 43 => 3, _ => 4 };

                // In the place of a digit only that one digit is right; in a covered place the difference decides.
                var isDigit = i is 9 or 19 or 27 or 42 or 43;
                CheckVerdict[] verdicts = [checks.DocumentNumber, checks.BirthDate, checks.ExpiryDate, checks.PersonalNumber, checks.Composite];
                for (var v = 0; v < 5; v++)
                {
                    var breaks = v == field ? isDigit || differs : v == 4 && field >= 0 && differs;
                    Assert.Equal(breaks ? CheckVerdict.Invalid : CheckVerdict.Valid, verdicts[v]);
                }

                if (checks.NoneInvalid) missed++;
                else found++;
            }
        }

        // Three letters of nationality and one of sex (36 each) are covered by nothing; of 35 covered places each character misses the
        // others of its class modulo 10: three for 0-9 and A-T, U and filler add one each to classes 0 to 5.
        Assert.Equal(44 * 36, found + missed);
        Assert.Equal(4 * 36 + MissedByTheory(specimen[1]), missed);
    }

    private static int MissedByTheory(string line) => line.Select((c, i) => i is 9 or 19 or 27 or 42 or 43 or 10 or 11 or 12 or 20 ? 0
        : Alphabet.Count(other => other != c && Alphabet37(other) % 10 == Alphabet37(c) % 10)).Sum();

    [Fact]
    public void A_damaged_number_is_found_in_every_format_with_a_check_digit() =>
        Gen.Select(MrzGen.Any.Where(data => data.Format != MrzFormat.SwissDrivingLicence), Gen.Int[0, 8], Gen.Char[Alphabet[..36]]).Sample((data, at, c) =>
        {
            at %= Math.Min(data.Number.Length, 9);
            var layout = MrzLayout.Of(data.Format);
            var lines = MrzWriter.Write(data);
            var column = layout.Number.Start + at;
            var printed = lines[layout.Number.Line][column];
            lines[layout.Number.Line] = lines[layout.Number.Line].Remove(column, 1).Insert(column, c.ToString());
            var document = MrzFixtures.Parse(lines).Document;
            var differs = (Alphabet37(c) - Alphabet37(printed)) % 10 != 0;

            // A long number has two readings, so one damage in ten of the first may fit the second.
            if (differs && !data.IsLong) Assert.Equal(CheckVerdict.Invalid, document.Checks.DocumentNumber);
            if (!differs) Assert.Equal(CheckVerdict.Valid, document.Checks.DocumentNumber);
        }, iter: 3_000);

    [Theory]
    [InlineData(MrzFormat.Td1)]
    [InlineData(MrzFormat.Td2)]
    [InlineData(MrzFormat.Td3)]
    [InlineData(MrzFormat.MrvA)]
    [InlineData(MrzFormat.MrvB)]
    public void The_repaired_numbers_are_all_those_one_look_alike_away(MrzFormat format) =>
        Gen.Select(MrzGen.Of(format), MrzGen.Text("0ODQ1IL2Z5S6G8B37", 1, format switch { MrzFormat.Td1 => 18, MrzFormat.Td2 => 13, _ => 9 }), Gen.Int[1, 9])
            .Sample((data, number, shift) =>
            {
                data = data with { Number = number, Optional = "" };
                var lines = MrzWriter.Write(data);
                var layout = MrzLayout.Of(format);
                var digit = MrzNumber.In(layout, lines).Digit!.Value;
                var wrong = (char)('0' + (lines[digit.Line][digit.Start] - '0' + shift) % 10);
                lines[digit.Line] = lines[digit.Line].Remove(digit.Start, 1).Insert(digit.Start, wrong.ToString());
                var zone = MrzFixtures.Parse(lines);
                var expected = OneAway(number).Where(other => Fits(other, data.IsLong, wrong)).ToList();
                if (Fits(number, data.IsLong, wrong)) expected.Clear();
                Assert.Equal(expected.Order(StringComparer.Ordinal), zone.Document.RepairedNumbers.Order(StringComparer.Ordinal));
                Assert.Equal(number, zone.Document.DocumentNumber);

                // One candidate is chosen, several are only listed.
                var field = zone.Find(MrzFields.DocumentNumber)!;
                if (expected.Count == 1) Assert.Equal(expected[0], field.Value);
                else if (expected.Count > 1) Assert.Equal((number, expected.Count), (field.Value, field.Candidates.Count));
            }, iter: 800);

    [Fact]
    public void No_text_throws() => Gen.OneOf(
            Gen.String,
            MrzGen.Text(Alphabet + "abc \r\n«\0ÄK", 0, 320),
            MrzGen.Text(Alphabet, 30, 30), MrzGen.Text(Alphabet, 69, 69), MrzGen.Text(Alphabet, 72, 72),
            MrzGen.Text(Alphabet, 88, 88), MrzGen.Text(Alphabet, 90, 90),
            Gen.Byte.Array[0, 320].Select(Encoding.Latin1.GetString), Gen.Byte.Array[0, 320].Select(Encoding.UTF8.GetString))
        .Sample(text =>
        {
            var parsed = MrzParser.Parse(text, MrzFixtures.Today);
            if (parsed.Is(out var zone)) Assert.Equal(zone.Printed.Select(line => line.Length), zone.Lines.Select(line => line.Length));
            else Assert.All(parsed.Problems, problem => Assert.StartsWith("mrz", problem.Code));
        }, iter: 20_000);

    [Fact]
    public void No_day_throws() => Gen.DateOnly.Sample(today =>
    {
        var parsed = MrzParser.Parse(string.Join('\n', MrzFixtures.Case("M055").Lines), today);
        Assert.True(parsed.Is(out _));
    }, iter: 500);

    private static NumberReading?[] Readings(bool countFiller) =>
        countFiller ? [NumberReading.WithFiller, NumberReading.Either] : [NumberReading.WithoutFiller, NumberReading.Either];

    private static string Printed(PartialDate? date) => date!.Value.Earliest.ToString("yyMMdd");

    private static int Alphabet37(char c) => c == '<' ? 0 : Alphabet.IndexOf(c);

    private static IEnumerable<string> OneAway(string number) => Enumerable.Range(0, number.Length).SelectMany(i =>
        Alphabet.Where(c => Confusables.AreLookAlikes(c, number[i])).Select(c => number.Remove(i, 1).Insert(i, c.ToString())));

    private static bool Fits(string number, bool isLong, char digit) =>
        MrzWriter.Digit(number) == digit || isLong && MrzWriter.Digit(number.Insert(9, "<")) == digit;
}
