namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>The outcome of starting a private PostgreSQL: <see cref="Started"/> or <see cref="Refused"/>, nothing else.</summary>
public abstract record ClusterStart
{
    private ClusterStart()
    {
    }

    /// <summary>It runs and its database and roles are there.</summary>
    /// <param name="Cluster">To be disposed by the caller, which stops PostgreSQL.</param>
    public sealed record Started(PrivateCluster Cluster) : ClusterStart;

    /// <summary>It does not run, and nothing was lost.</summary>
    /// <param name="Problem">One line for a person: what is wrong and what to do.</param>
    public sealed record Refused(string Problem) : ClusterStart;
}
