namespace Liaison.Cli.Hubs;

/// <summary>What to talk to and as whom.</summary>
/// <param name="Address">Scheme, host and port.</param>
/// <param name="Token">Bearer token of the account.</param>
/// <param name="Source">Where address and token were found, in words for a person.</param>
internal sealed record Hub(Uri Address, string Token, string Source)
{
    /// <summary>By what the token is renewed; null when it is used as it is.</summary>
    public SignIn? SignIn { get; init; }
}

/// <summary>An entry of <c>profiles.json</c> that can renew its token.</summary>
/// <param name="File">Where it stands.</param>
/// <param name="Name">Under which name.</param>
/// <param name="Profile">As it was read.</param>
internal sealed record SignIn(string File, string Name, UserProfile Profile);

/// <summary>Where somebody signs in, and under which name the tokens are kept.</summary>
internal sealed record LoginPlace(Uri Address, string Profile, string File);

/// <summary>The outcome of looking for the hub: one hub, or why there is none and the exit code that says so.</summary>
internal abstract record HubChoice
{
    private HubChoice()
    {
    }

    internal sealed record Chosen(Hub Hub) : HubChoice;

    internal sealed record None(int ExitCode, string Message) : HubChoice;
}

/// <summary>An account that can be named with <c>--profile</c>.</summary>
internal sealed record NamedAccount(string Name, string Address, string Member, string Token, string Source)
{
    public SignIn? SignIn { get; init; }
}
