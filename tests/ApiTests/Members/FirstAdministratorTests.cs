using System.Net.Http.Json;
using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Members;
using Liaison.Platform.Data;
using Liaison.Platform.Data.PrivatePostgres;
using Npgsql;

namespace ApiTests.Members;

/// <summary>The first administrator of a hub, and one in place of those that were lost.</summary>
public sealed class FirstAdministratorTests(TestCluster cluster) : HubFixture(cluster)
{
    private readonly TestCluster tests = cluster;

    [Fact]
    public async Task A_hub_that_never_had_one_invites_it_once()
    {
        var name = "first_" + Guid.NewGuid().ToString("N")[..8];
        await tests.Cluster.CreateDatabaseAsync(name);
        var owner = tests.Cluster.ConnectionString(ClusterRole.Owner, name);
        await Migrator.MigrateAsync(owner, Liaison.Hub.HubHost.Migrations, TimeProvider.System, CancellationToken.None);
        await using var database = NpgsqlDataSource.Create(tests.Cluster.ConnectionString(ClusterRole.App, name));
        var links = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            MembersModule.InviteFirstAdministratorAsync(database, TimeProvider.System, CancellationToken.None)));
        Assert.StartsWith("/enrol?token=", Assert.Single(links, l => l is not null), StringComparison.Ordinal);

        // Nobody came within the hour: the next start asks again, and the old link is void.
        var clock = new MovedClock();
        clock.Move(TimeSpan.FromMinutes(61));
        Assert.NotNull(await MembersModule.InviteFirstAdministratorAsync(database, clock, CancellationToken.None));
        await using var count = database.CreateCommand("SELECT count(*) FROM members.invitation");
        Assert.Equal(1L, await count.ExecuteScalarAsync());
    }

    [Fact]
    public async Task The_only_administrator_opens_one_account_alone_and_no_other()
    {
        await using (var connection = new NpgsqlConnection(OwnerConnectionString))
        {
            await connection.OpenAsync();
            await using var only = new NpgsqlCommand("UPDATE members.account SET permissions = '{}' WHERE name = 'second-administrator'", connection);
            await only.ExecuteNonQueryAsync();
        }

        // Eight at once, so that no two find themselves alone.
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Http(Callers.Administrator).PostAsync(new Uri(Routes.Accounts, UriKind.Relative),
            JsonContent.Create(new AccountRequest
            {
                Name = $"other.administrator-{i}", Kind = "person", Title = "Administrator", Permissions = ["hub.administer", "members.manage"],
            }, LiaisonJson.Default.AccountRequest))));
        Assert.Equal(1, answers.Count(a => (int)a.StatusCode == 200));
        Assert.Equal(7, answers.Count(a => (int)a.StatusCode == 202));
        Assert.Equal(1, await ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'members.accountOpened' AND outcome = 'doneAlone'"));

        // It is not alone again when the other one is lessened or ended.
        var other = await ScalarAsync<string>("SELECT name FROM members.account WHERE name LIKE 'other.administrator-%'");
        using var lessened = await Http(Callers.Administrator).PostAsync(new Uri(Routes.AccountChange, UriKind.Relative),
            JsonContent.Create(new AccountRequest { Name = other, Title = "Nobody", Permissions = [] }, LiaisonJson.Default.AccountRequest));
        Assert.Equal(200, (int)lessened.StatusCode);
        using var again = await Http(Callers.Administrator).PostAsync(new Uri(Routes.Accounts, UriKind.Relative),
            JsonContent.Create(new AccountRequest { Name = "puppet", Kind = "person", Title = "Puppet", Permissions = ["hub.administer"] }, LiaisonJson.Default.AccountRequest));
        Assert.Equal(202, (int)again.StatusCode);

        // What is dangerous otherwise still waits.
        var admit = await Http(Callers.Administrator).PostAsync(new Uri(Routes.Members, UriKind.Relative),
            JsonContent.Create(new MemberRequest { Code = "ESP", Kind = "country", Name = "Spain" }, LiaisonJson.Default.MemberRequest));
        Assert.Equal(202, (int)admit.StatusCode);
    }

    [Fact]
    public async Task Whoever_holds_the_server_replaces_lost_administrators_and_the_audit_tells()
    {
        Assert.NotNull(await MembersModule.BreakGlassAsync(AppConnectionString, "replacement", TimeProvider.System, CancellationToken.None));
        Assert.Equal(1, await ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'members.glassBroken' AND asked::jsonb ->> 'name' = 'replacement'"));
        Assert.Equal("invited", await ScalarAsync<string>("SELECT state FROM members.account WHERE name = 'replacement' AND 'hub.administer' = ANY (permissions)"));
        Assert.Null(await MembersModule.BreakGlassAsync(AppConnectionString, "germany", TimeProvider.System, CancellationToken.None));
        Assert.Null(await MembersModule.BreakGlassAsync(AppConnectionString, "No Name", TimeProvider.System, CancellationToken.None));
    }
}
