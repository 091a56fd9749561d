using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Liaison.Api;

namespace ApiTests.Platform;

public sealed class LimitsTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Theory]
    [InlineData(Routes.TravelDocumentSearch, "application/json", "bodyTooLarge")]
    [InlineData(Routes.TravelDocumentImports, "text/csv", "importTooLarge")]
    public async Task An_endless_upload_is_cut_at_the_limit_and_leaves_no_file(string path, string type, string code)
    {
        var temporary = Directory.GetFiles(Path.GetTempPath()).Length;
        var endless = new EndlessStream();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StreamContent(endless) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        request.Headers.TransferEncodingChunked = true;
        request.Headers.ExpectContinue = false;
        using var response = await hub.Http(Callers.Utopia).SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains(code, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.InRange(endless.Given, 1, 64L << 20);
        Assert.True(Directory.GetFiles(Path.GetTempPath()).Length <= temporary);
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
        using var body = new StringContent(row, Encoding.UTF8, type);
        using var response = await hub.Http(Callers.Utopia).PostAsync(new Uri(Routes.TravelDocumentImports, UriKind.Relative), body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, text);
        Assert.Contains("\"line\":", text, StringComparison.Ordinal);
        Assert.DoesNotContain("1,1,1,1", text, StringComparison.Ordinal);
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM travel_documents.document"));
    }

    /// <summary>Gives letters for ever, or until the limit of the test.</summary>
    private sealed class EndlessStream : Stream
    {
        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Given; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Given > 256L << 20) throw new UnreachableException("The hub read 256 MiB.");
            Array.Fill(buffer, (byte)'a', offset, count);
            Given += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
