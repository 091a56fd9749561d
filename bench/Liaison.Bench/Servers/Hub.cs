namespace Liaison.Bench.Servers;

/// <summary>The hub as people run it: Release, a process of its own, with a token as issued ones are, over a database that is there.</summary>
internal sealed class Hub(ReadyProcess process, string folder) : IAsyncDisposable
{
    public const string SearchPath = "/v1/travel-documents/search";
    public const string Token = "bench-token-of-32-characters-abcd";
    public const string Member = "FRA";

    public Uri Address => process.Address;

    public string IndexFolder => Path.Combine(folder, "index", "travelDocuments");

    public TimeSpan ProcessorTime => process.ProcessorTime;

    public Clients.HttpTarget Search => new(process.Address, SearchPath, Token);

    /// <param name="program">The hub's assembly.</param>
    /// <param name="folder">The node's own.</param>
    /// <param name="database">Whose schema is there.</param>
    public static async Task<Hub> StartAsync(string program, string folder, HubDatabase database, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        var environment = new Dictionary<string, string>
        {
            ["LIAISON_DATABASE"] = database.App,
            ["DOTNET_ENVIRONMENT"] = "Development",
            // One account asks for all.
            ["LIAISON_RATE_ACCOUNT"] = "1000000",
            ["LIAISON_RATE_MEMBER"] = "1000000",
        };
        return new(await ReadyProcess.StartAsync([program, "serve", "--port", "0", "--data", folder], environment, stop), folder);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
