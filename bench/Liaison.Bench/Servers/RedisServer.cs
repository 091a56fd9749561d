using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Liaison.Bench.Clients;
using Liaison.Bench.Corpora;

namespace Liaison.Bench.Servers;

/// <summary>A redis-server of the bench's own: in memory only, nothing saved.</summary>
internal sealed class RedisServer : IDisposable
{
    private const int Window = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process process;

    private RedisServer(Process process, int port) => (this.process, Port) = (process, port);

    public int Port { get; }

    /// <summary>Bytes for each key, once loaded.</summary>
    public double BytesPerKey { get; private set; }

    public static async Task<RedisServer> StartAsync(string folder, CancellationToken stop)
    {
        var port = Programs.FreePort();
        var process = Programs.Start(
            "redis-server",
            ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder, "--maxclients", "2000"],
            new Dictionary<string, string>());
        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var server = new RedisServer(process, port);
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port, stop);
                return server;
            }
            catch (SocketException) when (!process.HasExited && Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(50, stop);
            }
            catch
            {
                server.Dispose();
                throw;
            }
        }
    }

    public static string Key(in Sample document) => document.Issuer + document.Number;

    /// <summary>What the index knows of a document, as small as Redis can keep it: record and kind in one integer.</summary>
    public async Task LoadAsync(Corpus corpus, long documents, CancellationToken stop)
    {
        var before = await MemoryAsync(stop);
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, Port, stop);
        var stream = connection.GetStream();
        var commands = new StringBuilder();
        var answers = new byte[64 << 10];
        for (long from = 0; from < documents; from += Window)
        {
            var count = Math.Min(Window, documents - from);
            commands.Clear();
            for (var place = from; place < from + count; place++)
            {
                var document = corpus.At(place);
                var (key, value) = (Key(document), ((place + 1) * 32 + document.KindBit).ToString(CultureInfo.InvariantCulture));
                commands.Append(CultureInfo.InvariantCulture, $"*3\r\n$3\r\nSET\r\n${key.Length}\r\n{key}\r\n${value.Length}\r\n{value}\r\n");
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes(commands.ToString()), stop);
            for (var missing = count * "+OK\r\n".Length; missing > 0;)
            {
                var got = await stream.ReadAsync(answers.AsMemory(0, (int)Math.Min(answers.Length, missing)), stop);
                if (got == 0 || answers[0] == (byte)'-') throw new BenchException("redis-server does not take the keys; is there enough memory?");
                missing -= got;
            }
        }

        var keys = long.Parse((await AskAsync("DBSIZE", stop)).TrimStart(':').Trim(), CultureInfo.InvariantCulture);
        BytesPerKey = (await MemoryAsync(stop) - before) / (double)keys;
    }

    public LoadResult Get(IEnumerable<Sample> asked, int connections, int pipeline, TimeSpan duration, CancellationToken stop)
    {
        var result = new LoadClient(Port, connections, Protocol.Redis).RunClosed(RequestList.RedisGet(asked.Select(a => Key(a))), pipeline, duration, stop);
        return result.Bad == 0 ? result : throw new BenchException($"redis-server answered {result.Bad} errors.");
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private async Task<long> MemoryAsync(CancellationToken stop)
    {
        var line = (await AskAsync("INFO memory", stop)).Split("\r\n").Single(l => l.StartsWith("used_memory:", StringComparison.Ordinal));
        return long.Parse(line["used_memory:".Length..], CultureInfo.InvariantCulture);
    }

    private async Task<string> AskAsync(string command, CancellationToken stop)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, Port, stop);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), stop);
        var received = new byte[64 << 10];
        var filled = 0;
        while (Protocol.Redis(received.AsSpan(0, filled)).Length == 0)
        {
            var got = await stream.ReadAsync(received.AsMemory(filled), stop);
            if (got == 0) throw new BenchException("redis-server closed the connection.");
            filled += got;
        }

        return Encoding.ASCII.GetString(received, 0, filled);
    }
}
