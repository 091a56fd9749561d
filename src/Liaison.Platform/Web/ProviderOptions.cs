using System.Net;

namespace Liaison.Platform.Web;

/// <summary>What the operator says of members' own OpenID Connect providers. The same on every node.</summary>
public sealed record ProviderOptions
{
    /// <summary>
    /// Networks that providers may be in besides the public ones. Members name the addresses that the hub connects to: what is not listed here and
    /// not public is never connected to.
    /// </summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>Folder with the client secrets, a file for each provider, called by its code; null: none uses a secret.</summary>
    public string? SecretFolder { get; init; }

    /// <summary>A provider may be on loopback, without TLS. For Development.</summary>
    public bool IsLoopbackAllowed { get; init; }
}
