using Liaison.Platform.Access;

namespace Liaison.Hub;

/// <summary>What the process's environment says of this hub.</summary>
internal static class HubEnvironment
{
    /// <summary><c>DOTNET_ENVIRONMENT</c> (or ASP.NET's), and Production when nothing is said: the safe one is the default.</summary>
    public static string Name =>
        Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
        ?? Environments.Production;

    /// <summary>
    /// Callers configured as <c>Liaison__DevelopmentTokens__0__Token</c>, <c>…__Member</c>, <c>…__Account</c>, <c>…__Permissions</c> (comma
    /// separated) and <c>…__DefaultPurpose</c>.
    /// </summary>
    /// <exception cref="UnsafeStartException">One of them lacks its token or member.</exception>
    public static IEnumerable<(string Token, Caller Caller)> ConfiguredTokens()
    {
        var configured = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection("Liaison:DevelopmentTokens");
        foreach (var one in configured.GetChildren())
        {
            if (one["Token"] is not { Length: >= 16 } token || one["Member"] is not { Length: > 0 } member)
                throw new UnsafeStartException($"{one.Path} needs a Token of at least 16 characters and a Member.");
            var permissions = (one["Permissions"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            yield return (token, new Caller(one["Account"] ?? $"configured-{one.Key}", member, permissions.ToHashSet(), one["DefaultPurpose"]));
        }
    }
}
