namespace Liaison.Cli.Hubs;

/// <summary>What to talk to and as whom.</summary>
/// <param name="Address">Scheme, host and port.</param>
/// <param name="Token">Bearer token of the account.</param>
/// <param name="Source">Where address and token were found, in words for a person.</param>
internal sealed record Hub(Uri Address, string Token, string Source);

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
internal sealed record NamedAccount(string Name, string Address, string Member, string Token, string Source);
