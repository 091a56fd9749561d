using Liaison.Api;
using Liaison.Hub;
using Liaison.Platform.Data;
using Liaison.Platform.Data.Backups;
using Liaison.Platform.Data.PrivatePostgres;
using Microsoft.Extensions.Logging;

namespace ApiTests.Operation;

/// <summary>A hub starts on what an earlier release left, and loses nothing of it.</summary>
public sealed class UpgradeTests(TestCluster cluster) : IDisposable
{
    /// <summary>As the first release wrote them: canonical encoding v1 of the audit is over these columns.</summary>
    private const string AuditThen = """
        SELECT md5(string_agg(concat_ws('|', id, batch, at, event, outcome, member, account, purpose, reference, on_behalf_of, place,
            occurred_at, subject, asked, records, salt), ',' ORDER BY id)) FROM audit.entry WHERE id < '01a20d13-0000-0000-0000-000000000000'
        """;

    private static readonly Migration[] FirstRelease = [.. HubHost.Migrations.Where(m => m is { Number: 1, Module: "platform" or "travel_documents" })];

    private static readonly Guid Changed = new("01a20d12-0bea-7c04-a4a7-2826eb8d7c86");

    private readonly string folder = Directory.CreateTempSubdirectory("liaison-upgrade-").FullName;

    [Fact]
    public void Migrations_of_a_release_are_never_edited() => Assert.Equal(
        [
            ("platform", "3875b20fe7cd86dffd7d9b2cd0aa79734ff64bd83abaf0f816eacb8cea154e85"),
            ("travel_documents", "aabaf8c93350a8974bd2f01617c8aac2c891f2006954be3cadfccfadb1b570bd"),
        ],
        FirstRelease.Select(m => (m.Module, m.Checksum)));

    [Fact]
    public async Task A_hub_starts_on_the_database_of_the_first_release()
    {
        var (owner, app) = await FirstReleaseAsync();
        var audit = await DatabaseDigest.ScalarAsync<string>(owner, AuditThen);
        Assert.Equal(HubHost.Migrations.Count - 2, await MigrateAsync(owner, HubHost.Migrations));
        await Callers.RecordAsync(owner);
        await AnswersAsync(app);
        Assert.Equal(audit, await DatabaseDigest.ScalarAsync<string>(owner, AuditThen));
    }

    [Fact]
    public async Task A_backup_of_the_first_release_is_restored_by_this_one()
    {
        var (owner, _) = await FirstReleaseAsync();
        var audit = await DatabaseDigest.ScalarAsync<string>(owner, AuditThen);
        var file = Path.Combine(folder, "first.backup");
        await DatabaseBackup.WriteAsync(owner, file, TimeProvider.System, CancellationToken.None);
        var (again, app) = await EmptyAsync();
        await using (var archive = await BackupArchive.OpenVerifiedAsync(file, CancellationToken.None))
            await DatabaseRestore.RunAsync(archive, again, HubHost.Migrations, TimeProvider.System, CancellationToken.None);
        await Callers.RecordAsync(again);
        await AnswersAsync(app);
        Assert.Equal(audit, await DatabaseDigest.ScalarAsync<string>(again, AuditThen));
    }

    private async Task AnswersAsync(string app)
    {
        var settings = new HubSettings(app, new NodeOptions(Path.Combine(folder, "node")), 0, "Development");
        await using var hub = HubHost.Build(settings, logging => logging.ClearProviders());
        await hub.StartAsync();
        await hub.WaitUntilReadyAsync();
        using var http = new HttpClient { BaseAddress = new Uri(hub.Urls.First()) };
        var utopia = new LiaisonClient(http, Callers.Utopia);
        foreach (var (number, answer) in new[] { ("UP000001", "hit"), ("UP000002", "notKnown"), ("UP000550", "hit"), ("UP000010", "hit"), ("UP000011", "notKnown") })
            Assert.Equal(answer, (await utopia.SearchAsync(new() { Number = number, Issuer = "UTO" }, CancellationToken.None)).Value!.Answer);

        var history = (await utopia.VersionsAsync(Changed, CancellationToken.None)).Value!.Items;
        Assert.Equal([(1, null, null), (2, "better known", "Größe")], history.Select(v => (v.Version, v.Why, v.Document.EventPlace)));
        Assert.Equal(["demo-utopia", "demo-utopia"], history.Select(v => v.By));
        var page = (await utopia.ListAsync(null, null, CancellationToken.None)).Value!;
        Assert.Equal(4, page.Items.Count);
        Assert.Single(page.Items, d => d.Withdrawal is not null);
    }

    private async Task<(string Owner, string App)> FirstReleaseAsync()
    {
        var (owner, app) = await EmptyAsync();
        Assert.Equal(2, await MigrateAsync(owner, FirstRelease));
        await using var rows = typeof(UpgradeTests).Assembly.GetManifestResourceStream("first-release.sql")!;
        using var reader = new StreamReader(rows);
        await DatabaseDigest.ScalarAsync<object>(owner, await reader.ReadToEndAsync());
        return (owner, app);
    }

    private async Task<(string Owner, string App)> EmptyAsync()
    {
        var name = "upgrade_" + Guid.NewGuid().ToString("N")[..8];
        await cluster.Cluster.CreateDatabaseAsync(name);
        return (cluster.Cluster.ConnectionString(ClusterRole.Owner, name), cluster.Cluster.ConnectionString(ClusterRole.App, name));
    }

    private static Task<int> MigrateAsync(string owner, IReadOnlyList<Migration> migrations) =>
        Migrator.MigrateAsync(owner, migrations, TimeProvider.System, CancellationToken.None);

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
