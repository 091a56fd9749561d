using System.Collections;
using System.Reflection;
using Liaison.Kernel.Mrz;

namespace UnitTests.Kernel.Mrz;

public sealed class MrzParserTests
{
    private const string PassportNames = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", PassportData = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";

    [Fact]
    public void The_passport_specimen_field_by_field()
    {
        var zone = MrzFixtures.Parse(PassportNames, PassportData);
        Assert.Equal(
            [
                ("documentCode", 1, 1, "P"), ("issuingState", 1, 3, "UTO"), ("surname", 1, 6, "ERIKSSON"), ("givenNames", 1, 16, "ANNA MARIA"),
                ("documentNumber", 2, 1, "L898902C3"), ("documentNumberCheck", 2, 10, "6"), ("nationality", 2, 11, "UTO"),
                ("birthDate", 2, 14, "1974-08-12"), ("birthDateCheck", 2, 20, "2"), ("sex", 2, 21, "F"), ("expiryDate", 2, 22, "2012-04-15"),
                ("expiryDateCheck", 2, 28, "9"), ("personalNumber", 2, 29, "ZE184226B"), ("personalNumberCheck", 2, 43, "1"),
                ("compositeCheck", 2, 44, "0"),
            ],
            zone.Fields.Select(field => (field.Name, field.Line, field.Column, field.Value)));
        Assert.Equal(["issuerSpecimen", "expired"], zone.Remarks.Select(remark => remark.Code));
        Assert.Equal("2012-04-15", zone.Document.ExpiryDate?.ToString());
    }

    [Theory]
    [InlineData("M066", "000590240601", "")]
    [InlineData("M046", "007666667ZZ0", "")]
    [InlineData("M061", "D23145890734", "")]
    [InlineData("M063", "D23145890", "")]
    [InlineData("M049", "59000002", "198703142391")]
    [InlineData("M088", "D23145890734", "")]
    public void Long_numbers_are_joined(string id, string number, string optional)
    {
        var zone = MrzFixtures.Parse(MrzFixtures.Case(id).Lines);
        Assert.Equal(number, zone.Document.DocumentNumber);
        Assert.Equal(optional, zone.Find(MrzFields.OptionalData)!.Value);
    }

    [Theory]
    [InlineData("M041", "", "ANNA MARIA")]
    [InlineData("M112", "", "FIRST NAME")]
    [InlineData("M117", "ERIKSSON", "ANNA MARIA")]
    [InlineData("M043", "SPECIMEN TRAVEL", "VILMA SOFIA")]
    [InlineData("M014", "TEST NAME", "ROBERTA")]
    [InlineData("M001", "MARTIN", "")]
    [InlineData("M036", "MARCHAND", "FABIENNE")]
    public void Names_in_all_their_forms(string id, string surname, string given)
    {
        var zone = MrzFixtures.Parse(MrzFixtures.Case(id).Lines);
        Assert.Equal(surname, zone.Find(MrzFields.Surname)!.Value);
        Assert.Equal(given, zone.Find(MrzFields.GivenNames)?.Value ?? "");
        Assert.False(zone.NamesPossiblyTruncated);
    }

    [Fact]
    public void A_holder_of_one_name_has_no_given_names()
    {
        var zone = MrzFixtures.Parse("P<IDNSUKARNO".PadRight(44, '<'), PassportData);
        Assert.Equal(("SUKARNO", ""), (zone.Find(MrzFields.Surname)!.Value, zone.Find(MrzFields.GivenNames)!.Value));
    }

    [Fact]
    public void Names_that_fill_their_field_may_be_cut_off() =>
        Assert.True(MrzFixtures.Parse(MrzFixtures.Case("M078").Lines).NamesPossiblyTruncated);

    [Theory]
    [InlineData("M079", "D", "DEU")]
    [InlineData("M107", "GBR", "GBR")]
    [InlineData("M040", "BAD", null)]
    [InlineData("M004", "FRA", "FRA")]
    public void The_issuer_as_printed_and_as_known(string id, string printed, string? code)
    {
        var document = MrzFixtures.Parse(MrzFixtures.Case(id).Lines).Document;
        Assert.Equal((printed, code, false), (document.Issuer, document.IssuingCode?.Code, document.IssuerRepaired));
    }

    [Theory]
    [InlineData("0<<", "DEU")]
    [InlineData("M1I", "MLI")]
    [InlineData("1TA", "ITA")]
    [InlineData("U2B", "UZB")]
    [InlineData("GB0", null)] // GBO and GBD: nothing is chosen
    [InlineData("X9X", null)]
    public void A_digit_in_the_issuer_is_the_letter_that_makes_a_code(string printed, string? code)
    {
        var document = MrzFixtures.Parse("P<" + printed + PassportNames[5..], PassportData).Document;
        Assert.Equal((printed.TrimEnd('<'), code, code is not null), (document.Issuer, document.IssuingCode?.Code, document.IssuerRepaired));
    }

    [Fact]
    public void One_look_alike_in_the_number_is_proved_by_the_check_digit()
    {
        var zone = MrzFixtures.Parse(PassportNames, "L8989O2C3" + PassportData[9..]);
        Assert.Equal("L8989O2C3", zone.Document.DocumentNumber);
        Assert.Equal(["L898902C3"], zone.Document.RepairedNumbers);
        Assert.Equal(CheckVerdict.Invalid, zone.Document.Checks.DocumentNumber);
        Assert.True(zone.Document.RepairedChecks.NoneInvalid);
        Assert.Equal(new MrzRepair("documentNumber", 2, 6, 'O', '0', MrzRepair.ProvedByCheckDigit), Assert.Single(zone.Repairs));
        Assert.Equal(PassportData, zone.Lines[1]);
    }

    [Fact]
    public void The_personal_number_is_proved_too_but_no_hub_sees_it()
    {
        var data = "L898902C36UTO7408122F1204159A47930XYT<<<<<";
        data += MrzWriter.Digit(data[28..]);
        var composite = MrzWriter.Digit(data[..10] + data[13..20] + data[21..]);
        var zone = MrzFixtures.Parse(PassportNames, data.Replace("A47930", "A4793O", StringComparison.Ordinal) + composite);
        Assert.Equal(new MrzRepair("personalNumber", 2, 34, 'O', '0', MrzRepair.ProvedByCheckDigit), Assert.Single(zone.Repairs));
        Assert.Equal((CheckVerdict.Invalid, true), (zone.Document.Checks.PersonalNumber, zone.Document.RepairedChecks.NoneInvalid));
        Assert.Empty(zone.Document.Repairs);
    }

    [Fact]
    public void A_misread_check_digit_leaves_the_number_alone()
    {
        var document = MrzFixtures.Parse(PassportNames, "L898902C3G" + PassportData[10..]).Document;
        Assert.Equal((CheckVerdict.Invalid, CheckVerdict.Valid), (document.Checks.DocumentNumber, document.RepairedChecks.DocumentNumber));
        Assert.Empty(document.RepairedNumbers);
        Assert.Equal("L898902C3", document.DocumentNumber);
    }

    [Fact]
    public void The_french_card_forces_digits_in_its_number() =>
        Assert.Equal(["1710GVA12345"], MrzFixtures.Parse(MrzFixtures.Case("M003").Lines).Document.RepairedNumbers);

    [Theory]
    [InlineData('<')]
    [InlineData('0')]
    public void An_empty_personal_number_may_have_either_digit(char digit)
    {
        var data = "L898902C36UTO7408122F1204159<<<<<<<<<<<<<<" + digit;
        var zone = MrzFixtures.Parse(PassportNames, data + MrzWriter.Digit(data[..10] + data[13..20] + data[21..]));
        Assert.Equal(new MrzChecks(CheckVerdict.Valid, CheckVerdict.Valid, CheckVerdict.Valid, CheckVerdict.Valid, CheckVerdict.Valid), zone.Document.Checks);
    }

    [Fact]
    public void A_document_may_never_expire()
    {
        var zone = MrzFixtures.Parse(MrzFixtures.Case("M057").Lines);
        Assert.Equal((CheckVerdict.Valid, MrzDateCompleteness.Unknown), (zone.Document.Checks.ExpiryDate, zone.ExpiryDate!.Completeness));
        Assert.Null(zone.Document.ExpiryDate);
    }

    [Theory]
    [InlineData("740812", "1974-08-12", null, MrzDateCompleteness.Complete)]
    [InlineData("260601", "2026-06-01", "1926-06-01", MrzDateCompleteness.Complete)] // born today, or a hundred years ago
    [InlineData("260602", "1926-06-02", null, MrzDateCompleteness.Complete)] // never in the future
    [InlineData("000229", "2000-02-29", null, MrzDateCompleteness.Complete)] // 1900 was no leap year
    [InlineData("65<<<<", "1965", null, MrzDateCompleteness.PartiallyUnknown)]
    [InlineData("6505<<", "1965-05", null, MrzDateCompleteness.PartiallyUnknown)]
    [InlineData("650500", "1965-05", null, MrzDateCompleteness.PartiallyUnknown)]
    [InlineData("<<0512", null, null, MrzDateCompleteness.PartiallyUnknown)]
    [InlineData("<<<<<<", null, null, MrzDateCompleteness.Unknown)]
    [InlineData("650<12", null, null, MrzDateCompleteness.Malformed)]
    [InlineData("651301", null, null, MrzDateCompleteness.Malformed)]
    [InlineData("650230", null, null, MrzDateCompleteness.Malformed)]
    [InlineData("65XX01", null, null, MrzDateCompleteness.Malformed)]
    public void Birth_dates(string printed, string? date, string? other, MrzDateCompleteness completeness)
    {
        var birth = MrzFixtures.Parse(PassportNames, PassportData.Replace("740812", printed, StringComparison.Ordinal)).BirthDate!;
        Assert.Equal((printed, date, other, completeness), (birth.Printed, birth.Date?.ToString(), birth.OtherCentury?.ToString(), birth.Completeness));
    }

    [Theory]
    [InlineData("750101", "2075-01-01")] // 49 years ahead
    [InlineData("760101", "1976-01-01")] // 50 years back
    [InlineData("991231", "1999-12-31")]
    [InlineData("3405<<", "2034-05")]
    [InlineData("340230", null)]
    public void Expiry_dates(string printed, string? date) => Assert.Equal(date,
        MrzFixtures.Parse(PassportNames, PassportData.Replace("120415", printed, StringComparison.Ordinal)).Document.ExpiryDate?.ToString());

    [Theory]
    [InlineData("", "mrzLength")]
    [InlineData(" \r\n\t", "mrzLength")]
    [InlineData("L898902C3", "mrzLength")]
    [InlineData(PassportNames, "mrzLength")]
    [InlineData(PassportNames + "\n" + PassportData + "0", "mrzLength")]
    [InlineData(PassportNames + "\nL898902C36UTO", "mrzLength")]
    [InlineData("P<UTOERIKSSON<<ANNA<MÄRIA<<<<<<<<<<<<<<<<<<<\n" + PassportData, "mrzCharacters")]
    [InlineData("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<\n0" + PassportData, "mrzLength")] // one lost, one gained: not joined
    [InlineData("<<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n" + PassportData, "mrzFormat")]
    [InlineData("D2FRA13AA000026181231MARTIN<<9", "mrzFormat")]
    [InlineData("AAA001D<<\nXACHE305142128097<<800126<<<<<\nMARCHAND<<FABIENNE<<<<<<<<<<<<", "mrzFormat")]
    public void What_is_no_zone_is_refused_with_a_reason_that_repeats_nothing(string text, string code)
    {
        var parsed = MrzParser.Parse(text, MrzFixtures.Today);
        Assert.False(parsed.Is(out _));
        var problem = Assert.Single(parsed.Problems);
        Assert.Equal(("mrz", code), (problem.Field, problem.Code));
        Assert.DoesNotContain("ERIKSSON", problem.Message);
        Assert.DoesNotContain("L898902C3", problem.Message);
        Assert.False(MrzParser.ParseDocument(text, MrzFixtures.Today).Is(out _));
    }

    [Fact]
    public void Over_300_characters_are_refused_unread()
    {
        var longest = PassportNames + PassportData + new string(' ', 300 - 88);
        Assert.True(MrzParser.Parse(longest, MrzFixtures.Today).Is(out _));
        Assert.Equal("mrzLength", Assert.Single(MrzParser.Parse(longest + " ", MrzFixtures.Today).Problems).Code);
    }

    [Theory]
    [InlineData("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<")]
    [InlineData("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<<<")]
    public void A_row_of_fillers_too_short_or_too_long_is_mended(string names)
    {
        var zone = MrzFixtures.Parse(names, PassportData);
        Assert.Equal(PassportNames, zone.Lines[0]);
        Assert.Contains(zone.Remarks, remark => remark.Code == "fillersAdjusted");
    }

    [Theory]
    [InlineData("P<UTOERIKSSON<<ANNA<MARIAKKKKKKKKKKKKKKKKKKK", "ANNA MARIA", MrzRepair.FillerRun)]
    [InlineData("P<UTOERIKSSON<<ANNA<MARIA««««««««««««««««KKK", "ANNA MARIA", MrzRepair.FillerRun)]
    [InlineData("P<UTOERIKSSON<<ANNA<MAR1A<<<<<<<<<<<<<<<<<<<", "ANNA MARIA", MrzRepair.ForcedByFieldType)]
    [InlineData("P<UTOERIKSSON<<ANNA<MARIAKK<<<<<<<<<<<<<<<<<", "ANNA MARIAKK", null)]
    public void Fillers_and_letters_of_names_are_mended(string names, string given, string? why)
    {
        var zone = MrzFixtures.Parse(names, PassportData);
        Assert.Equal(given, zone.Find(MrzFields.GivenNames)!.Value);
        Assert.Equal(why is null ? [] : [why], zone.Repairs.Select(repair => repair.Why).Distinct());
        Assert.Empty(zone.Document.Repairs);
    }

    [Theory]
    [InlineData("PD", "PD")]
    [InlineData("P9", "P9")]
    [InlineData("PX", "PX")]
    [InlineData("P<", "P")]
    public void No_second_letter_of_the_document_code_is_refused(string printed, string code) =>
        Assert.Equal(code, MrzFixtures.Parse(printed + PassportNames[2..], PassportData).Document.DocumentCode);

    [Fact]
    public void A_td2_of_france_is_no_french_identity_card()
    {
        var data = new MrzData
        {
            Format = MrzFormat.Td2, Code = "ID", Issuer = "FRA", Surname = "BERTHIER", Given = "CORINNE", Number = "X4RTBPFW4",
            Nationality = "FRA", Birth = "900713", Expiry = "300211", Sex = 'F', Optional = "",
        };
        Assert.Equal(MrzFormat.Td2, MrzFixtures.Parse(MrzWriter.Write(data)).Document.Format);
    }

    /// <summary>A card with a damaged number whose characters fit all four check digits of a TD2 by chance.</summary>
    [Fact]
    public void A_damaged_french_identity_card_is_no_td2()
    {
        var lines = MrzWriter.Write(new MrzData
        {
            Format = MrzFormat.FrenchId, Code = "ID", Issuer = "FRA", Surname = "RFQIAZVJYGG", Given = "", Number = "337817125074",
            Nationality = "FRA", Birth = "030221", Expiry = "", Sex = '<', Optional = "8",
        });
        lines[1] = lines[1].Remove(4, 1).Insert(4, "Y");
        var document = MrzFixtures.Parse(lines).Document;
        Assert.Equal((MrzFormat.FrenchId, CheckVerdict.Invalid), (document.Format, document.Checks.DocumentNumber));
    }

    [Theory]
    [InlineData('X', "sexPrintedAsX")]
    [InlineData('R', "sexUnreadable")]
    [InlineData('P', null)] // a misread F
    public void Sex(char printed, string? remark)
    {
        var zone = MrzFixtures.Parse(PassportNames, PassportData.Remove(20, 1).Insert(20, printed.ToString()));
        Assert.Equal(remark is null ? [] : [remark], zone.Remarks.Where(r => r.Field == MrzFields.Sex).Select(r => r.Code));
        Assert.Equal(printed == 'P' ? "F" : printed.ToString(), zone.Find(MrzFields.Sex)!.Value);
    }

    /// <summary>Walks everything that can be reached from the document: nothing of the holder may be among it.</summary>
    [Theory]
    [InlineData(PassportNames, PassportData)]
    [InlineData("P<UT0ERIK55ON<<ANNA<MAR1A<<<<<<<<<<<<<<<<<<<", "L898902C36UTO740BIZZF12041S9ZE184226B<<<<<1O")]
    public void The_document_holds_nothing_of_its_holder(string names, string data)
    {
        Assert.True(MrzParser.ParseDocument(names + data, MrzFixtures.Today).Is(out var document));
        var texts = new List<string>();
        Walk(document, texts, new HashSet<object>(ReferenceEqualityComparer.Instance));
        Assert.Contains("L898902C3", texts);
        string[] nominal = ["ERIK", "ANNA", "MARIA", "7408", "740B", "1974", "ZE184", "birthDate", "personalNumber", "nationality", "sex"];
        Assert.All(texts, text => Assert.All(nominal, secret => Assert.DoesNotContain(secret, text)));
        Assert.DoesNotContain("L898902C3", document.ToString());
    }

    [Fact]
    public void No_text_form_shows_content()
    {
        var zone = MrzFixtures.Parse(PassportNames, PassportData);
        Assert.Equal(["TD3 zone", "TD3 document", "Complete", "surname"],
            [zone.ToString(), zone.Document.ToString(), zone.BirthDate!.ToString(), zone.Find(MrzFields.Surname)!.ToString()]);
    }

    private static void Walk(object? value, List<string> texts, HashSet<object> seen)
    {
        if (value is null || !seen.Add(value)) return;
        if (value is string text)
        {
            texts.Add(text);
            return;
        }

        if (value is IEnumerable items)
        {
            foreach (var item in items) Walk(item, texts, seen);
        }

        if (value.GetType().Namespace?.StartsWith("Liaison", StringComparison.Ordinal) != true || value.GetType().IsEnum) return;
        foreach (var field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            Walk(field.GetValue(value), texts, seen);
    }
}
