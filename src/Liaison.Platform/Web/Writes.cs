using System.Security.Cryptography;
using System.Text;
using Liaison.Api;
using Liaison.Platform.Access;
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

    /// <summary>Nothing is written.</summary>
    public sealed record Refused(Problem Problem) : WriteResult;
}

/// <summary>
/// Runs every write of the hub: one transaction for records, audit, outbox, change position and the Idempotency-Key, so that a repeated
/// request gives the same answer and has its effect once.
/// </summary>
public sealed class Writes(NpgsqlDataSource database, AuditWriter audit, TimeProvider clock)
{
    private const int LongestKey = 128;

    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(24);

    /// <param name="http">The request.</param>
    /// <param name="body">Its bytes, part of the digest that a repeated key must match.</param>
    /// <param name="dataset">Whose change it is: its searches see the write before the writer is answered.</param>
    /// <param name="work">Does the writing; what it refuses is rolled back.</param>
    public async Task<IResult> RunAsync(
        HttpContext http, ReadOnlyMemory<byte> body, IDataset dataset, Func<WriteTransaction, CancellationToken, Task<WriteResult>> work)
    {
        var account = Caller.Of(http).Account;
        var key = http.Request.Headers[Headers.IdempotencyKey].ToString();
        if (key.Length > LongestKey || key.Any(c => c is < '!' or > '~'))
            return Answers.Invalid([new(Headers.IdempotencyKey, "idempotencyKey", $"Send 1 to {LongestKey} visible ASCII characters.")]);

        await using var transaction = await WriteTransaction.BeginAsync(database, clock, http.RequestAborted);
        var digest = Digest(http.Request, body.Span);
        if (key.Length > 0 && !await ClaimAsync(transaction, account, key, digest, http.RequestAborted))
            return await ReplayAsync(http, transaction, dataset, key, digest);

        switch (await work(transaction, http.RequestAborted))
        {
            case WriteResult.Refused refused:
                return Answers.Problem(refused.Problem);
            case WriteResult.Done done:
                if (key.Length > 0) await RememberAsync(transaction, account, key, done, http.RequestAborted);
                await dataset.ReachAsync(await transaction.CommitAsync(dataset.Name, http.RequestAborted), http.RequestAborted);
                return Answer(http, done.Status, done.Body, done.ETag, done.Location);
            default:
                throw new InvalidOperationException("A write is done or refused.");
        }
    }

    private static IResult Answer(HttpContext http, int status, byte[] body, string? etag, string? location)
    {
        if (etag is not null) http.Response.Headers.ETag = etag;
        if (location is not null) http.Response.Headers.Location = location;
        return Answers.Json(body, status);
    }

    private static async Task RememberAsync(
        WriteTransaction transaction, string account, string key, WriteResult.Done done, CancellationToken cancellation)
    {
        await using var remember = new NpgsqlCommand("""
            UPDATE platform.idempotency SET status = $3, body = $4, etag = $5, location = $6 WHERE account = $1 AND key = $2
            """, transaction.Connection)
        {
            Parameters =
            {
                new() { Value = account }, new() { Value = key }, new() { Value = done.Status },
                new() { Value = Encoding.UTF8.GetString(done.Body) },
                new() { Value = (object?)done.ETag ?? DBNull.Value }, new() { Value = (object?)done.Location ?? DBNull.Value },
            },
        };
        await remember.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Gives the answer that was given before; that it was given again is audited.</summary>
    private async Task<IResult> ReplayAsync(HttpContext http, WriteTransaction transaction, IDataset dataset, string key, byte[] digest)
    {
        var caller = Caller.Of(http);
        // The first answer may have been lost after COMMIT: the repeat, too, is answered only when searches see the write.
        await dataset.ReachAsync(await ChangeLog.LastAsync(transaction.Connection, http.RequestAborted), http.RequestAborted);
        await using var command = new NpgsqlCommand(
            "SELECT digest, status, body, etag, location FROM platform.idempotency WHERE account = $1 AND key = $2", transaction.Connection)
        {
            Parameters = { new() { Value = caller.Account }, new() { Value = key } },
        };
        await using var reader = await command.ExecuteReaderAsync(http.RequestAborted);
        if (!await reader.ReadAsync(http.RequestAborted))
            return Answers.Problem(PlatformProblems.Unavailable, "A request with this key has just been undone. Send it again.");
        if (!reader.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(digest))
            return Answers.Problem(PlatformProblems.IdempotencyKeyReused, "Use a new key for a new request.");

        await audit.AppendAsync(AuditEntry.Of(caller, AuditEvents.Replayed, "done", clock.GetUtcNow()), [], http.RequestAborted);
        http.Response.Headers[Headers.IdempotencyReplayed] = "true";
        return Answer(http, reader.GetInt32(1), Encoding.UTF8.GetBytes(reader.GetString(2)), Text(3), Text(4));

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    private static byte[] Digest(HttpRequest request, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}\n{request.Headers.IfMatch}\n{request.ContentType}\n"));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    /// <summary>True when the key is new (or forgotten) and now ours; waits for a concurrent request with the same key to end.</summary>
    private static async Task<bool> ClaimAsync(WriteTransaction transaction, string account, string key, byte[] digest, CancellationToken cancellation)
    {
        await using var claim = new NpgsqlCommand("""
            INSERT INTO platform.idempotency AS i (account, key, digest, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (account, key) DO UPDATE SET digest = $3, at = $4, status = NULL, body = NULL, etag = NULL, location = NULL
            WHERE i.at < $5
            """, transaction.Connection)
        {
            Parameters =
            {
                new() { Value = account }, new() { Value = key }, new() { Value = digest },
                new() { Value = transaction.At }, new() { Value = transaction.At - Remembered },
            },
        };
        return await claim.ExecuteNonQueryAsync(cancellation) == 1;
    }
}
