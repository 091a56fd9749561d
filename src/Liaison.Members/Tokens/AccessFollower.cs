using Liaison.Members.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Members.Tokens;

/// <summary>Follows the change log for what was changed in the rights of anybody, and makes this node forget it; and for the members there are.</summary>
internal sealed partial class AccessFollower(
    SystemDatabase database, KnownCallers callers, KnownMembers members, TimeProvider clock, ILogger<AccessFollower> log) : BackgroundService, IFollower
{
    private const int SetsAtOnce = 10_000;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250), Patience = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromSeconds(1);

    private long position = -1;

    public string Name => AccessChanges.Module;

    public async Task ReachAsync(long target, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        while (Volatile.Read(ref position) < target)
        {
            if (clock.GetElapsedTime(began) > Patience) throw new TimeoutException("This node does not follow the change log.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), clock, cancellation);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.Source.OpenConnectionAsync(stoppingToken);
                await FollowAsync(connection, stoppingToken);
            }
            catch (Exception away) when (away is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogAway(away.GetType().Name);
                database.ForgetIdleConnections();
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    private async Task FollowAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        // The database may be another one than before (a restore, a failover): nothing that was remembered is held against its log.
        var asOf = clock.GetTimestamp();
        Volatile.Write(ref position, await ChangeLog.LastAsync(connection, stopping));
        callers.Forget(null);
        members.Set(await MemberStore.MembersAsync(connection, null, stopping));
        while (true)
        {
            callers.Followed(asOf);
            await Task.Delay(Pace, clock, stopping);
            asOf = clock.GetTimestamp();
            var sets = await ChangeLog.AfterAsync(connection, position, SetsAtOnce, stopping);
            while (sets.Count > 0)
            {
                await ForgetAsync(connection, sets, stopping);
                Volatile.Write(ref position, sets[^1].Position);
                sets = sets.Count < SetsAtOnce ? [] : await ChangeLog.AfterAsync(connection, position, SetsAtOnce, stopping);
            }
        }
    }

    private async Task ForgetAsync(NpgsqlConnection connection, List<ChangeSet> sets, CancellationToken stopping)
    {
        Guid[] own = [.. sets.Where(s => s.Module == Name).Select(s => s.Id)];
        if (own.Length == 0) return;
        var accounts = await AccessChanges.OfAsync(connection, own, stopping);
        if (accounts is null or { Count: > 0 }) callers.Forget(accounts);
        // Admitted, or reached elsewhere: so few rows that it need not be asked which.
        members.Set(await MemberStore.MembersAsync(connection, null, stopping));
    }

    [LoggerMessage(LogLevel.Warning, "The rights of callers cannot be followed ({Fault}); every token is checked in the database until they can.")]
    private partial void LogAway(string fault);
}
