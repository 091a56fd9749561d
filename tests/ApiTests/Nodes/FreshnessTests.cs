using System.Diagnostics;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.TravelDocuments.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ApiTests.Nodes;

/// <summary>What one node records, another finds soon, also while an import of many records is being merged and taken in.</summary>
public sealed class FreshnessTests(TestCluster cluster) : HubFixture(cluster)
{
    private const int Many = 200_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Single_records_are_found_on_the_other_node_while_a_large_change_set_is_merged_and_loaded()
    {
        await using var other = await StartHubAsync();
        using var http = new HttpClient { BaseAddress = new Uri(other.Urls.First()) };
        var there = new LiaisonClient(http, Callers.France);
        var index = other.Services.GetRequiredService<DocumentIndex>();

        var (during, beside, written) = (0, 0, 0);
        // On a machine that is busy one round trip may take as long as the loading: then another set is loaded.
        for (var set = 0; set < 4 && (during == 0 || beside == 0); set++)
        {
            var (prefix, all) = ($"L{(char)('M' + set)}", index.Records + Many);
            var merge = Task.Run(() => LargeSet.CommitAsync(AppConnectionString, prefix, Many));
            for (; index.Records < all; written++)
            {
                var isMerged = merge.IsCompleted;
                await FoundThereAsync(there, $"SR{written:D6}");
                if (!isMerged) during++;
                else if (index.Records < all) beside++;
                Assert.True(written < 100_000, "The large change set is not taken in.");
            }

            await merge;
        }

        Assert.True(during > 0, "Nothing was recorded while the large change set was merged.");
        Assert.True(beside > 0, "Nothing was recorded between its commit and the moment when it was taken in.");
        Assert.Equal("hit", (await there.SearchAsync(new() { Number = "LM0000777", Issuer = "UTO" }, CancellationToken.None)).Value!.Answer);
        await other.StopAsync();
    }

    private async Task FoundThereAsync(LiaisonClient there, string number)
    {
        await this.RecordedAsync(Documents.Stolen(number));
        var acknowledged = Stopwatch.GetTimestamp();
        while ((await there.SearchAsync(new() { Number = number, Issuer = "UTO" }, CancellationToken.None)).Value!.Answer != "hit")
            Assert.True(Stopwatch.GetElapsedTime(acknowledged) < Soon, $"{number} was not found on the other node within {Soon.TotalSeconds} s.");
    }
}
