using System.Globalization;
using Liaison.Platform.Access;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Hub;

/// <summary>What the process's environment says of this hub.</summary>
internal static class HubEnvironment
{
    /// <summary><c>DOTNET_ENVIRONMENT</c> (or ASP.NET's), and Production when nothing is said: the safe one is the default.</summary>
    public static string Name =>
        Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
        ?? Environments.Production;

    /// <summary><c>LIAISON_STALE_AFTER</c> (seconds) and <c>LIAISON_STANDBY_DATABASE</c>, where they are set.</summary>
    /// <exception cref="UnsafeStartException">One of them makes no sense.</exception>
    public static NodeOptions Node(string folder)
    {
        var node = new NodeOptions(folder);
        if (Environment.GetEnvironmentVariable("LIAISON_STALE_AFTER") is { Length: > 0 } text)
        {
            if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || seconds is < 0.5 or > 3600)
                throw new UnsafeStartException("LIAISON_STALE_AFTER is a number of seconds from 0.5 to 3600, as 5.");
            node = node with { StaleAfter = TimeSpan.FromSeconds(seconds) };
        }

        if (Environment.GetEnvironmentVariable("LIAISON_STANDBY_DATABASE") is not { Length: > 0 } standby) return node;
        try
        {
            return node with { StandbyConnectionString = new NpgsqlConnectionStringBuilder(standby).ConnectionString };
        }
        catch (ArgumentException)
        {
            // Its message may quote the password.
            throw new UnsafeStartException("LIAISON_STANDBY_DATABASE is no connection string of Npgsql, as Host=standby.example;Database=liaison;Username=liaison_app.");
        }
    }

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
