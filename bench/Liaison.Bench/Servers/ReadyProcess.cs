using System.Diagnostics;
using System.Text;

namespace Liaison.Bench.Servers;

/// <summary>A server that says <c>ready ADDRESS</c> when it is: the hub, and the peers, which say so likewise.</summary>
internal sealed class ReadyProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly StringBuilder errors = new();

    private ReadyProcess(Process process, Uri address, StringBuilder errors) => (this.process, Address, this.errors) = (process, address, errors);

    public Uri Address { get; }

    public int Id => process.Id;

    public TimeSpan ProcessorTime => Programs.ProcessorTime(process.Id);

    /// <exception cref="BenchException">It ended, or was not ready in time.</exception>
    public static async Task<ReadyProcess> StartAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken stop)
    {
        var process = Programs.Start("dotnet", arguments, environment);
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors) errors.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (!line.StartsWith("ready ", StringComparison.Ordinal)) continue;
                // An unread pipe would stop the server when it is full.
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new(process, new Uri(line["ready ".Length..]), errors);
            }

            lock (errors) throw new BenchException($"{string.Join(' ', arguments.Take(3))} ended before it was ready: {errors}");
        }
        catch
        {
            if (!process.HasExited) process.Kill();
            process.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using var limit = new CancellationTokenSource(Farewell);
            try
            {
                // As a terminal would: the hub writes down what it has in memory and lets its connections go.
                await Programs.OutputAsync("kill", ["-TERM", process.Id.ToString(null, null)], limit.Token);
                await process.WaitForExitAsync(limit.Token);
            }
            catch (Exception stuck) when (stuck is OperationCanceledException or BenchException)
            {
                process.Kill();
            }
        }

        process.Dispose();
    }
}
