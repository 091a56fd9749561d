using Liaison.Platform.Data;

namespace Liaison.Hits.Storage;

/// <summary>Cases as the change log knows them. They are read from the database each time, so that whoever wrote sees it at once.</summary>
internal sealed class HitChanges : IFollower
{
    public string Name => "hits";

    public Task ReachAsync(long position, CancellationToken cancellation) => Task.CompletedTask;
}
