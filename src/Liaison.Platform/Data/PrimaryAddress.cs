using Npgsql;

namespace Liaison.Platform.Data;

/// <summary>Which server of a cluster that fails over by itself a connection string means.</summary>
internal static class PrimaryAddress
{
    /// <summary>Npgsql asks a server again whether it is the primary after this time; its own 10 s would prolong every failover.</summary>
    private const int RecheckSeconds = 2;
    private const int KeepAliveSeconds = 10;

    /// <summary>The connection string; one that names several hosts means the primary among them, whatever else it says.</summary>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    public static string Of(string connectionString)
    {
        var address = new NpgsqlConnectionStringBuilder(connectionString);
        if (address.Host?.StartsWith('/') != true)
        {
            // A host that loses power says nothing, and who only reads would wait for it for ever.
            address.TcpKeepAlive = true;
            address.TcpKeepAliveTime = KeepAliveSeconds;
            address.TcpKeepAliveInterval = KeepAliveSeconds;
        }

        if (address.Host?.Contains(',', StringComparison.Ordinal) != true) return address.ConnectionString;
        address.TargetSessionAttributes = "primary";
        address.HostRecheckSeconds = RecheckSeconds;
        return address.ConnectionString;
    }
}
