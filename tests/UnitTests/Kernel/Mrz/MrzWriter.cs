using CsCheck;
using Liaison.Kernel.Issuers;
using Liaison.Kernel.Mrz;

namespace UnitTests.Kernel.Mrz;

/// <summary>What a zone is written from. Empty text becomes filler.</summary>
internal sealed record MrzData
{
    public required MrzFormat Format { get; init; }
    public required string Code { get; init; }
    public required string Issuer { get; init; }
    public required string Surname { get; init; }
    public required string Given { get; init; }
    public required string Number { get; init; }
    public required string Nationality { get; init; }
    public required string Birth { get; init; }
    public required string Expiry { get; init; }
    public required char Sex { get; init; }
    public required string Optional { get; init; }
    public bool CountFiller { get; init; }

    internal bool IsLong => Number.Length > 9 && Format is MrzFormat.Td1 or MrzFormat.Td2;
}

/// <summary>Writes zones by the rules of ICAO 9303, with a check digit of its own: what it and the parser agree on is no shared mistake.</summary>
internal static class MrzWriter
{
    internal static char Digit(string text) =>
        (char)('0' + text.Select((c, i) => (c == '<' ? 0 : c <= '9' ? c - '0' : c - 'A' + 10) * (i % 3 == 0 ? 7 : i % 3 == 1 ? 3 : 1)).Sum() % 10);

    internal static string[] Write(MrzData data) => data.Format switch
    {
        MrzFormat.Td1 => Td1(data),
        MrzFormat.Td2 => TwoLines(data, 36),
        MrzFormat.Td3 or MrzFormat.MrvA => TwoLines(data, 44),
        MrzFormat.MrvB => TwoLines(data, 36),
        MrzFormat.FrenchId => FrenchId(data),
        MrzFormat.FrenchDrivingLicence => FrenchLicence(data),
        _ => SwissLicence(data),
    };

    private static string[] Td1(MrzData data)
    {
        var (head, digit, optional) = Number(data);
        var first = Fill(data.Code, 2) + Fill(data.Issuer, 3) + head + digit + Fill(optional, 15);
        var dates = Checked(data.Birth) + data.Sex + Checked(data.Expiry) + Fill(data.Nationality, 3) + Fill("", 11);
        var composite = Digit(first[5..] + dates[..7] + dates[8..15] + dates[18..]);
        return [first, dates + composite, Fill(Names(data), 30)];
    }

    private static string[] TwoLines(MrzData data, int width)
    {
        var (head, digit, optional) = Number(data);
        var first = Fill(data.Code, 2) + Fill(data.Issuer, 3) + Fill(Names(data), width - 5);
        var second = head + digit + Fill(data.Nationality, 3) + Checked(data.Birth) + data.Sex + Checked(data.Expiry);
        second += data.Format switch
        {
            MrzFormat.Td3 => Checked(Fill(optional, 14)),
            MrzFormat.Td2 => Fill(optional, 7),
            _ => Fill(optional, width - 28),
        };
        if (data.Format is MrzFormat.Td2 or MrzFormat.Td3) second += Digit(second[..10] + second[13..20] + second[21..]);
        return [first, second];
    }

    /// <summary>The number field, what stands in place of its digit, and the optional data with the rest of a long number before it.</summary>
    private static (string Head, string Digit, string Optional) Number(MrzData data)
    {
        if (!data.IsLong) return (Fill(data.Number, 9), Digit(Fill(data.Number, 9)).ToString(), data.Optional);
        var (head, tail) = (data.Number[..9], data.Number[9..]);
        var digit = Digit(data.CountFiller ? $"{head}<{tail}" : head + tail);
        return (head, "<", $"{tail}{digit}<{data.Optional}");
    }

    private static string[] FrenchId(MrzData data)
    {
        var first = "IDFRA" + Fill(data.Surname, 25) + Fill(data.Optional, 6);
        var second = Checked(data.Number) + Fill(data.Given, 14) + Checked(data.Birth) + data.Sex;
        return [first, second + Digit(first + second)];
    }

    private static string[] FrenchLicence(MrzData data)
    {
        var line = Checked("D1FRA" + data.Number) + data.Expiry + Fill(data.Surname, 8);
        return [line + Digit(line)];
    }

    private static string[] SwissLicence(MrzData data) =>
        [Fill(data.Optional, 6) + "D<<", "FACHE" + data.Number + "<<" + data.Birth + "<<<<<", Fill(Names(data), 30)];

    private static string Checked(string field) => field + Digit(field);

    private static string Names(MrzData data) => data.Given.Length == 0 ? data.Surname : $"{data.Surname}<<{data.Given}";

    private static string Fill(string text, int width) => text.PadRight(width, '<')[..width];
}

/// <summary>Generators of zones of every format.</summary>
internal static class MrzGen
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Digits = "0123456789";

    internal static readonly Gen<MrzData> Any = Gen.OneOf(Enum.GetValues<MrzFormat>()).SelectMany(Of);

    internal static Gen<string> Text(string alphabet, int shortest, int longest) =>
        Gen.Char[alphabet].Array[shortest, longest].Select(chars => new string(chars));

    internal static Gen<MrzData> Of(MrzFormat format) =>
        from issuer in Gen.OneOf(IssuingCodes.All.Select(code => code.PrintedAs).Where(code => code != "FRA").ToArray())
        from surname in Name(1, format == MrzFormat.FrenchDrivingLicence ? 8 : 12)
        from given in Name(0, 12)
        from number in Number(format)
        from dates in Gen.Select(Date, Date)
        from sex in Gen.Char["MF<"]
        from rest in Gen.Select(Text(Letters + Digits, 0, Room(format, number.Length)), Gen.Bool)
        select new MrzData
        {
            Format = format,
            Code = format switch
            {
                MrzFormat.Td3 => "PD",
                MrzFormat.MrvA or MrzFormat.MrvB => "V",
                MrzFormat.FrenchDrivingLicence => "D1",
                MrzFormat.SwissDrivingLicence => "FA",
                _ => "ID",
            },
            Issuer = format switch
            {
                MrzFormat.FrenchId or MrzFormat.FrenchDrivingLicence => "FRA",
                MrzFormat.SwissDrivingLicence => "CHE",
                _ => issuer,
            },
            Surname = surname,
            Given = format == MrzFormat.FrenchDrivingLicence ? "" : given,
            Number = number,
            Nationality = issuer,
            Birth = dates.Item1,
            Expiry = dates.Item2,
            Sex = sex,
            Optional = rest.Item1,
            CountFiller = rest.Item2,
        };

    // A row of K at the end of names is taken for misread filler.
    private static Gen<string> Name(int shortest, int longest) =>
        Text(Letters, shortest, longest).Where(name => !name.EndsWith("KKK", StringComparison.Ordinal));

    private static Gen<string> Number(MrzFormat format) => format switch
    {
        MrzFormat.Td1 => Text(Letters + Digits, 1, 20),
        MrzFormat.Td2 => Text(Letters + Digits, 1, 14),
        MrzFormat.FrenchId or MrzFormat.SwissDrivingLicence => Text(Digits, 12, 12),
        MrzFormat.FrenchDrivingLicence => Text(Letters + Digits, 9, 9),
        _ => Text(Letters + Digits, 1, 9),
    };

    /// <summary>Characters left for optional data behind a long number, its digit and a filler.</summary>
    private static int Room(MrzFormat format, int number)
    {
        var room = format switch
        {
            MrzFormat.Td1 => 15,
            MrzFormat.Td2 => 7,
            MrzFormat.Td3 => 14,
            MrzFormat.MrvA => 16,
            MrzFormat.MrvB => 8,
            MrzFormat.FrenchDrivingLicence => 0,
            _ => 6,
        };
        return number > 9 && format is MrzFormat.Td1 or MrzFormat.Td2 ? Math.Max(0, room - (number - 9) - 2) : room;
    }

    private static readonly Gen<string> Date =
        Gen.DateOnly[new DateOnly(1930, 1, 1), new DateOnly(2026, 5, 31)].Select(day => day.ToString("yyMMdd"));
}
