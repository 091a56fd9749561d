using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Liaison.Api;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Members.Administration;

/// <summary>In which an act of an administrator is done.</summary>
/// <param name="Transaction">The change set.</param>
/// <param name="Caller">Who answers for it: who asked, or who approved.</param>
/// <param name="AskedBy">Account that asked for it.</param>
/// <param name="Services">Of the request.</param>
/// <param name="Cancellation">Of the request.</param>
internal sealed record AdminWork(
    WriteTransaction Transaction, Caller Caller, string AskedBy, IServiceProvider Services, CancellationToken Cancellation)
{
    private static readonly TimeSpan ProofLasts = TimeSpan.FromMinutes(15);

    public NpgsqlConnection Connection => Transaction.Connection;

    /// <summary>True when the caller approves what another asked for.</summary>
    public bool IsApproval => Caller.Account != AskedBy;

    /// <summary>
    /// Null when the person proved lately who it is, else the problem. A program goes on for twelve hours with what it was let in by; what takes two
    /// persons must not be done by whoever finds it.
    /// </summary>
    public Problem? RefuseStale() => Caller.ProvedAt is { } proved && Transaction.At - proved > ProofLasts
        ? MemberProblems.ReauthenticationRequired.With($"You signed in more than {ProofLasts.TotalMinutes:F0} minutes ago. Sign in again, as by liaison login, and repeat it.")
        : null;

    /// <summary>Null when the caller may manage the member's accounts and units, else why not.</summary>
    public Problem? RefuseMember(string member) => RefuseUnit() ?? RefuseOther(member);

    /// <summary>Whoever acts under a grant must not be able to widen it: only accounts of the bureau itself manage.</summary>
    public Problem? RefuseUnit() => Caller.Units.Count == 0 ? null
        : MemberProblems.OtherMember.With($"Your account is of unit {Caller.Units[^1].Unit}. The bureau's own administrators manage.");

    private Problem? RefuseOther(string member) =>
        Caller.Member == member || IsOfHub ? null
        : MemberProblems.OtherMember.With($"You manage {Caller.Member}. Ask the administrator of {member}, or the secretariat.");

    public Problem? RequireHub() =>
        RefuseUnit() is { } unit ? unit : IsOfHub ? null : MemberProblems.SecretariatOnly.With($"Your account has no permission {MemberRights.Administer.Code}. Ask the secretariat.");

    private bool IsOfHub => MemberRights.IsOfHub(Caller);
}

/// <summary>What came of an act.</summary>
/// <param name="Problem">Nothing was done, and why.</param>
/// <param name="Body">JSON of what stands now.</param>
/// <param name="Forget">Whose remembered rights are void: an account, or <see cref="Everybody"/>.</param>
internal readonly record struct AdminResult(Problem? Problem, byte[] Body, string? Forget)
{
    /// <summary>No account's name begins like this.</summary>
    public const string Everybody = "*";

    public static implicit operator AdminResult(Problem problem) => new(problem, [], null);

    public static AdminResult Of<T>(T now, JsonTypeInfo<T> type, string? forget) => new(null, JsonSerializer.SerializeToUtf8Bytes(now, type), forget);
}

/// <summary>Something that an administrator does: what it takes, when it needs a second administrator, and how it is done.</summary>
/// <param name="Code">Stable, as <c>member.admit</c>.</param>
/// <param name="Event">Of the audit.</param>
internal abstract record AdminAct(string Code, AuditEventKind Event)
{
    /// <summary>The answer holds a link or key that works: it is not kept for a repeated Idempotency-Key.</summary>
    public virtual bool AnswersSecret => false;

    /// <summary>
    /// What is there before the act, as text: approved, it is done only to that, so that nobody's later change is undone unseen. Null when the
    /// act replaces nothing.
    /// </summary>
    public virtual Task<string?> StandsAsync(AdminWork work, JsonElement body) => Task.FromResult<string?>(null);

    /// <summary>Does what was asked for and approved. Everything is looked at anew: the world may have changed since.</summary>
    public abstract Task<AdminResult> ApplyAsync(AdminWork work, JsonElement body);

    /// <summary>The problem when the caller may not even approve it.</summary>
    public abstract Task<Problem?> RefuseAsync(AdminWork work, JsonElement body);
}

/// <param name="Code">Stable, as <c>member.admit</c>.</param>
/// <param name="Event">Of the audit.</param>
/// <param name="Body">The request.</param>
/// <param name="Check">What is wrong with it by itself.</param>
internal abstract record AdminAct<T>(string Code, AuditEventKind Event, JsonTypeInfo<T> Body, Func<T, List<FieldProblem>> Check) : AdminAct(Code, Event)
    where T : class
{
    /// <summary>The request with what was left out, as it is kept for a second administrator.</summary>
    public virtual T Complete(T request, Caller caller) => request;

    /// <summary>The problem when the caller may not do it at all, with whatever approval.</summary>
    public abstract Task<Problem?> RefuseAsync(AdminWork work, T request);

    /// <summary>True when it takes a second administrator.</summary>
    public abstract Task<bool> IsDangerousAsync(AdminWork work, T request);

    public abstract Task<AdminResult> ApplyAsync(AdminWork work, T request);

    /// <summary>What the audit tells of the request.</summary>
    public virtual AuditJson Asked(T request) => AuditJson.Of(("request", JsonSerializer.SerializeToElement(request, Body)));

    public override Task<AdminResult> ApplyAsync(AdminWork work, JsonElement body) => ApplyAsync(work, body.Deserialize(Body)!);

    public override Task<Problem?> RefuseAsync(AdminWork work, JsonElement body) => RefuseAsync(work, body.Deserialize(Body)!);
}
