using Liaison.Cli;
using Liaison.Cli.Hubs;

namespace UnitTests.Cli;

public sealed class HubFinderTests : IDisposable
{
    private const string Local = "http://127.0.0.1:8123";
    private readonly Shell shell = new();

    public void Dispose() => shell.Dispose();

    [Fact]
    public void Without_anything_said_it_is_the_hub_of_the_checkout_upwards_of_the_current_folder()
    {
        Shell.LocalHub(Path.GetDirectoryName(shell.Folder)!, Local);
        Assert.Equal(("http://127.0.0.1:8123/", "token-utopia"), Chosen());
    }

    [Fact]
    public void A_named_checkout_is_the_only_place_looked_at()
    {
        Shell.LocalHub(shell.Folder, Local);
        var other = Path.Combine(shell.Home, "other");
        shell.Set("LIAISON_HOME", other);
        Assert.Equal(ExitCode.Unreachable, None().ExitCode);
        Shell.LocalHub(other, "http://127.0.0.1:9000");
        Assert.Equal(("http://127.0.0.1:9000/", "token-utopia"), Chosen());
    }

    [Theory]
    [InlineData(null, "france", "token-france")] // --profile
    [InlineData("france", null, "token-france")] // LIAISON_PROFILE
    [InlineData("france", "utopia", "token-utopia")] // the command line beats the environment
    [InlineData("", null, "token-utopia")] // set to nothing is not set
    public void A_profile_of_the_local_hub_is_picked_by_name(string? variable, string? option, string token)
    {
        Shell.LocalHub(shell.Folder, Local);
        if (variable is not null) shell.Set("LIAISON_PROFILE", variable);
        Assert.Equal(("http://127.0.0.1:8123/", token), Chosen(profile: option));
    }

    [Fact]
    public void An_own_profile_hides_one_of_the_local_hub_and_XDG_CONFIG_HOME_is_respected()
    {
        Shell.LocalHub(shell.Folder, Local);
        Shell.Private(shell.Home, ".config/liaison/profiles.json",
            """{"france":{"address":"https://hub.example","member":"FRA","token":"own"}}""");
        Assert.Equal(("https://hub.example/", "own"), Chosen(profile: "france"));
        Assert.Equal(("http://127.0.0.1:8123/", "token-utopia"), Chosen());

        shell.Set("XDG_CONFIG_HOME", Path.Combine(shell.Home, "xdg"));
        Assert.Equal("token-france", Chosen(profile: "france").Token);
        Shell.Private(shell.Home, "xdg/liaison/profiles.json", """{"france":{"address":"https://xdg.example","token":"xdg"}}""");
        Assert.Equal(("https://xdg.example/", "xdg"), Chosen(profile: "france"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8123")]
    [InlineData("http://localhost:8123/")]
    [InlineData("http://[::1]:8123")]
    public void An_address_without_a_token_gets_the_local_token_only_when_it_is_the_local_hub(string address)
    {
        Shell.LocalHub(shell.Folder, Local);
        shell.Set("LIAISON_HUB", address);
        Assert.Equal("token-utopia", Chosen().Token);
        shell.Set("LIAISON_PROFILE", "france");
        Assert.Equal("token-france", Chosen().Token);
        shell.Set("LIAISON_HUB", "https://elsewhere.example");
        Assert.Contains("No token is known", None().Message);
    }

    [Fact]
    public void The_environments_hub_and_token_beat_the_local_hub()
    {
        Shell.LocalHub(shell.Folder, Local);
        shell.Set("LIAISON_HUB", "https://hub.example").Set("LIAISON_TOKEN", "t");
        Assert.Equal(("https://hub.example/", "t"), Chosen());
        Assert.Equal(("http://127.0.0.1:8123/", "token-france"), Chosen(profile: "france"));
    }

    [Fact]
    public void A_token_is_sent_only_to_the_hub_it_was_given_for()
    {
        shell.Set("LIAISON_HUB", "https://hub.example").Set("LIAISON_TOKEN", "t");
        Assert.Contains("No token is known", None("https://elsewhere.example").Message);
        Shell.LocalHub(shell.Folder, Local);
        Assert.Contains("belongs to", None("https://elsewhere.example", "france").Message);
        Assert.Equal("token-france", Chosen("http://localhost:8123", "france").Token);
    }

    [Theory]
    [InlineData("hub.example")]
    [InlineData("ftp://hub.example")]
    [InlineData("http://hub.example")] // in the clear to another machine
    [InlineData("https://hub.example/prefix")]
    [InlineData("https://user:word@hub.example")]
    public void An_address_that_cannot_be_meant_is_refused(string address)
    {
        shell.Set("LIAISON_TOKEN", "t");
        Assert.Equal(ExitCode.Usage, None(address).ExitCode);
    }

    [Fact]
    public void A_file_of_tokens_that_others_can_read_is_not_used()
    {
        var file = Shell.LocalHub(shell.Folder, Local);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", None().Message);
    }

    [Fact]
    public void A_broken_file_is_named_and_its_content_is_not_shown()
    {
        Shell.Private(shell.Folder, ".liaison/hub.json", """{"address": token-secret""");
        var message = None().Message;
        Assert.Contains("hub.json", message);
        Assert.DoesNotContain("token-secret", message);
    }

    [Fact]
    public void An_unknown_profile_is_answered_with_the_known_ones()
    {
        Shell.LocalHub(shell.Folder, Local);
        Assert.Contains("utopia, france", None(profile: "spain").Message);
    }

    [Fact]
    public async Task Profiles_lists_accounts_without_their_tokens()
    {
        Shell.LocalHub(shell.Folder, Local);
        Assert.Equal(0, await shell.RunAsync("profiles"));
        Assert.Contains("france", shell.Out);
        Assert.DoesNotContain("token-", shell.Out);
        Assert.Equal(0, await shell.RunAsync("profiles", "--json"));
        Assert.Contains("""{"name":"france","member":"FRA","address":"http://127.0.0.1:8123"}""", shell.Out);
        Assert.DoesNotContain("token-", shell.Out);
    }

    private (string Address, string Token) Chosen(string? hub = null, string? profile = null)
    {
        var choice = HubFinder.Find(hub, profile, shell.Around());
        var chosen = Assert.IsType<HubChoice.Chosen>(choice);
        return (chosen.Hub.Address.ToString(), chosen.Hub.Token);
    }

    private HubChoice.None None(string? hub = null, string? profile = null) =>
        Assert.IsType<HubChoice.None>(HubFinder.Find(hub, profile, shell.Around()));
}
