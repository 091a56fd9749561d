using System.Net;
using System.Text;

namespace UnitTests.Cli;

/// <summary>One request as the hub got it.</summary>
internal sealed record Received(string Method, string Path, string Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>A tiny web server that gives canned answers and remembers what it was asked.</summary>
internal sealed class FakeHub : IAsyncDisposable
{
    private readonly HttpListener listener;
    private readonly Queue<(int Status, string Type, string Body, string? ETag)> answers = [];
    private readonly Task serving;

    public FakeHub()
    {
        // HttpListener cannot choose a free port itself; another process may take the one found, so try again.
        for (var attempt = 0; ; attempt++)
        {
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
            probe.Stop();
            listener = new HttpListener { Prefixes = { Address + "/" } };
            try
            {
                listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 5)
            {
            }
        }

        serving = ServeAsync();
    }

    public string Address { get; }

    public List<Received> Got { get; } = [];

    public FakeHub Answers(string body, int status = 200, string type = "application/json", string? etag = null)
    {
        answers.Enqueue((status, type, body, etag));
        return this;
    }

    public FakeHub Refuses(string body, int status) => Answers(body, status, "application/problem+json");

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        // A listener that is closed just as it is asked for the next request never answers that.
        await Task.WhenAny(serving, Task.Delay(TimeSpan.FromSeconds(5)));
        if (serving.IsFaulted) await serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            Got.Add(new(context.Request.HttpMethod, context.Request.RawUrl!, await reader.ReadToEndAsync(),
                context.Request.Headers.AllKeys.ToDictionary(k => k!, k => context.Request.Headers[k]!, StringComparer.OrdinalIgnoreCase)));
            var (status, type, body, etag) = answers.Dequeue();
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            if (etag is not null) context.Response.Headers["ETag"] = etag;
            context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: true);
        }
    }
}
