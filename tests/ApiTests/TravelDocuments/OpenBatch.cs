using System.Net.Sockets;
using System.Text;
using Liaison.Api;

namespace ApiTests.TravelDocuments;

/// <summary>A batch over a bare socket that sends and reads at the same time, which HttpClient does not over HTTP/1.1.</summary>
internal sealed class OpenBatch : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TcpClient socket = new();
    private readonly StringBuilder got = new();

    public string Got => got.ToString();

    public static async Task<OpenBatch> BeginAsync(Uri hub, string token)
    {
        var batch = new OpenBatch();
        await batch.socket.ConnectAsync(hub.Host, hub.Port);
        await batch.WriteAsync($"POST {Routes.TravelDocumentSearchMany} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\n"
            + $"Content-Type: {Ndjson.MediaType}\r\nTransfer-Encoding: chunked\r\n\r\n");
        return batch;
    }

    public Task SendAsync(string lines) => WriteAsync($"{Encoding.UTF8.GetByteCount(lines):x}\r\n{lines}\r\n");

    public Task EndAsync() => WriteAsync("0\r\n\r\n");

    /// <summary>Reads until the answer holds the text.</summary>
    public async Task UntilAsync(string text)
    {
        using var limit = new CancellationTokenSource(Patience);
        var buffer = new byte[8192];
        while (!Got.Contains(text, StringComparison.Ordinal))
        {
            var read = await socket.GetStream().ReadAsync(buffer, limit.Token);
            if (read == 0) Assert.Fail($"The answer ended without {text}: {Got}");
            got.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task WriteAsync(string text) => await socket.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text));
}
