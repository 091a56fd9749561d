using Liaison.Platform.Web;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Liaison.Platform.Data;

/// <summary>Forgets Idempotency-Keys after their time, once an hour. Runs on any node at any time without harm.</summary>
internal sealed class IdempotencyRetention(NpgsqlDataSource database, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var command = database.CreateCommand("DELETE FROM platform.idempotency WHERE at < $1");
                command.Parameters.Add(new() { Value = clock.GetUtcNow() - Writes.Remembered });
                await command.ExecuteNonQueryAsync(stoppingToken);
            }
            catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException)
            {
                // The database is away: the next hour's run forgets what this one could not.
            }
        }
    }
}
