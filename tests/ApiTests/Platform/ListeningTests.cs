using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Liaison.Hub;
using Liaison.Platform.Web;
using Microsoft.Extensions.Logging;

namespace ApiTests.Platform;

/// <summary>Where a hub may listen: beyond this machine with TLS only, and in Development not at all.</summary>
public sealed class ListeningTests
{
    private static readonly Frontage Named = new() { Address = new("https://hub.example") };
    private static readonly Frontage Proxied = Named with { Proxies = [IPNetwork.Parse("192.0.2.0/24")] };

    [Theory]
    [InlineData("Development", "http://0.0.0.0:0", "Listen on 127.0.0.1 only")]
    [InlineData("Development", "https://hub.example:8443", "Listen on 127.0.0.1 only")]
    [InlineData("Production", "http://0.0.0.0:0", "without TLS")]
    [InlineData("Production", "http://[::]:0", "without TLS")]
    [InlineData("Production", "http://*:8080", "without TLS")]
    [InlineData("Production", "http://+:8080", "without TLS")]
    [InlineData("Production", "http://192.0.2.7:8080", "without TLS")]
    [InlineData("Production", "http://127.0.0.1:0;http://hub.example:8080", "without TLS")]
    [InlineData("Production", "ftp://127.0.0.1", "is no address")]
    [InlineData("Production", "http://127.0.0.1/hub", "is no address")]
    public void What_is_not_safe_is_refused(string environment, string urls, string why) =>
        Assert.Contains(why, Refused(environment, urls, Named), StringComparison.Ordinal);

    [Fact]
    public void A_hub_that_others_reach_knows_its_name_and_has_a_certificate()
    {
        Assert.Contains("LIAISON_ADDRESS", Refused("Production", "http://0.0.0.0:0", Proxied with { Address = null }), StringComparison.Ordinal);
        Assert.Contains("LIAISON_CERTIFICATE", Refused("Production", "https://0.0.0.0:0", Named, certified: false), StringComparison.Ordinal);
        Assert.Contains("LIAISON_CERTIFICATE",
            Refused("Production", null, Named with { CertificateAddress = new("https://hub.example:8443") }, certified: false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Development", null, false)]
    [InlineData("Development", "http://localhost:8080;http://[::1]:8080", false)]
    [InlineData("Production", null, false)]
    [InlineData("Production", "http://*:8080", true)]
    [InlineData("Production", "https://0.0.0.0:8443", false)]
    public async Task What_is_safe_is_not_refused(string environment, string? urls, bool proxied) =>
        await HubHost.Build(Settings(environment, urls, proxied ? Proxied : Named), logging => logging.ClearProviders()).DisposeAsync();

    [Theory]
    [InlineData("Host=db.example")]
    [InlineData("Host=db.example;SSL Mode=Prefer")]
    [InlineData("Host=db.example;SSL Mode=Require")]
    [InlineData("Host=db1.example,db2.example:5433;SSL Mode=Require")]
    [InlineData("Host=localhost,db.example")]
    [InlineData("Host=192.0.2.7")]
    [InlineData("Host=localhost.example")]
    [InlineData("Host=db.example;SSL Mode=VerifyCA")]
    [InlineData("Host=2001:db8::7")]
    [InlineData("")]
    [InlineData("Hostess=localhost")]
    public void No_database_of_another_machine_is_asked_in_the_clear(string line)
    {
        var why = Assert.Throws<UnsafeStartException>(() => DatabaseLine.Read("LIAISON_X", _ => line + ";Password=hidden", "Production")).Message;
        Assert.StartsWith("LIAISON_X ", why, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", "Host=db.example;SSL Mode=VerifyFull")]
    [InlineData("Production", "Host=db1.example,db2.example;SSL Mode=VerifyCA;Root Certificate=/etc/own.pem")]
    [InlineData("Production", "Host=/var/run/postgresql")]
    [InlineData("Production", "Host=localhost")]
    [InlineData("Production", "Host=127.0.0.1:5433,localhost:5434")]
    [InlineData("Production", "Host=[::1]:5433,::1")]
    [InlineData("Development", "Host=db.example")]
    public void What_stays_on_the_machine_or_is_verified_is_taken(string environment, string line) =>
        Assert.Equal(line, DatabaseLine.Read("LIAISON_X", _ => line, environment));

    private static string Refused(string environment, string? urls, Frontage frontage, bool certified = true)
    {
        var message = Assert.Throws<UnsafeStartException>(() => HubHost.Build(Settings(environment, urls, frontage, certified))).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static HubSettings Settings(string environment, string? urls, Frontage frontage, bool certified = true) =>
        new("Host=nowhere.invalid;Username=nobody;Database=none", new("unused"), 0, environment)
        {
            Urls = urls, Frontage = frontage, Certificate = certified ? new(Certificate(), []) : null,
        };

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=hub.example", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }
}
