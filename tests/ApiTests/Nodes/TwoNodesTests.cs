using ApiTests.PrivatePostgres;
using Liaison.Hub;
using Liaison.Platform.Data;

namespace ApiTests.Nodes;

/// <summary><c>deploy/two-nodes</c> under traffic, while cases run: a node is killed and comes back, then PostgreSQL.</summary>
public sealed class TwoNodesTests
{
    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_no_answer_is_wrong_while_a_node_and_then_PostgreSQL_are_killed()
    {
        using var folder = new ClusterFolder();
        await using var cluster = await folder.StartAsync();
        await Migrator.MigrateAsync(cluster.OwnerConnectionString, HubHost.Migrations, TimeProvider.System, CancellationToken.None);
        await Callers.RecordAsync(cluster.OwnerConnectionString);
        using var nodes = TwoNodes.Start(cluster.AppConnectionString, folder.Root);
        await nodes.UntilReadyAsync(0);
        await nodes.UntilReadyAsync(1);

        await using var traffic = new Traffic(nodes.Clients);
        traffic.Begin();
        await using var cases = new CaseTraffic(nodes.Clients, nodes.Askers);
        cases.Begin();
        await ClusterFolder.UntilAsync(() => cases.Acts > 10, "cases go on");
        var killed = nodes.ProcessId(0);
        ClusterFolder.Kill(killed);
        await ClusterFolder.UntilAsync(() => nodes.ProcessId(0) != killed, "the node is started again");
        await GoesOnAsync(traffic);
        await nodes.UntilReadyAsync(0);
        await GoesOnAsync(traffic);

        var postmaster = cluster.ProcessId;
        ClusterFolder.Kill(postmaster);
        await ClusterFolder.UntilAsync(() => cluster.ProcessId != postmaster, "PostgreSQL is started again");
        await nodes.UntilReadyAsync(0);
        await nodes.UntilReadyAsync(1);
        await GoesOnAsync(traffic);
        var acts = cases.Acts;
        await ClusterFolder.UntilAsync(() => cases.Acts > acts + 4, "cases go on");
        await traffic.EndAsync();
        await cases.EndAsync();

        Assert.Empty(traffic.Faults);
        await EverythingIsFoundAsync(nodes, traffic);
        await cases.EverythingCameAsync();
        Assert.Equal(0, await nodes.StopAsync());
    }

    [Fact]
    public async Task Without_a_database_it_says_what_is_missing()
    {
        using var folder = new ClusterFolder();
        using var nodes = TwoNodes.Start("", folder.Root);
        await ClusterFolder.UntilAsync(() => nodes.Errors.Contains("LIAISON_DATABASE", StringComparison.Ordinal), "it refuses");
    }

    private static async Task GoesOnAsync(Traffic traffic)
    {
        var (written, asked) = (traffic.Acknowledged.Count, traffic.Searches);
        await ClusterFolder.UntilAsync(
            () => traffic.Acknowledged.Count > written + 10 && traffic.Searches > asked + 10, "writes and searches go on");
    }

    /// <summary>On both nodes, once both have caught up.</summary>
    private static async Task EverythingIsFoundAsync(TwoNodes nodes, Traffic traffic)
    {
        var last = traffic.Acknowledged.Values.Max(a => a.Position);
        foreach (var client in nodes.Clients)
        {
            foreach (var number in traffic.Acknowledged.Keys)
            {
                var reply = await client.SearchAsync(new() { Number = number, Issuer = "UTO" }, CancellationToken.None);
                Assert.True(reply.Value is not null, reply.Body);
                Assert.True(reply.Value.AsOf.Position >= last, $"The node is at {reply.Value.AsOf.Position} and the log beyond {last}.");
                traffic.Judge(number, reply.Value);
            }
        }

        Assert.Empty(traffic.Faults);
    }
}
