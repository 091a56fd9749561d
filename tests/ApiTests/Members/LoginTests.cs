using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ApiTests.CommandLine;
using Liaison.Members.OAuth;
using Microsoft.Extensions.DependencyInjection;

namespace ApiTests.Members;

/// <summary>The command line signs in, renews what it holds, and signs out.</summary>
public sealed partial class LoginTests(OAuthHub hub) : IClassFixture<OAuthHub>
{
    [Fact]
    public async Task A_person_signs_in_with_a_browser_and_out_again()
    {
        var person = await hub.NewPersonAsync();
        using var shell = Shell();
        var approved = Task.CompletedTask;
        shell.Heard = line =>
        {
            if (Code().Match(line) is not { Success: true } code) return;
            Assert.Contains($"http://localhost:{hub.Address.Port}/device", line, StringComparison.Ordinal);
            approved = DecideAsync(codes => codes.ApproveAsync(code.Value, person, CancellationToken.None));
        };
        Assert.True(await shell.RunAsync("login", "--profile", "bureau") == 0, shell.Err);
        await approved;
        Assert.Contains("liaison status --profile bureau", shell.Out, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(shell.Profiles));
        Assert.True(await shell.RunAsync("status") == 0, shell.Err);
        Assert.Contains(person, shell.Out, StringComparison.Ordinal);

        var before = await ProfileAsync(shell);
        // Past the end of the access token, as a command that is run after lunch.
        await ChangeProfileAsync(shell, profile => profile["expires"] = "2020-01-01T00:00:00+00:00");
        Assert.True(await shell.RunAsync("status", "--profile", "bureau") == 0, shell.Err);
        var after = await ProfileAsync(shell);
        Assert.NotEqual((string?)before["token"], (string?)after["token"]);
        Assert.NotEqual((string?)before["refresh"], (string?)after["refresh"]);

        Assert.True(await shell.RunAsync("logout", "--profile", "bureau") == 0, shell.Err);
        Assert.Equal(2, await shell.RunAsync("status", "--profile", "bureau"));
        Assert.Equal(1, await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'members.tokenRevoked' AND account = $1", person));
        Assert.Equal(0, await hub.ScalarAsync<long>("""SELECT count(*) FROM members."OpenIddictTokens" WHERE "Subject" = $1 AND "Status" = 'valid'""", person));
    }

    [Fact]
    public async Task Many_commands_at_once_renew_a_sign_in_once()
    {
        var person = await hub.NewPersonAsync();
        using var shell = Shell();
        shell.Heard = line =>
        {
            if (Code().Match(line) is { Success: true } code) _ = DecideAsync(codes => codes.ApproveAsync(code.Value, person, CancellationToken.None));
        };
        Assert.True(await shell.RunAsync("login", "--profile", "bureau") == 0, shell.Err);
        await ChangeProfileAsync(shell, profile => profile["expires"] = "2020-01-01T00:00:00+00:00");
        var exits = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => shell.RunAsync("status", "--profile", "bureau"))));
        Assert.Equal([0, 0, 0, 0], exits);
        Assert.Equal(2, await hub.ScalarAsync<long>(
            """SELECT count(*) FROM members."OpenIddictTokens" WHERE "Subject" = $1 AND "Type" = 'urn:ietf:params:oauth:token-type:refresh_token'""", person));
    }

    [Fact]
    public async Task A_person_who_says_no_is_told_so()
    {
        using var shell = Shell();
        shell.Heard = line =>
        {
            if (Code().Match(line) is { Success: true } code) _ = DecideAsync(codes => codes.DenyAsync(code.Value, CancellationToken.None));
        };
        Assert.Equal(4, await shell.RunAsync("login"));
        Assert.Contains("You said no", shell.Err, StringComparison.Ordinal);
        Assert.False(File.Exists(shell.Profiles));
    }

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("RSA")]
    public async Task A_system_works_by_itself_with_its_key(string kind)
    {
        var (client, _) = await hub.NewSystemAsync();
        using var shell = Shell();
        string pem;
        if (kind == "RSA")
        {
            using var rsa = RSA.Create(2048);
            await hub.SetKeysAsync(client, Assertion.SetOf("own", rsa));
            pem = rsa.ExportPkcs8PrivateKeyPem();
        }
        else
        {
            using var ec = ECDsa.Create(kind == "P-256" ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384);
            await hub.SetKeysAsync(client, Assertion.SetOf(("own", ec)));
            pem = ec.ExportPkcs8PrivateKeyPem();
        }

        Private(Path.Combine(Path.GetDirectoryName(shell.Profiles)!, "own.pem"), pem);
        Private(shell.Profiles, new JsonObject
        {
            ["border"] = new JsonObject { ["address"] = hub.Address.GetLeftPart(UriPartial.Authority), ["client"] = client, ["key"] = "own.pem" },
        }.ToJsonString());
        Assert.True(await shell.RunAsync("status", "--profile", "border") == 0, shell.Err);
        Assert.Contains(client, shell.Out, StringComparison.Ordinal);
        Assert.True(await shell.RunAsync("status", "--profile", "border") == 0, shell.Err);
        Assert.Equal(1, await hub.ScalarAsync<long>("SELECT count(*) FROM members.used_assertion WHERE client = $1", client));

        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(Path.GetDirectoryName(shell.Profiles)!, "own.pem"), (UnixFileMode)0b110_100_100);
        await ChangeProfileAsync(shell, profile => profile["expires"] = "2020-01-01T00:00:00+00:00", "border");
        Assert.Equal(4, await shell.RunAsync("status", "--profile", "border"));
        Assert.Contains("mode 0600", shell.Err, StringComparison.Ordinal);
    }

    private HubShell Shell() => new(hub.Address) { Clock = new HurriedClock() };

    private async Task DecideAsync(Func<DeviceCodes, Task<bool>> decide)
    {
        await using var scope = hub.Services.CreateAsyncScope();
        Assert.True(await decide(scope.ServiceProvider.GetRequiredService<DeviceCodes>()));
    }

    private static async Task<JsonNode> ProfileAsync(HubShell shell, string name = "bureau") =>
        JsonNode.Parse(await File.ReadAllTextAsync(shell.Profiles))![name]!;

    private static async Task ChangeProfileAsync(HubShell shell, Action<JsonNode> change, string name = "bureau")
    {
        var all = JsonNode.Parse(await File.ReadAllTextAsync(shell.Profiles))!;
        change(all[name]!);
        await File.WriteAllTextAsync(shell.Profiles, all.ToJsonString());
    }

    private static void Private(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [GeneratedRegex(@"\d{4}-\d{4}-\d{4}")]
    private static partial Regex Code();
}
