using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Liaison.Bench.Servers;

namespace Liaison.Bench.Clients;

/// <summary>Streams bodies of lines up and counts the lines that come back, with as little work of its own as that takes.</summary>
internal static class BatchClient
{
    /// <summary>False when the build has no such route.</summary>
    public static async Task<bool> IsThereAsync(HttpTarget target, CancellationToken stop)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(target.Address, target.Path))
        {
            Content = new StringContent("{\"number\":\"X0000001\",\"issuer\":\"FRA\"}\n", Encoding.ASCII, "application/x-ndjson"),
        };
        request.Headers.Authorization = new("Bearer", target.Token);
        using var answer = await client.SendAsync(request, stop);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed) return false;
        return answer.IsSuccessStatusCode ? true : throw new BenchException($"{target.Path} answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync(stop)}");
    }

    /// <summary>All bodies at once, each over a connection of its own; how long it took until the last one was answered.</summary>
    /// <exception cref="BenchException">An answer is short, or no success.</exception>
    public static async Task<TimeSpan> RunAsync(HttpTarget target, IReadOnlyList<byte[]> bodies, int lines, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(bodies.Select(body => Task.Run(() => AskAsync(target, body, lines, stop), stop)));
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task AskAsync(HttpTarget target, byte[] body, int lines, CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, target.Address.Port, stop);
        var head = Encoding.ASCII.GetBytes($"POST {target.Path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {target.Token}\r\n"
            + $"Content-Type: application/x-ndjson\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        var sending = SendAsync(socket, head, body, stop);
        var (answered, beginning) = await CountAsync(socket, stop);
        // Each question has its line, and the last line says that the answer is whole.
        if (!beginning.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) || answered <= lines)
            throw new BenchException($"{answered} lines came back for {lines}: {beginning}");
        await sending;
    }

    private static async Task SendAsync(Socket socket, byte[] head, byte[] body, CancellationToken stop)
    {
        const int Piece = 256 << 10;
        await socket.SendAsync(head, stop);
        for (var at = 0; at < body.Length;) at += await socket.SendAsync(body.AsMemory(at, Math.Min(Piece, body.Length - at)), stop);
    }

    private static async Task<(long Lines, string Beginning)> CountAsync(Socket socket, CancellationToken stop)
    {
        var buffer = new byte[256 << 10];
        var (lines, beginning, last) = (0L, "", (byte)0);
        while (await socket.ReceiveAsync(buffer, stop) is > 0 and var got)
        {
            if (beginning.Length == 0) beginning = Encoding.ASCII.GetString(buffer, 0, Math.Min(got, 300));
            lines += Lines(buffer.AsSpan(0, got), ref last);
        }

        return (lines, beginning);
    }

    /// <summary>Ends of lines of JSON: heads and frames of chunks end in CRLF. A frame may begin between a line and its end.</summary>
    private static int Lines(ReadOnlySpan<byte> got, ref byte last)
    {
        var lines = got.Count((byte)'\n') - got.Count("\r\n"u8);
        if (last == (byte)'\r' && got[0] == (byte)'\n') lines--;
        last = got[^1];
        return lines;
    }
}
