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

    /// <summary>Writes that may go together with others of their kind.</summary>
    /// <param name="follower">Whose change it is.</param>
    /// <param name="work">As of <see cref="WriteGroup{T}"/>.</param>
    public WriteGroup<T> Group<T>(IFollower follower, Func<WriteTransaction, IReadOnlyList<T>, CancellationToken, Task<IReadOnlyList<WriteResult>>> work) =>
        new(database, clock, follower.Name, work);

    /// <param name="http">The request.</param>
    /// <param name="body">Its bytes, part of the digest that a repeated key must match.</param>
    /// <param name="follower">Whose change it is: this node sees the write before the writer is answered.</param>
    /// <param name="act">What is being done, for the audit of a refusal or a repetition.</param>
    /// <param name="work">Does the writing and adds its audit entry to the transaction; what it refuses is rolled back.</param>
    public Task<IResult> RunAsync(HttpContext http, ReadOnlyMemory<byte> body, IFollower follower, Act act,
        Func<WriteTransaction, CancellationToken, Task<WriteResult>> work) =>
        RunAsync(http, body, follower, act, write => AttemptAsync(write, follower, work, http.RequestAborted));

    /// <summary>The same for a write that may go together with others.</summary>
    public Task<IResult> RunAsync<T>(HttpContext http, ReadOnlyMemory<byte> body, IFollower follower, Act act, WriteGroup<T> group, T asked) =>
        RunAsync(http, body, follower, act, write => group.AttemptAsync(write, asked));

    private async Task<IResult> RunAsync(
        HttpContext http, ReadOnlyMemory<byte> body, IFollower follower, Act act, Func<KeyedWrite, Task<Attempt>> attempt)
    {
        var key = http.Request.Headers[Headers.IdempotencyKey].ToString();
        if (key.Length > LongestKey || key.Any(c => c is < '!' or > '~'))
            return Answers.Invalid([new(Headers.IdempotencyKey, "idempotencyKey", $"Send 1 to {LongestKey} visible ASCII characters.")]);

        var write = new KeyedWrite(act.Caller.Account, key, Digest(http.Request, body.Span));
        if (disk.RefuseWrite() is { } full && !await IdempotencyKeys.IsKnownAsync(database, write, http.RequestAborted))
        {
            await audit.AppendAsync(act.Refused(full, clock.GetUtcNow()), [], http.RequestAborted);
            return Answers.Problem(full);
        }

        var (result, position, isRepeated) = await attempt(write);
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

    private async Task<Attempt> AttemptAsync(
        KeyedWrite write, IFollower follower, Func<WriteTransaction, CancellationToken, Task<WriteResult>> work, CancellationToken cancellation)
    {
        await using var transaction = await WriteTransaction.BeginAsync(database, clock, cancellation);
        if (!(await IdempotencyKeys.ClaimAsync(transaction, [write], cancellation)).Contains(write))
            return await IdempotencyKeys.RepeatedAsync(transaction, write, cancellation);

        var result = await work(transaction, cancellation);
        if (result is not WriteResult.Done done) return new(result, 0, IsRepeated: false);
        await IdempotencyKeys.RememberAsync(transaction, [(write, done)], cancellation);
        return new(done, await transaction.CommitAsync(follower.Name, cancellation), IsRepeated: false);
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
}
