using ApiTests.Members;
using Liaison.Cli;

namespace ApiTests.CommandLine;

/// <summary>Every verb of administration does what it says, from the command line to the hub and back.</summary>
public sealed class AdministrationVerbsTests(OAuthHub hub) : IClassFixture<OAuthHub>
{
    [Fact]
    public async Task A_member_takes_part_until_its_agreement_ends()
    {
        using var first = new HubShell(hub.Address, Callers.Administrator);
        using var second = new HubShell(hub.Address, Callers.SecondAdministrator);
        await ApprovedAsync(first, second, "member", "admit", "EUROJUST", "--kind", "partner", "--name", "Eurojust");
        await ApprovedAsync(first, second, "agreement", "conclude", "EUROJUST", "--access", "search", "--purpose", "criminalInvestigation");
        Assert.Contains("EUROJUST", await DoneAsync(first, "member", "list"), StringComparison.Ordinal);
        Assert.Contains("EUROPE", await DoneAsync(first, "member", "list"), StringComparison.Ordinal);

        var id = await hub.ScalarAsync<Guid>("SELECT id FROM members.agreement WHERE member = 'EUROJUST'");
        Assert.Contains(id.ToString(), await DoneAsync(first, "agreement", "list"), StringComparison.Ordinal);
        await DoneAsync(first, "agreement", "end", id.ToString(), "--why", "Over");
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM members.agreement WHERE member = 'EUROJUST' AND ended_at IS NOT NULL"));

        await DoneAsync(first, "member", "suspend", "EUROJUST", "--why", "Until it is known why");
        await ApprovedAsync(first, second, "member", "restore", "EUROJUST", "--why", "It is known");
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM members.member WHERE code = 'EUROJUST' AND suspended_at IS NULL"));
    }

    [Fact]
    public async Task A_bureau_looks_after_its_desk_its_units_and_their_accounts()
    {
        using var bureau = new HubShell(hub.Address, Callers.Bureau);
        await DoneAsync(bureau, "member", "desk", "--urgency", "urgent", "--name", "Duty room", "--contact", "+00 0", "--language", "fr", "--time-zone", "Europe/Paris",
            "--hours", "24/7");
        Assert.Equal("Duty room", await hub.ScalarAsync<string>("SELECT name FROM members.desk WHERE member = 'FRA'"));

        await DoneAsync(bureau, "unit", "grant", "FRA/PORT", "--title", "Port", "--kind", "borderPost", "--permission", "travelDocuments.search");
        Assert.Contains("FRA/PORT", await DoneAsync(bureau, "unit", "list"), StringComparison.Ordinal);
        var opened = await DoneAsync(bureau, "account", "open", "officer.port", "--kind", "person", "--title", "Officer", "--unit", "FRA/PORT",
            "--permission", "travelDocuments.search", "--default-purpose", "borderControl");
        Assert.Contains("/enrol?token=", opened, StringComparison.Ordinal);
        Assert.Contains("/enrol?token=", await DoneAsync(bureau, "account", "invite", "officer.port"), StringComparison.Ordinal);
        await DoneAsync(bureau, "account", "open", "gate.port", "--kind", "system", "--title", "Gate", "--unit", "FRA/PORT", "--permission", "travelDocuments.search");
        Assert.Contains("It may.", await DoneAsync(bureau, "account", "why", "gate.port", "--permission", "travelDocuments.search", "--for", "borderControl"), StringComparison.Ordinal);

        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        await DoneAsync(bureau, "account", "keys", "gate.port", "--file", bureau.Write("keys.json", Assertion.SetOf(("first", key))));
        Assert.Equal(System.Net.HttpStatusCode.OK, (await hub.TokenAsync(new Assertion("gate.port", hub.Address).Sign(key))).Status);
        await DoneAsync(bureau, "account", "keys", "gate.port");
        Assert.Equal("invalid_client", (await hub.TokenAsync(new Assertion("gate.port", hub.Address).Sign(key))).Error);

        await DoneAsync(bureau, "account", "change", "gate.port", "--title", "Gate of the port", "--unit", "FRA/PORT", "--permission", "hub.status");
        await StateAsync(bureau, "suspend", "suspended");
        await StateAsync(bureau, "restore", "active");
        await StateAsync(bureau, "end", "ended");
        Assert.Contains("Gate of the port", await hub.ScalarAsync<string>("SELECT title FROM members.account WHERE name = 'gate.port'"), StringComparison.Ordinal);
        Assert.Contains("gate.port", await DoneAsync(bureau, "account", "list"), StringComparison.Ordinal);

        await DoneAsync(bureau, "unit", "withdraw", "FRA/PORT", "--why", "Closed");
        Assert.Contains("It may not.", await DoneAsync(bureau, "account", "why", "officer.port", "--permission", "travelDocuments.search", "--for", "borderControl"), StringComparison.Ordinal);
        await DoneAsync(bureau, "unit", "use", "--days", "1");
    }

    private static async Task ApprovedAsync(HubShell first, HubShell second, params string[] verb)
    {
        Assert.True(await first.RunAsync(verb) is ExitCode.Done or ExitCode.Waits, first.Out + first.Err);
        var id = System.Text.RegularExpressions.Regex.Match(first.Out, "[0-9a-f]{8}-[0-9a-f-]{27}").Value;
        Assert.Contains(id, await DoneAsync(second, "approval", "list"), StringComparison.Ordinal);
        await DoneAsync(second, "approval", "approve", id);
    }

    private async Task StateAsync(HubShell bureau, string verb, string state)
    {
        await DoneAsync(bureau, "account", verb, "gate.port", "--why", "Because");
        Assert.Equal(state, await hub.ScalarAsync<string>("SELECT state FROM members.account WHERE name = 'gate.port'"));
    }

    /// <returns>What it printed.</returns>
    private static async Task<string> DoneAsync(HubShell shell, params string[] verb)
    {
        Assert.True(await shell.RunAsync(verb) == ExitCode.Done, $"{string.Join(' ', verb)}: {shell.Out}{shell.Err}");
        return shell.Out;
    }
}
