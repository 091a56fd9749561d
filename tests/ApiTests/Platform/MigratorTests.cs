using Liaison.Hub;
using Liaison.Platform.Data;
using Liaison.Platform.Data.PrivatePostgres;
using Npgsql;

namespace ApiTests.Platform;

public sealed class MigratorTests(TestCluster cluster)
{
    [Fact]
    public async Task A_current_schema_is_left_alone()
    {
        var owner = await NewAsync();
        Assert.Equal(0, await MigrateAsync(owner, HubHost.Migrations));
        Assert.Equal(HubHost.Migrations.Count, (int)await ScalarAsync<long>(owner, "SELECT count(*) FROM migration.applied"));
    }

    [Fact]
    public async Task A_schema_of_a_newer_build_is_refused()
    {
        var owner = await NewAsync();
        Migration newer = new("platform", 9999, "CREATE TABLE platform.newer ()");
        Assert.Equal(1, await MigrateAsync(owner, [.. HubHost.Migrations, newer]));
        var refused = await Assert.ThrowsAsync<SchemaMismatchException>(() => MigrateAsync(owner, HubHost.Migrations));
        Assert.Contains("platform-9999", refused.Message, StringComparison.Ordinal);
        Assert.Contains("newer build", refused.Message, StringComparison.Ordinal);
        // The refusal holds no lock: the newer build goes on.
        Assert.Equal(0, await MigrateAsync(owner, [.. HubHost.Migrations, newer]));
    }

    /// <summary>What a hub that serves asks of its database.</summary>
    [Fact]
    public async Task A_hub_serves_on_the_schema_of_its_own_build_alone()
    {
        var owner = await EmptyAsync();
        Assert.Contains("no schema yet", await RefusedAsync(HubHost.Migrations), StringComparison.Ordinal);
        await MigrateAsync(owner, HubHost.Migrations);
        await Migrator.RequireCurrentAsync(owner, HubHost.Migrations, CancellationToken.None);
        Assert.Contains("older than this build", await RefusedAsync([.. HubHost.Migrations, new("platform", 9999, "CREATE TABLE platform.newer ()")]), StringComparison.Ordinal);
        Assert.Contains("newer build", await RefusedAsync([.. HubHost.Migrations.SkipLast(1)]), StringComparison.Ordinal);

        async Task<string> RefusedAsync(IReadOnlyList<Migration> build) =>
            (await Assert.ThrowsAsync<SchemaMismatchException>(() => Migrator.RequireCurrentAsync(owner, build, CancellationToken.None))).Message;
    }

    [Fact]
    public async Task A_file_that_was_edited_after_it_ran_is_refused_and_nothing_else_runs()
    {
        var owner = await NewAsync();
        var first = HubHost.Migrations[0];
        Migration[] edited =
        [
            new(first.Module, first.Number, first.Sql + "\n-- a harmless comment"), new("platform", 9999, "CREATE TABLE platform.newer ()"),
        ];
        var refused = await Assert.ThrowsAsync<SchemaMismatchException>(() =>
            MigrateAsync(owner, [.. edited, .. HubHost.Migrations.Skip(1)]));
        Assert.Contains("was changed after it ran", refused.Message, StringComparison.Ordinal);
        Assert.True(await ScalarAsync<bool>(owner, "SELECT to_regclass('platform.newer') IS NULL"));
    }

    [Fact]
    public async Task A_file_that_fails_leaves_nothing_behind_and_runs_when_it_is_mended()
    {
        var owner = await NewAsync();
        Migration[] broken = [.. HubHost.Migrations, new("platform", 9999, "CREATE TABLE platform.half (); SELECT 1 / 0")];
        await Assert.ThrowsAsync<PostgresException>(() => MigrateAsync(owner, broken));
        Assert.True(await ScalarAsync<bool>(owner, "SELECT to_regclass('platform.half') IS NULL"));
        Assert.Equal(1, await MigrateAsync(owner, [.. HubHost.Migrations, new("platform", 9999, "CREATE TABLE platform.half ()")]));
    }

    [Fact]
    public async Task Two_nodes_that_start_together_migrate_once()
    {
        var owner = await EmptyAsync();
        var ran = await Task.WhenAll(MigrateAsync(owner, HubHost.Migrations), MigrateAsync(owner, HubHost.Migrations));
        Assert.Equal([0, HubHost.Migrations.Count], ran.Order());
    }

    private async Task<string> EmptyAsync()
    {
        var name = "empty_" + Guid.NewGuid().ToString("N")[..8];
        await cluster.Cluster.CreateDatabaseAsync(name);
        return cluster.Cluster.ConnectionString(ClusterRole.Owner, name);
    }

    private async Task<string> NewAsync() => cluster.Cluster.ConnectionString(ClusterRole.Owner, await cluster.NewDatabaseAsync());

    private static Task<int> MigrateAsync(string owner, IReadOnlyList<Migration> migrations) =>
        Migrator.MigrateAsync(owner, migrations, TimeProvider.System, CancellationToken.None);

    private static async Task<T> ScalarAsync<T>(string owner, string sql)
    {
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
