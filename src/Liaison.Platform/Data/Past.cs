namespace Liaison.Platform.Data;

/// <summary>
/// How far a node has seen the change log of a database. Change sets are named at random: a database of the same ids whose log holds this
/// set at this position has all that the node has seen.
/// </summary>
public sealed record Past(Guid Database, Guid History, long Position, Guid ChangeSet);
