using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Liaison.Api;
using Liaison.Api.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ApiTests.Events;

/// <summary>A call that was received.</summary>
internal sealed record Received(string Id, string Timestamp, string Signature, byte[] Body)
{
    public CloudEvent Event => JsonSerializer.Deserialize(Body, LiaisonJson.Default.CloudEvent)!;

    /// <summary>How many of its signatures the secret made.</summary>
    public int SignedBy(string secret)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{Id}.{Timestamp}."), .. Body];
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed));
        return Signature.Split(' ').Count(s => s == expected);
    }
}

/// <summary>A member's system on loopback that takes events, over TLS unless told otherwise.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    public const string Name = "receiver.example";
    private readonly WebApplication app;

    private Receiver(bool isPlain)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (!isPlain) listen.UseHttps(Certificate);
        }));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    public static X509Certificate2 Certificate { get; } = Make();

    /// <summary>Calls in the order in which they came, and with what they were answered.</summary>
    public ConcurrentQueue<Received> Calls { get; } = new();

    public Func<Received, HttpContext, Task<int>> Answer { get; set; } = (_, _) => Task.FromResult(204);

    public Uri Address { get; private set; } = null!;

    public IEnumerable<Received> Events => Calls.Where(c => c.Event.Type != "webhooks.ping");

    public static async Task<Receiver> StartAsync(bool isPlain = false)
    {
        var receiver = new Receiver(isPlain);
        await receiver.app.StartAsync();
        var port = new Uri(receiver.app.Urls.First()).Port;
        receiver.Address = new Uri(isPlain ? $"http://127.0.0.1:{port}/in" : $"https://{Name}:{port}/in");
        return receiver;
    }

    public async Task<Received[]> UntilAsync(Func<Received[], bool> wished, int seconds = 60)
    {
        for (var tries = 0; tries < seconds * 20; tries++)
        {
            if (Events.ToArray() is var all && wished(all)) return all;
            await Task.Delay(50);
        }

        Assert.Fail($"Not received what was waited for: {string.Join(", ", Events.Select(e => e.Event.Type))}");
        return [];
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var headers = http.Request.Headers;
        var call = new Received(headers["webhook-id"]!, headers["webhook-timestamp"]!, headers["webhook-signature"]!, body.ToArray());
        Calls.Enqueue(call);
        var status = await Answer(call, http);
        if (!http.Response.HasStarted) http.Response.StatusCode = status;
    }

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + Name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddYears(1));
    }
}
