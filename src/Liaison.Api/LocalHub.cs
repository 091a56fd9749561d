namespace Liaison.Api;

/// <summary>
/// What a development hub leaves in <c>.liaison/hub.json</c> (mode 0600) of its checkout, so that the command line finds it:
/// its address and the synthetic accounts it made. Never written outside Development.
/// </summary>
public sealed record LocalHub
{
    public required string Address { get; init; }

    /// <summary>Name of the profile that is used when none is named.</summary>
    public required string DefaultProfile { get; init; }

    /// <summary>By profile name.</summary>
    public required IReadOnlyDictionary<string, LocalProfile> Profiles { get; init; }
}

/// <param name="Member">The member that the account belongs to.</param>
/// <param name="Token">Bearer token.</param>
public sealed record LocalProfile(string Member, string Token);
