using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Liaison.Bench.Servers;

/// <summary>The run cannot go on; the message says what to do.</summary>
internal sealed class BenchException(string message) : Exception(message);

/// <summary>Programs that the bench starts, and what the kernel says of them.</summary>
internal static class Programs
{
    /// <summary>The clock of /proc: 100 a second on every Linux.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Runs to the end and gives what was printed.</summary>
    /// <exception cref="BenchException">It is not installed, or failed.</exception>
    public static async Task<string> OutputAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop)
    {
        using var process = Start(program, arguments, new Dictionary<string, string>());
        try
        {
            var errors = process.StandardError.ReadToEndAsync(stop);
            var output = await process.StandardOutput.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return process.ExitCode == 0 ? output : throw new BenchException($"{program} failed: {await errors} {output}");
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    /// <exception cref="BenchException">It is not installed.</exception>
    public static Process Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new BenchException($"{program} cannot be started ({missing.Message}). bench/run installs redis-server, wrk and PostgreSQL as root on Debian.");
        }
    }

    /// <summary>Processor time of a process, in user and kernel, all threads.</summary>
    public static TimeSpan ProcessorTime(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        // The name before the last bracket may hold anything.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((Ticks(fields[11]) + Ticks(fields[12])) / TicksPerSecond);

        static long Ticks(string field) => long.Parse(field, CultureInfo.InvariantCulture);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
