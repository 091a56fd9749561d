using System.Security.Cryptography;
using System.Text;
using Liaison.Api;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Liaison.Platform.Web;

/// <summary>What came of the work inside a write.</summary>
public abstract record WriteResult
{
    private WriteResult()
    {
    }

    /// <param name="Status">HTTP status.</param>
    /// <param name="Body">JSON.</param>
    /// <param name="ETag">With quotes, or null.</param>
    /// <param name="Location">Path of what was made, or null.</param>
    public sealed record Done(int Status, byte[] Body, string? ETag, string? Location) : WriteResult;

    /// <summary>Nothing is written but the audit entry of the refusal.</summary>
    public sealed record Refused(Problem Problem) : WriteResult;
}

/// <summary>
/// Runs every write of the hub: one transaction for records, audit, outbox, change position and the Idempotency-Key, so that a repeated
/// request gives the same answer and has its effect once. What a rule refuses is rolled back and audited.
/// </summary>
public sealed class Writes(NpgsqlDataSource database, AuditWriter audit, DiskGuard disk, TimeProvider clock)
{
    private const int LongestKey = 128;

    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(24);

    /// <param name="http">The request.</param>
    /// <param name="body">Its bytes, part of the digest that a repeated key must match.</param>
    /// <param name="follower">Whose change it is: this node sees the write before the writer is answered.</param>
    /// <param name="act">What is being done, for the audit of a refusal or a repetition.</param>
    /// <param name="work">Does the writing and adds its audit entry to the transaction; what it refuses is rolled back.</param>
    public async Task<IResult> RunAsync(HttpContext http, ReadOnlyMemory<byte> body, IFollower follower, Act act,
        Func<WriteTransaction, CancellationToken, Task<WriteResult>> work)
    {
        var key = http.Request.Headers[Headers.IdempotencyKey].ToString();
        if (key.Length > LongestKey || key.Any(c => c is < '!' or > '~'))
            return Answers.Invalid([new(Headers.IdempotencyKey, "idempotencyKey", $"Send 1 to {LongestKey} visible ASCII characters.")]);

        if (disk.RefuseWrite() is { } full)
        {
            await audit.AppendAsync(act.Refused(full, clock.GetUtcNow()), [], http.RequestAborted);
            return Answers.Problem(full);
        }

        var write = new Write(act.Caller.Account, key, Digest(http.Request, body.Span));
        var (result, position, isRepeated) = await AttemptAsync(write, follower, work, http.RequestAborted);
        // No connection is held from here on: the audit and the index need some of their own.
        if (result is not WriteResult.Done done)
        {
            var problem = ((WriteResult.Refused)result).Problem;
            await audit.AppendAsync(act.Refused(problem, clock.GetUtcNow()), [], http.RequestAborted);
            return Answers.Problem(problem);
        }

        if (isRepeated)
        {
            var again = act with { Asked = AuditJson.Of(("repeated", act.Kind.Code), ("key", key), ("asked", act.Asked)) };
            await audit.AppendAsync(again.Entry("done", clock.GetUtcNow()) with { Event = AuditEvents.Replayed.Code }, [], http.RequestAborted);
            http.Response.Headers[Headers.IdempotencyReplayed] = "true";
        }

        return await VisibleAsync(follower, position, http.RequestAborted)
            ? Answer(http, done)
            : Answers.Problem(PlatformProblems.NotYetVisible,
                "It is durable. Read it by its id, or repeat the request with its Idempotency-Key to be told when searches see it.");
    }

    private async Task<(WriteResult Result, long Position, bool IsRepeated)> AttemptAsync(
        Write write, IFollower follower, Func<WriteTransaction, CancellationToken, Task<WriteResult>> work, CancellationToken cancellation)
    {
        await using var transaction = await WriteTransaction.BeginAsync(database, clock, cancellation);
        if (write.Key.Length > 0 && !await ClaimAsync(transaction, write, cancellation))
        {
            // The first answer may have been lost after COMMIT, so the repeat, too, waits until searches see everything so far.
            var position = await ChangeLog.LastAsync(transaction.Connection, cancellation);
            return (await RecallAsync(transaction, write, cancellation), position, true);
        }

        var result = await work(transaction, cancellation);
        if (result is not WriteResult.Done done) return (result, 0, false);
        if (write.Key.Length > 0) await RememberAsync(transaction, write, done, cancellation);
        return (done, await transaction.CommitAsync(follower.Name, cancellation), false);
    }

    private static async Task<bool> VisibleAsync(IFollower follower, long position, CancellationToken cancellation)
    {
        try
        {
            await follower.ReachAsync(position, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static IResult Answer(HttpContext http, WriteResult.Done done)
    {
        if (done.ETag is not null) http.Response.Headers.ETag = done.ETag;
        if (done.Location is not null) http.Response.Headers.Location = done.Location;
        return Answers.Json(done.Body, done.Status);
    }

    private static byte[] Digest(HttpRequest request, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}\n{request.Headers.IfMatch}\n{request.ContentType}\n"));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    /// <summary>True when the key is new (or forgotten) and now ours; waits for a concurrent request with the same key to end.</summary>
    private static async Task<bool> ClaimAsync(WriteTransaction transaction, Write write, CancellationToken cancellation)
    {
        await using var claim = new NpgsqlCommand("""
            INSERT INTO platform.idempotency AS i (account, key, digest, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (account, key) DO UPDATE SET digest = $3, at = $4, status = NULL, body = NULL, etag = NULL, location = NULL
            WHERE i.at < $5
            """, transaction.Connection)
        {
            Parameters =
            {
                new() { Value = write.Account }, new() { Value = write.Key }, new() { Value = write.Digest },
                new() { Value = transaction.At }, new() { Value = transaction.At - Remembered },
            },
        };
        return await claim.ExecuteNonQueryAsync(cancellation) == 1;
    }

    private static async Task RememberAsync(
        WriteTransaction transaction, Write write, WriteResult.Done done, CancellationToken cancellation)
    {
        await using var remember = new NpgsqlCommand("""
            UPDATE platform.idempotency SET status = $3, body = $4, etag = $5, location = $6 WHERE account = $1 AND key = $2
            """, transaction.Connection)
        {
            Parameters =
            {
                new() { Value = write.Account }, new() { Value = write.Key }, new() { Value = done.Status },
                new() { Value = Encoding.UTF8.GetString(done.Body) },
                new() { Value = (object?)done.ETag ?? DBNull.Value }, new() { Value = (object?)done.Location ?? DBNull.Value },
            },
        };
        await remember.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The answer that was given before.</summary>
    private static async Task<WriteResult> RecallAsync(WriteTransaction transaction, Write write, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT digest, status, body, etag, location FROM platform.idempotency WHERE account = $1 AND key = $2", transaction.Connection)
        {
            Parameters = { new() { Value = write.Account }, new() { Value = write.Key } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
            return new WriteResult.Refused(PlatformProblems.Unavailable.With("A request with this key has just been undone. Send it again."));
        return reader.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(write.Digest)
            ? new WriteResult.Done(reader.GetInt32(1), Encoding.UTF8.GetBytes(reader.GetString(2)), Text(3), Text(4))
            : new WriteResult.Refused(PlatformProblems.IdempotencyKeyReused.With("Use a new key for a new request."));

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    private sealed record Write(string Account, string Key, byte[] Digest);
}
