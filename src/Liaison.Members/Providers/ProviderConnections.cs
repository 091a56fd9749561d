using System.Net;
using Liaison.Platform.Web;

namespace Liaison.Members.Providers;

/// <summary>Connections to providers. Administrators of members name the addresses, and a provider names more of them, so that none is trusted.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProviderConnections(ProviderOptions options) : IDisposable
{
    private readonly OutwardConnections outward = new(new() { Networks = options.Networks, IsLoopbackAllowed = options.IsLoopbackAllowed });

    public HttpClient Client => outward.Client;

    /// <summary>True of an address that the hub would connect to, as far as it can be told without asking for its name.</summary>
    public bool MayBe(string? address) => outward.MayBe(address);

    /// <summary>May the hub connect there?</summary>
    public bool MayReach(IPAddress address) => outward.MayReach(address);

    public void Dispose() => outward.Dispose();
}
