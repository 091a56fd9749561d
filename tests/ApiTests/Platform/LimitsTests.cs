using System.Net.Sockets;
using System.Text;
using ApiTests.TravelDocuments;
using Liaison.Api;

namespace ApiTests.Platform;

public sealed class LimitsTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Theory]
    [InlineData(Routes.TravelDocumentSearch, "application/json", "bodyTooLarge")]
    [InlineData(Routes.TravelDocumentImports, "text/csv", "importTooLarge")]
    public async Task An_endless_upload_is_cut_at_the_limit_and_leaves_no_file(string path, string type, string code)
    {
        var before = LargeTemporaryFiles();
        using var socket = new TcpClient();
        await socket.ConnectAsync(hub.Address.Host, hub.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Callers.Utopia}\r\nContent-Type: {type}\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"));
        var answering = new StreamReader(stream, Encoding.ASCII).ReadLineAsync();
        var given = await GiveUntilClosedAsync(stream, answering);
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await answering);
        Assert.InRange(given, 1, 64L << 20);
        Assert.Equal(code, await CodeOfAsync(path, type));
        Assert.Empty(LargeTemporaryFiles().Except(before));
    }

    [Fact]
    public async Task A_client_that_sends_drop_by_drop_is_told_so()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(hub.Address.Host, hub.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {Routes.TravelDocumentSearch} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Callers.France}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var answer = await new StreamReader(stream, Encoding.ASCII).ReadToEndAsync(limit.Token);
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("bodyTimeout", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/csv")]
    [InlineData("application/x-ndjson")]
    public async Task A_row_of_a_million_columns_gets_a_clear_error(string type)
    {
        var row = type == "text/csv"
            ? "number,issuer,kind,status\n" + string.Join(',', Enumerable.Repeat("1", 1_000_000)) + "\n"
            : "[" + string.Join(',', Enumerable.Repeat("1", 1_000_000)) + "]\n";
        var reply = await hub.ImportAsync(Encoding.UTF8.GetBytes(row), type);
        var text = reply.Body;
        Assert.True(reply.Value is { State: "done" or "failed", Rejected: 1 } or { Problem: not null }, text);
        Assert.DoesNotContain("1,1,1,1", text, StringComparison.Ordinal);
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM travel_documents.document"));
    }

    /// <summary>RFC 9112 section 6.3: two readings of where a request ends would let one caller speak in another's name behind a proxy.</summary>
    [Theory]
    [InlineData("Content-Length: 2\r\nContent-Length: 3", "{}")]
    [InlineData("Transfer-Encoding: identity, chunked, nonsense", "2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "+2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 2\r\n folded: yes", "{}")]
    public async Task Where_a_request_ends_is_never_guessed(string headers, string body)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(hub.Address.Host, hub.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {Routes.TravelDocumentSearch} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Callers.France}\r\n"
            + $"Content-Type: application/json\r\n{headers}\r\n\r\n{body}GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var answer = await new StreamReader(stream, Encoding.ASCII).ReadToEndAsync(limit.Token);
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("alive", answer, StringComparison.Ordinal);
    }

    /// <summary>What a server that spools uploads would leave behind.</summary>
    private static string[] LargeTemporaryFiles() =>
        [.. new DirectoryInfo(Path.GetTempPath()).EnumerateFiles().Where(f => f.Length > 30 << 10).Select(f => f.Name)];

    /// <summary>Sends chunks until the hub answers or closes; more than 256 MiB is a failure of the limit.</summary>
    private static async Task<long> GiveUntilClosedAsync(NetworkStream stream, Task answering)
    {
        byte[] chunk = [.. "10000\r\n"u8, .. Enumerable.Repeat((byte)'a', 0x10000), .. "\r\n"u8];
        var given = 0L;
        try
        {
            for (; given < 256L << 20 && !answering.IsCompleted; given += chunk.Length) await stream.WriteAsync(chunk);
        }
        catch (IOException)
        {
            // Closed: that is what the test waits for.
        }

        return given;
    }

    /// <summary>The problem for a body that announces itself as too large.</summary>
    private async Task<string> CodeOfAsync(string path, string type)
    {
        using var body = new ByteArrayContent(new byte[(16 << 20) + 1]);
        body.Headers.TryAddWithoutValidation("Content-Type", type);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
        request.Headers.ExpectContinue = true;
        using var response = await hub.Http(Callers.Utopia).SendAsync(request);
        var problem = System.Text.Json.JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), LiaisonJson.Default.Problem)!;
        return problem.Code;
    }
}
