using System.Collections.Concurrent;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.TravelDocuments;

namespace ApiTests.Nodes;

/// <summary>
/// Writers and searchers over two nodes at once, as behind a balancer: who gets no answer asks the other node, a write with its key.
/// </summary>
internal sealed class Traffic(LiaisonClient[] nodes) : IAsyncDisposable
{
    private const int Writers = 2, Searchers = 2;

    private readonly CancellationTokenSource over = new();
    private readonly ConcurrentQueue<string> faults = new();
    private readonly List<Task> tasks = [];
    private int searches;

    /// <summary>What was acknowledged, with a position of the log by which it was there.</summary>
    public ConcurrentDictionary<string, (Guid Id, long Position)> Acknowledged { get; } = new();

    /// <summary>Answers that contradict what was acknowledged, and refusals that are not "come back".</summary>
    public IEnumerable<string> Faults => faults;

    public int Searches => Volatile.Read(ref searches);

    public void Begin()
    {
        for (var i = 0; i < Writers; i++)
        {
            var writer = i;
            tasks.Add(Task.Run(() => WriteAsync(writer)));
        }

        for (var i = 0; i < Searchers; i++) tasks.Add(Task.Run(SearchAsync));
    }

    public async Task EndAsync()
    {
        await over.CancelAsync();
        await Task.WhenAll(tasks);
    }

    /// <summary>A node may be behind what another acknowledged, but never behind what it says itself.</summary>
    public void Judge(string number, SearchAnswer answer)
    {
        var (id, position) = Acknowledged[number];
        if (answer.AsOf.Position < position) return;
        if (answer.Answer != "hit" || answer.Matches.Count(m => m.Document.Id == id) != 1)
            faults.Enqueue($"{number} is {answer.Answer} as of {answer.AsOf.Position}, and was recorded by {position}.");
    }

    public ValueTask DisposeAsync()
    {
        over.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task WriteAsync(int writer)
    {
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            var number = $"TN{writer}{i:D6}";
            var (node, recorded) = await PersistAsync(i, client => client.RecordAsync(Documents.Stolen(number), "key-" + number, CancellationToken.None));
            if (recorded is null) return;
            var found = await TryAsync(() => nodes[node].SearchAsync(new() { Number = number, Issuer = "UTO" }, CancellationToken.None));
            if (found?.Value is not { } seen) continue;
            // The node that acknowledged it shows it, so it was there by the position of this answer.
            Acknowledged[number] = (recorded.Id, seen.AsOf.Position);
            Judge(number, seen);
        }
    }

    private async Task SearchAsync()
    {
        var random = new Random(7);
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            string[] known = [.. Acknowledged.Keys];
            if (known.Length == 0)
            {
                await Task.Delay(10);
                continue;
            }

            var number = known[random.Next(known.Length)];
            var (_, answer) = await PersistAsync(i, client => client.SearchAsync(new() { Number = number, Issuer = "UTO" }, CancellationToken.None));
            if (answer is null) return;
            Interlocked.Increment(ref searches);
            Judge(number, answer);
        }
    }

    /// <summary>Asks the nodes in turn until one answers; null when the test is over before.</summary>
    private async Task<(int Node, T? Answer)> PersistAsync<T>(int first, Func<LiaisonClient, Task<HubReply<T>>> ask)
        where T : class
    {
        for (var node = first % nodes.Length; ; node = (node + 1) % nodes.Length)
        {
            var reply = await TryAsync(() => ask(nodes[node]));
            if (reply?.Value is { } answer) return (node, answer);
            if (reply?.Problem is { } problem && problem.Status != 503) faults.Enqueue(reply.Body);
            if (over.IsCancellationRequested) return (node, null);
            await Task.Delay(20);
        }
    }

    private static async Task<HubReply<T>?> TryAsync<T>(Func<Task<HubReply<T>>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or TaskCanceledException)
        {
            return null; // nobody there, or it died while it answered
        }
    }
}
