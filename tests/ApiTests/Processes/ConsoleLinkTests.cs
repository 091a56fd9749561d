using System.Net;
using System.Text.RegularExpressions;
using ApiTests.Members;
using ApiTests.PrivatePostgres;
using Liaison.Hub;
using Liaison.Platform.Data;
using Liaison.Platform.Data.PrivatePostgres;
using Liaison.Platform.Secrets;
using Npgsql;

namespace ApiTests.Processes;

/// <summary>Administrators whom only the server's console lets in: what it prints, how often, and that no log ever has it.</summary>
public sealed partial class ConsoleLinkTests(TestCluster cluster) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("liaison-console-").FullName;

    [Fact]
    public async Task A_fresh_hub_prints_one_link_and_break_glass_another_and_each_lets_one_person_in()
    {
        var variables = await FreshAsync();
        using var hub = await HubProcess.StartAsync(Path.Combine(folder, "first"), variables);
        await ClusterFolder.UntilAsync(() => Link().IsMatch(hub.Printed), "a link");
        var first = Assert.Single(Link().Matches(hub.Printed)).Value;
        Assert.StartsWith($"http://localhost:{hub.Address.Port}/enrol?", first, StringComparison.Ordinal);
        Assert.DoesNotContain("Three things to try", hub.Printed, StringComparison.Ordinal);

        // Another node, or the same one started again, has none to give while that one waits.
        using var second = await HubProcess.StartAsync(Path.Combine(folder, "second"), variables);
        await EndAsync(second);
        Assert.DoesNotMatch(Link(), second.Printed + second.Errors);

        var site = new Uri($"http://localhost:{hub.Address.Port}");
        await EnrolAsync(site, first, "first.administrator");

        var (exit, output, errors) = await HubProcess.VerbAsync(variables, "break-glass", "replacement");
        Assert.True(exit == 0, errors);
        var replaced = Assert.Single(LinkPath().Matches(output)).Value;
        await EnrolAsync(site, replaced, "replacement");
        foreach (var (name, code) in new[] { ("No Name", 1), ("--data", 2) })
        {
            var refused = await HubProcess.VerbAsync(variables, "break-glass", name);
            Assert.Equal(code, refused.Exit);
            Assert.Empty(refused.Output);
            Assert.StartsWith("liaison: ", Assert.Single(refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }

        await EndAsync(hub);
        Assert.NotEmpty(hub.Errors);
        foreach (var token in new[] { first, replaced }.Select(link => link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..]))
        {
            Assert.DoesNotContain(token, hub.Errors + second.Errors + errors, StringComparison.Ordinal);
        }

        Assert.Single(Link().Matches(hub.Printed));
    }

    [Fact]
    public async Task Under_systemd_a_fresh_hub_makes_no_link_and_says_what_makes_one()
    {
        var variables = await FreshAsync();
        (string, string)[] underSystemd = [.. variables, ("JOURNAL_STREAM", "8:1234567")];
        using var hub = await HubProcess.StartAsync(Path.Combine(folder, "unit"), underSystemd);
        await ClusterFolder.UntilAsync(() => hub.Printed.Contains('\n', StringComparison.Ordinal), "a line");
        Assert.Contains("break-glass NAME", Assert.Single(hub.Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        await using (var database = NpgsqlDataSource.Create(variables.Single(v => v.Name == "LIAISON_DATABASE").Value))
        await using (var count = database.CreateCommand("SELECT count(*) FROM members.invitation"))
            Assert.Equal(0L, await count.ExecuteScalarAsync());

        // The verb makes the first administrators of a hub that never had one, and then the next start has nothing to say.
        var site = new Uri($"http://localhost:{hub.Address.Port}");
        foreach (var name in new[] { "administrator.one", "administrator.two" })
        {
            var (exit, output, errors) = await HubProcess.VerbAsync(variables, "break-glass", name);
            Assert.True(exit == 0, errors);
            await EnrolAsync(site, Assert.Single(LinkPath().Matches(output)).Value, name);
        }

        using var second = await HubProcess.StartAsync(Path.Combine(folder, "second unit"), underSystemd);
        await EndAsync(second);
        await EndAsync(hub);
        Assert.Empty(second.Printed);
        Assert.DoesNotMatch(LinkPath(), hub.Printed + hub.Errors + second.Errors);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task EndAsync(HubProcess hub)
    {
        await hub.SignalAsync("TERM");
        Assert.Equal(0, await hub.EndAsync());
    }

    /// <summary>The person of the link sets up its way in; whoever comes after with the same link is sent away.</summary>
    private static async Task EnrolAsync(Uri site, string link, string account)
    {
        using var browser = new PlainBrowser(null, site);
        using var shown = await browser.GetAsync(link);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Contains(account, browser.Body, StringComparison.Ordinal);
        using var done = await browser.PostAsync("/enrol/password", browser.NewPassword(browser.Key(), TimeProvider.System.GetUtcNow()));
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        using var other = new PlainBrowser(null, site);
        using var late = await other.GetAsync(link);
        Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
    }

    /// <summary>A database that was migrated and never had anybody, as a production hub is given it.</summary>
    private async Task<(string Name, string Value)[]> FreshAsync()
    {
        var name = "console_" + Guid.NewGuid().ToString("N")[..8];
        await cluster.Cluster.CreateDatabaseAsync(name);
        var owner = cluster.Cluster.ConnectionString(ClusterRole.Owner, name);
        await Migrator.MigrateAsync(owner, HubHost.Migrations, TimeProvider.System, CancellationToken.None);
        var key = Path.Combine(folder, "hub.key");
        KeyFile.Read(key, make: true);
        return
        [
            ("DOTNET_ENVIRONMENT", "Production"), ("LIAISON_DATABASE", cluster.Cluster.ConnectionString(ClusterRole.App, name)),
            ("LIAISON_OWNER_DATABASE", owner), ("LIAISON_KEY_FILE", key),
        ];
    }

    [GeneratedRegex(@"http\S+/enrol\?token=\S+")]
    private static partial Regex Link();

    [GeneratedRegex(@"/enrol\?token=\S+")]
    private static partial Regex LinkPath();
}
