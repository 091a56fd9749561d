using Liaison.Hub;
using Liaison.Platform.Access;
using Microsoft.Extensions.Logging;

namespace ApiTests.Platform;

public sealed class UnsafeStartTests
{
    private static readonly DevelopmentTokens None = new([]);

    [Theory]
    [InlineData("Production", null)]
    [InlineData("Staging", "http://127.0.0.1:0")]
    [InlineData("development", null)]
    public void Development_tokens_are_refused_outside_Development(string environment, string? urls) =>
        Assert.Contains("outside Development", Refused(environment, urls), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://0.0.0.0:0", "0.0.0.0")]
    [InlineData("http://[::]:0", "[::]")]
    [InlineData("http://192.0.2.7:8080", "192.0.2.7")]
    [InlineData("http://hub.example:8080", "hub.example")]
    [InlineData("http://127.0.0.1:0;http://0.0.0.0:0", "0.0.0.0")]
    [InlineData("http://*:8080", "0.0.0.0")]
    [InlineData("http://+:8080", "0.0.0.0")]
    public void Development_tokens_are_refused_beyond_this_machine(string urls, string host) =>
        Assert.Contains($"listen on {host}.", Refused("Development", urls), StringComparison.Ordinal);

    [Theory]
    [InlineData("Development", null, true)]
    [InlineData("Development", "http://127.0.0.1:0", true)]
    [InlineData("Development", "http://localhost:8080;http://[::1]:8080", true)]
    [InlineData("Production", "http://0.0.0.0:0", false)]
    [InlineData("Production", "http://*:8080", false)]
    public async Task What_is_safe_is_not_refused(string environment, string? urls, bool tokens) =>
        await HubHost.Build(Settings(environment, urls, tokens ? Callers.Tokens : None), logging =>
            logging.ClearProviders()).DisposeAsync();

    private static string Refused(string environment, string? urls)
    {
        var message = Assert.Throws<UnsafeStartException>(() => HubHost.Build(Settings(environment, urls, Callers.Tokens))).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static HubSettings Settings(string environment, string? urls, DevelopmentTokens tokens) =>
        new("Host=nowhere.invalid;Username=nobody;Database=none", tokens, new("unused"), 0, environment) { Urls = urls };
}
