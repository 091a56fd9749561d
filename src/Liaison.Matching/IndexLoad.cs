using Liaison.Matching.Segments;

namespace Liaison.Matching;

/// <summary>
/// Many changes on their way into an index beside its delta: they lie above everything applied before <see cref="NumberIndex.BeginLoad(IndexOrigin?)"/>
/// and below everything applied after, and appear all at once when published. Until then memory holds up to a
/// million of them, all ranges, eight bytes for each that is removed and a bit for each that is added.
/// </summary>
/// <remarks>One at a time per index; not thread-safe itself. Disposed without publishing it leaves nothing.</remarks>
public sealed class IndexLoad : IDisposable
{
    private readonly NumberIndex index;
    private readonly SegmentBuilder builder;
    private bool ended;

    internal IndexLoad(NumberIndex index, IndexOrigin origin, Func<string> newPath, int mostBuffered, bool replacesAll)
    {
        (this.index, Origin, ReplacesAll) = (index, origin, replacesAll);
        builder = new(origin, newPath, mostBuffered);
    }

    /// <summary>How many changes were added.</summary>
    public long Count => builder.Count;

    internal IndexOrigin Origin { get; }

    internal bool ReplacesAll { get; }

    /// <summary>Takes one change. Each record at most once.</summary>
    /// <exception cref="ArgumentException">It has the default number or range, or a kind above 31.</exception>
    public void Add(IndexChange change)
    {
        NumberIndex.Require(change);
        builder.Add(change);
    }

    /// <summary>Makes everything added durable in the folder and visible to searches, at once.</summary>
    /// <param name="complete">What the index is complete up to with it, as the folder will remember.</param>
    /// <param name="cancellation">Ends it before anything is visible.</param>
    public void Publish(IndexPoint complete, CancellationToken cancellation)
    {
        index.PublishLoad(this, builder.Finish(cancellation), complete);
        ended = true;
    }

    public void Dispose()
    {
        builder.Dispose();
        if (!ended) index.EndLoad();
        ended = true;
    }
}
