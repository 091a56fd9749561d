using Npgsql;

namespace Liaison.Platform.Jobs;

/// <summary>Something that runs from time to time, on one node at a time.</summary>
/// <param name="Name">For the log.</param>
/// <param name="Every">Runs when a node takes the jobs over, and then at this pace.</param>
/// <param name="RunAsync">The work, on the connection that holds the jobs: when that breaks, another node may have begun.</param>
public sealed record Job(string Name, TimeSpan Every, Func<NpgsqlConnection, CancellationToken, Task> RunAsync);
