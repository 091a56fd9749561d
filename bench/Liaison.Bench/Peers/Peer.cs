using System.Globalization;
using System.Net;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Bench.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Liaison.Bench.Peers;

/// <summary>
/// What the hub is compared with over HTTP: the least that a Kestrel endpoint of the same form can do. Same runtime settings, same request
/// and response types with the same generated JSON code; no token, no index, no audit.
/// </summary>
internal static class Peer
{
    private static readonly AsOf Now = new(1, DateTimeOffset.UnixEpoch.AddYears(55));

    /// <summary>Starts a peer as a process with the hub's runtime settings.</summary>
    public static Task<ReadyProcess> StartAsync(string kind, string hub, string database, CancellationToken stop) =>
        ReadyProcess.StartAsync(
            ["exec", "--runtimeconfig", Path.ChangeExtension(hub, ".runtimeconfig.json"), typeof(Peer).Assembly.Location, "peer", kind],
            new Dictionary<string, string> { [SqlEndpoint.Variable] = database, ["DOTNET_ENVIRONMENT"] = "Production" }, stop);

    public static async Task<int> ServeAsync(string kind)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, LiaisonJson.Default));
        await using var app = builder.Build();
        if (kind == "sql") app.MapPost(Hub.SearchPath, new SqlEndpoint().AnswerAsync);
        else app.MapPost(Hub.SearchPath, (SearchRequest asked) => NotKnown(Guid.CreateVersion7()));
        await app.StartAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ready {app.Urls.First()}"));
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>The same members as the hub's answer, which are what almost every answer has.</summary>
    public static SearchAnswer NotKnown(Guid id) =>
        new() { Answer = "notKnown", SearchId = id, AsOf = Now, Matches = [], More = false, Notes = [] };
}
