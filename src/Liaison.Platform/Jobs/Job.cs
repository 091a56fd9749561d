using Npgsql;

namespace Liaison.Platform.Jobs;

/// <summary>Something that runs from time to time, on one node at a time.</summary>
/// <param name="Name">For the log.</param>
/// <param name="Every">Runs when a node takes the jobs over, and then at this pace.</param>
/// <param name="RunAsync">The work, on the connection that holds the jobs: when that breaks, another node may have begun.</param>
public sealed record Job(string Name, TimeSpan Every, Func<NpgsqlConnection, CancellationToken, Task> RunAsync)
{
    /// <summary>One that may find very much to do: done in one go it would hold up the jobs that cannot wait, or never come to its end.</summary>
    /// <param name="name">For the log.</param>
    /// <param name="every">The pace when everything is done.</param>
    /// <param name="partAsync">A bounded part of the work, in a transaction of its own; true when there may be more.</param>
    public static Job InParts(string name, TimeSpan every, Func<NpgsqlConnection, CancellationToken, Task<bool>> partAsync) => new(name, every, async (connection, cancellation) =>
    {
        while (await partAsync(connection, cancellation))
        {
        }
    })
    {
        PartAsync = partAsync,
    };

    /// <summary>Null when the work is done in one go.</summary>
    private Func<NpgsqlConnection, CancellationToken, Task<bool>>? PartAsync { get; init; }

    /// <summary>Does what may be done before other jobs have their turn.</summary>
    /// <returns>True when there may be more to do.</returns>
    public async Task<bool> TakeTurnAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (PartAsync is { } part) return await part(connection, cancellation);
        await RunAsync(connection, cancellation);
        return false;
    }
}
