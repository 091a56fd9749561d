using System.Text.Json;
using Liaison.Kernel.Mrz;

namespace UnitTests.Kernel.Mrz;

public sealed class MrzFixturesTests
{
    public static TheoryData<string> Ids => [.. MrzFixtures.All.Select(fixture => fixture.Id)];

    [Fact]
    public void There_are_92_of_them() => Assert.Equal(92, MrzFixtures.All.Count);

    [Theory]
    [MemberData(nameof(Ids))]
    public void Format_and_every_verdict_are_those_of_the_table(string id)
    {
        var fixture = MrzFixtures.Case(id);
        var document = MrzFixtures.Parse(fixture.Lines).Document;
        Assert.Equal(fixture.Format, document.Format.WireName());
        Assert.Equal(fixture.Verdicts.Select(Verdict), Verdicts(document.Checks));
        if (fixture.Verdicts[0].StartsWith("long", StringComparison.Ordinal)) Assert.Equal(Reading(fixture.Verdicts[0]), document.Reading);
        else if (document.Checks.DocumentNumber != CheckVerdict.Invalid) Assert.Null(document.Reading);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Line_ends_spaces_and_case_make_no_difference(string id)
    {
        var lines = MrzFixtures.Case(id).Lines;
        var expected = MrzFixtures.Parse(lines);
        string[] texts =
        [
            string.Concat(lines),
            string.Join("\r\n", lines) + "\r\n",
            string.Join('\r', lines),
            string.Join("\n\n", lines.Select(line => $"  {line}\t")),
            string.Join(' ', lines),
            string.Join('\n', lines).ToLowerInvariant(),
            "\uFEFF" + string.Join('\n', lines.Select(line => string.Join(' ', line.Chunk(5).Select(chunk => new string(chunk))))),
        ];
        Assert.All(texts, text =>
        {
            var zone = MrzFixtures.Parse(text);
            Assert.Equal(lines, zone.Printed);
            Assert.Equal(expected.Lines, zone.Lines);
            Assert.Equal(expected.Document.Checks, zone.Document.Checks);
            Assert.Equal(expected.Document.Format, zone.Document.Format);
            Assert.Equal(expected.Repairs, zone.Repairs);
        });
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_repair_is_reported_and_stands_where_it_says(string id)
    {
        var zone = MrzFixtures.Parse(MrzFixtures.Case(id).Lines);
        var rebuilt = zone.Printed.Select(line => line.ToCharArray()).ToArray();
        Assert.All(zone.Repairs, repair =>
        {
            ref var c = ref rebuilt[repair.Line - 1][repair.Column - 1];
            Assert.Equal(repair.Printed, c);
            c = repair.Read;
        });
        Assert.Equal(zone.Lines, rebuilt.Select(line => new string(line)));
    }

    // Damaged copies of a known original; forced repairs alone lead back to it.
    [Theory]
    [InlineData("M003", "M014")]
    [InlineData("M037", "M036")]
    [InlineData("M073", "M072")]
    [InlineData("M080", "M083")]
    [InlineData("M110", "M107")]
    public void Characters_taken_for_one_another_lead_back_to_the_original(string damaged, string original)
    {
        var zone = MrzFixtures.Parse(MrzFixtures.Case(damaged).Lines);
        Assert.Equal(MrzFixtures.Case(original).Lines, zone.Lines);
        Assert.NotEmpty(zone.Repairs);
        Assert.All(zone.Repairs, repair => Assert.Equal(MrzRepair.ForcedByFieldType, repair.Why));
        Assert.True(zone.Document.RepairedChecks.NoneInvalid);
    }

    [Fact]
    public void The_best_known_specimen_is_read_through_its_damage()
    {
        var zone = MrzFixtures.Parse(MrzFixtures.Case("M116").Lines);
        Assert.Equal(["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"], zone.Lines);
        Assert.Equal("UT0", zone.Document.Issuer);
        Assert.Equal("UTO", zone.Document.IssuingCode?.Code);
        Assert.True(zone.Document.IssuerRepaired);
        Assert.True(zone.Document.RepairedChecks.NoneInvalid);
        Assert.Equal(CheckVerdict.Invalid, zone.Document.Checks.Composite);
    }

    /// <summary>The positions in the code are those of the table of positions that came with the fixtures.</summary>
    [Fact]
    public void The_layouts_are_those_of_the_table_of_positions()
    {
        using var json = JsonDocument.Parse(MrzFixtures.Open("mrz-formats.json"));
        var checkedSlots = 0;
        foreach (var entry in json.RootElement.GetProperty("formats").EnumerateObject())
        {
            var layout = MrzLayout.Of(Format(entry.Name));
            for (var line = 0; entry.Value.TryGetProperty($"line{line + 1}", out var fields); line++)
            {
                foreach (var field in fields.EnumerateObject())
                {
                    var place = new Place(line, field.Value[0].GetInt32(), field.Value[1].GetInt32());
                    if (field.Name.StartsWith("filler", StringComparison.Ordinal)) continue;
                    Assert.Contains(layout.Slots, slot => slot.Place.Line == line && slot.Place.Start <= place.Start && slot.Place.End >= place.End);
                    if (Exact(field.Name)) Assert.Contains(layout.Slots, slot => slot.Place == place);
                    checkedSlots++;
                }
            }

            var composite = entry.Value.GetProperty("composite");
            if (composite.ValueKind == JsonValueKind.Null) Assert.Null(layout.Composite);
            else Assert.Equal(composite.EnumerateArray().Select(part => new Place(part[0].GetInt32(), part[1].GetInt32(), part[2].GetInt32())),
                layout.Composite!.Over);
        }

        Assert.True(checkedSlots > 80);

        // Parts of the French number and of the Swiss one are one field here.
        static bool Exact(string name) => name is not ("issueDateYYMM" or "serial" or "pin" or "version");
    }

    private static MrzFormat Format(string name) => name switch
    {
        "FRENCH_NATIONAL_ID" => MrzFormat.FrenchId,
        "FRENCH_DRIVING_LICENCE" => MrzFormat.FrenchDrivingLicence,
        "SWISS_DRIVING_LICENCE" => MrzFormat.SwissDrivingLicence,
        _ => Enum.GetValues<MrzFormat>().Single(format => format.WireName() == name),
    };

    private static CheckVerdict Verdict(string cell) => cell switch
    {
        "" => CheckVerdict.Absent,
        "BAD" => CheckVerdict.Invalid,
        "ok" or "long-both" or "long-nofill" or "long-fill" => CheckVerdict.Valid,
        _ => throw new InvalidDataException(cell),
    };

    private static NumberReading Reading(string cell) => cell switch
    {
        "long-both" => NumberReading.Either,
        "long-nofill" => NumberReading.WithoutFiller,
        "long-fill" => NumberReading.WithFiller,
        _ => throw new InvalidDataException(cell),
    };

    private static CheckVerdict[] Verdicts(MrzChecks checks) =>
        [checks.DocumentNumber, checks.BirthDate, checks.ExpiryDate, checks.PersonalNumber, checks.Composite];
}
