using System.Runtime.InteropServices;
using Liaison.Bench.Peers;
using Liaison.Bench.Servers;

namespace Liaison.Bench;

/// <summary>The bench's executable: a run, or one of its peers.</summary>
internal static class Entry
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["peer", var kind]) return await Peer.ServeAsync(kind);
        if (!BenchOptions.Parse(args).Is(out var options, out var problems))
        {
            Console.Error.WriteLine("bench: " + problems[0].Message);
            return 2;
        }

        using var stopping = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await BenchRun.RunAsync(options, stopping.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Console.Error.WriteLine("bench: stopped; servers and data are gone, nothing was written.");
            return 1;
        }
        catch (BenchException broken)
        {
            Console.Error.WriteLine("bench: " + broken.Message);
            return 1;
        }

        // The first signal lets servers and folders be cleaned up; a second one ends the process at once.
        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stopping.IsCancellationRequested;
            stopping.Cancel();
        }
    }
}
