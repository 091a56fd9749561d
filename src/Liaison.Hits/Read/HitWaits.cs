using Liaison.Platform.Data;
using Liaison.Platform.Web;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Hits.Read;

/// <summary>Wakes those who wait for a change of a hit.</summary>
internal sealed class HitWaits(NpgsqlDataSource database, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<HitWaits> log)
    : Waits<(Guid Id, int Version)>(database, lifetime, clock, log)
{
    /// <summary>Returns when the version differs or after the time; false when nobody can wait here.</summary>
    /// <param name="id">Of a hit, or for the owner of a case.</param>
    /// <param name="version">0 while there is no case.</param>
    /// <param name="time">At most.</param>
    /// <param name="cancellation">Of the request.</param>
    public Task<bool> ChangedAsync(Guid id, int version, TimeSpan time, CancellationToken cancellation) => WaitAsync((id, version), time, cancellation);

    protected override async Task<Func<(Guid Id, int Version), bool>> LookAsync(
        NpgsqlConnection connection, IReadOnlyList<(Guid Id, int Version)> all, CancellationToken cancellation)
    {
        var versions = (await connection.ReadAsync("""
            SELECT hit, version FROM hits.asker WHERE hit = ANY($1) UNION ALL SELECT id, version FROM hits.hit_case WHERE id = ANY($1)
            """, r => (Id: r.GetGuid(0), Version: r.GetInt32(1)), cancellation, (object)all.Select(w => w.Id).Distinct().ToArray())).ToDictionary(v => v.Id, v => v.Version);
        return known => versions.GetValueOrDefault(known.Id) != known.Version;
    }
}
