namespace Liaison.Matching;

/// <summary>Which database an index was made from, and which past of it: a restore gives a database another history.</summary>
public readonly record struct IndexOrigin(Guid Database, Guid History);

/// <summary>
/// A place in the log of changes. Positions are dense and change sets are named at random, so a log that holds this change set at this
/// position shares all that went before.
/// </summary>
/// <param name="Position">0 before the first change set.</param>
/// <param name="ChangeSet">The change set at that position; empty when there is none.</param>
public readonly record struct IndexPoint(long Position, Guid ChangeSet);
