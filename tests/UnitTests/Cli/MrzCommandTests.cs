using System.Text.Json;
using Liaison.Cli;
using Liaison.Cli.Commands;

namespace UnitTests.Cli;

public sealed class MrzCommandTests : IDisposable
{
    // The specimens of ICAO Doc 9303 parts 4 to 7.
    private const string Td1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    private const string Td2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6";
    private const string Td3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
    private const string MrvA = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<";
    private const string FrenchLicence = "D1FRA13AA000026181231MARTIN<<9";
    private const string SwissLicence = "AAA001D<<\nFACHE305142128097<<800126<<<<<\nMUSTER<<HANS<PETER<<<<<<<<<<<<";

    private readonly Shell shell = new();

    public void Dispose() => shell.Dispose();

    [Theory]
    [InlineData(Td1, "TD1", "D23145890", "valid valid valid absent valid")]
    [InlineData(Td2, "TD2", "D23145890", "valid valid valid absent valid")]
    [InlineData(Td3, "TD3", "L898902C3", "valid valid valid valid valid")]
    [InlineData(MrvA, "MRVA", "L8988901C", "valid valid valid absent absent")]
    [InlineData(FrenchLicence, "FRENCH_DL", "13AA00002", "valid absent absent absent valid")]
    [InlineData(SwissLicence, "SWISS_DL", "305142128097", "absent absent absent absent absent")]
    public async Task A_good_zone_ends_with_0_and_says_format_number_and_verdicts(string zone, string format, string number, string verdicts)
    {
        Assert.Equal(0, await shell.RunAsync("mrz", "--json", zone));
        var json = JsonDocument.Parse(shell.Out).RootElement;
        Assert.Equal(format, json.GetProperty("format").GetString());
        Assert.Equal(number, json.GetProperty("fields").GetProperty("documentNumber").GetString());
        Assert.Equal(verdicts, Verdicts(json));
        Assert.Equal(0, json.GetProperty("repaired").GetArrayLength());
        Assert.Empty(shell.Err);
    }

    [Fact]
    public async Task Zones_come_one_a_line_in_order_whatever_they_are_and_however_their_lines_end()
    {
        shell.In = $"\r\n{Td3.Replace("\n", "  \r\n", StringComparison.Ordinal)}  \r\n   \r\n\r\nNO ZONE AT ALL\r\n\r\n{Td1.Replace('\n', '\r')}\r\r{FrenchLicence}";
        Assert.Equal(1, await shell.RunAsync("mrz", "--json"));
        var zones = shell.Out.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["TD3", null, "TD1", "FRENCH_DL"], zones.Select(z => z.GetProperty("format").GetString()));
        Assert.NotEqual("", zones[1].GetProperty("problem").GetProperty("message").GetString());
        Assert.Equal("absent absent absent absent absent", Verdicts(zones[1]));
        Assert.False(zones[0].TryGetProperty("problem", out _));
    }

    [Fact]
    public async Task Lines_may_be_arguments_of_their_own()
    {
        Assert.Equal(0, await shell.RunAsync(["mrz", "--json", .. Td3.Split('\n')]));
        Assert.Contains("\"format\":\"TD3\"", shell.Out);
    }

    [Fact]
    public async Task A_failing_check_digit_ends_with_1_and_is_named()
    {
        Assert.Equal(1, await shell.RunAsync("mrz", Td3.Replace("7408122", "7408123", StringComparison.Ordinal)));
        Assert.Contains("check digits fail: birth date", shell.Out.Split('\n')[0]);
        Assert.Equal(1, await shell.RunAsync("mrz", "--json", Td3.Replace("7408122", "7408123", StringComparison.Ordinal)));
        Assert.Equal("valid invalid valid valid invalid", Verdicts(JsonDocument.Parse(shell.Out).RootElement));
    }

    [Fact]
    public async Task A_repair_is_shown_with_its_place_and_reason_and_the_verdict_stays_that_of_the_print()
    {
        // The 0 of the number, printed as O: in an alphanumeric field only the check digit can prove it.
        var damaged = Td3.Replace("L898902C3", "L8989O2C3", StringComparison.Ordinal);
        Assert.Equal(1, await shell.RunAsync("mrz", "--json", damaged));
        var json = JsonDocument.Parse(shell.Out).RootElement;
        Assert.Equal("invalid", json.GetProperty("checks").GetProperty("documentNumber").GetString());
        Assert.Equal("L898902C3", json.GetProperty("fields").GetProperty("documentNumber").GetString());
        var repair = Assert.Single(json.GetProperty("repaired").EnumerateArray());
        Assert.Equal("""{"field":"documentNumber","line":2,"column":6,"printed":"O","read":"0","why":"proved by the check digit"}""", repair.GetRawText());
        await shell.RunAsync("mrz", damaged);
        Assert.Contains("proved by the check digit", shell.Out);
    }

    [Fact]
    public async Task Where_several_repairs_fit_none_is_chosen_and_all_are_shown()
    {
        var damaged = Td3.Replace("L898902C3", "LB98902C3", StringComparison.Ordinal);
        Assert.Equal(1, await shell.RunAsync("mrz", "--json", damaged));
        var json = JsonDocument.Parse(shell.Out).RootElement;
        Assert.Equal("LB98902C3", json.GetProperty("fields").GetProperty("documentNumber").GetString());
        Assert.Equal(["L898902C3", "LB9B902C3", "LB9890ZC3"],
            json.GetProperty("candidates").GetProperty("documentNumber").EnumerateArray().Select(c => c.GetString()));
        await shell.RunAsync("mrz", damaged);
        Assert.Contains("documentNumber may be any of L898902C3, LB9B902C3, LB9890ZC3", shell.Out);
    }

    [Theory]
    [InlineData("IDUTO123456789<07<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<", "1234567890")]
    [InlineData("I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<", "D23145890734")]
    public async Task A_long_number_says_in_which_reading_its_digit_holds(string zone, string number)
    {
        await shell.RunAsync("mrz", "--json", zone);
        var json = JsonDocument.Parse(shell.Out).RootElement;
        Assert.Equal(number, json.GetProperty("fields").GetProperty("documentNumber").GetString());
        Assert.Equal("valid", json.GetProperty("checks").GetProperty("documentNumber").GetString());
        Assert.Contains(json.GetProperty("reading").GetString(), (string[])["both", "with '<'", "without '<'"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\n  ")]
    public async Task No_zone_at_all_is_a_wrong_use(string input)
    {
        shell.In = input;
        Assert.Equal(ExitCode.Usage, await shell.RunAsync("mrz"));
        Assert.Empty(shell.Out);
    }

    [Fact]
    public async Task No_hub_is_needed()
    {
        shell.Set("LIAISON_HUB", "nonsense").Set("LIAISON_PROFILE", "nobody");
        Assert.Equal(0, await shell.RunAsync("mrz", Td1));
    }

    [Fact]
    public void An_endless_line_is_cut_and_the_zones_after_it_are_still_read()
    {
        using var text = new StringReader(new string('<', 1_000_000) + "\n\n" + FrenchLicence);
        var zones = ZoneReader.Read(text).ToArray();
        Assert.Equal([ZoneReader.Kept, FrenchLicence.Length], zones.Select(z => z.Length));
    }

    private static string Verdicts(JsonElement zone) => string.Join(' ',
        ((string[])["documentNumber", "birthDate", "expiryDate", "personalNumber", "composite"]).Select(c => zone.GetProperty("checks").GetProperty(c).GetString()));
}
