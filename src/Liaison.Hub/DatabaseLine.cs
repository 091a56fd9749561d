using Liaison.Platform.Web;
using Npgsql;

namespace Liaison.Hub;

/// <summary>
/// Connection strings of operators. To another machine the hub speaks TLS only, and looks whose certificate it is: whoever stands between would
/// read who asked for what, and the password.
/// </summary>
internal static class DatabaseLine
{
    /// <param name="variable">What names it.</param>
    /// <param name="read">The environment.</param>
    /// <param name="environment">Development takes any.</param>
    /// <exception cref="UnsafeStartException">It is no connection string, or not a safe one. The message never quotes it: it may hold a password.</exception>
    public static string? Read(string variable, Func<string, string?> read, string environment)
    {
        if (read(variable) is not { } line) return null;
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(line);
            return environment == Environments.Development || IsVerified(parsed) || IsOnThisMachine(parsed.Host)
                ? line
                : throw new UnsafeStartException($"{variable} leads to another machine without TLS that looks whose certificate it is. Add SSL Mode=VerifyFull, "
                    + "and Root Certificate=FILE unless the system trusts its authority.");
        }
        catch (ArgumentException)
        {
            throw new UnsafeStartException($"{variable} is no connection string of Npgsql, as Host=db.example;Database=liaison;Username=liaison_app;SSL Mode=VerifyFull.");
        }
    }

    /// <summary>The name of the machine may differ only where one authority is trusted: of all that the system trusts, any could speak for any.</summary>
    private static bool IsVerified(NpgsqlConnectionStringBuilder line) =>
        line.SslMode is SslMode.VerifyFull || (line.SslMode is SslMode.VerifyCA && !string.IsNullOrEmpty(line.RootCertificate));

    private static bool IsOnThisMachine(string? hosts) =>
        hosts is not null && hosts.Split(',').All(host => host.StartsWith('/') || host.StartsWith('@') || Frontage.IsLoopback(WithoutPort(host.Trim())));

    /// <summary>Of several hosts each may have a port; an address of IPv6 has more than one colon.</summary>
    private static string WithoutPort(string host) =>
        host.StartsWith('[') ? host[..(host.IndexOf(']', StringComparison.Ordinal) + 1)] : host.Count(c => c == ':') == 1 ? host[..host.IndexOf(':', StringComparison.Ordinal)] : host;
}
