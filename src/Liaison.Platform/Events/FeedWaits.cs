using Liaison.Platform.Web;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Platform.Events;

/// <summary>Wakes those who wait for events of their member.</summary>
internal sealed class FeedWaits(NpgsqlDataSource database, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<FeedWaits> log)
    : Waits<(string Member, long Position)>(database, lifetime, clock, log)
{
    /// <summary>Returns when the feed has gone beyond the position, or after the time; false when nobody can wait here.</summary>
    public Task<bool> BeyondAsync(string member, long position, TimeSpan time, CancellationToken cancellation) => WaitAsync((member, position), time, cancellation);

    protected override async Task<Func<(string Member, long Position), bool>> LookAsync(
        NpgsqlConnection connection, IReadOnlyList<(string Member, long Position)> all, CancellationToken cancellation)
    {
        var last = await FeedRows.LastAsync(connection, [.. all.Select(w => w.Member).Distinct()], cancellation);
        return known => last.GetValueOrDefault(known.Member) > known.Position;
    }
}
