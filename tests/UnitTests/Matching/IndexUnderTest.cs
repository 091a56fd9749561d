using Liaison.Matching;

namespace UnitTests.Matching;

/// <summary>
/// What the contract tests drive. Every way to hold the index (in memory, in segments) gets one subclass of this and one of
/// <see cref="NumberIndexContract"/>; the tests themselves do not change.
/// </summary>
public abstract class IndexUnderTest : IDisposable
{
    public abstract long Position { get; }

    public abstract int Count { get; }

    public abstract void Apply(long position, params ReadOnlySpan<IndexChange> changes);

    public abstract SearchResult Search(in Question question, int limit);

    /// <summary>Closes the index and opens it again from what it keeps. What is kept nowhere cannot be restarted.</summary>
    public virtual void Restart()
    {
    }

    /// <summary>Does now the work that is otherwise done in the background.</summary>
    public virtual void Merge()
    {
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
