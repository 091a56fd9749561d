using System.Collections.Frozen;
using System.Globalization;
using Liaison.Api.Members;
using Liaison.Platform.Codes;

namespace Liaison.Platform.Access;

/// <summary>
/// The members of this hub, for whoever must know without asking the database. The module that keeps members fills it, and fills it anew when one is
/// admitted or says where it is reached; every node follows within a second.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class KnownMembers
{
    private readonly TaskCompletionSource filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile FrozenDictionary<string, Member> all = FrozenDictionary<string, Member>.Empty;

    /// <summary>True for a member of the hub, and for every issuing authority: a restriction may be there before the member is.</summary>
    public bool IsMember(string code) => IssuingAuthorities.IsMember(code) || all.ContainsKey(code);

    /// <summary>True for a member that is told no more than whom to ask.</summary>
    public bool IsCarrier(string code) => all.TryGetValue(code, out var member) && member.Kind == "carrier";

    /// <summary>Where a member is reached when somebody waits for the answer: its urgent desk, else its routine one; null when it named none.</summary>
    public Desk? UrgentDesk(string code) => !all.TryGetValue(code, out var member) ? null
        : member.Desks.FirstOrDefault(desk => desk.Urgency == "urgent") ?? (member.Desks is [var routine, ..] ? routine : null);

    /// <summary>Where a member is reached in its office hours: its routine desk, else its urgent one; null when it named none.</summary>
    public Desk? RoutineDesk(string code) => !all.TryGetValue(code, out var member) ? null
        : member.Desks.FirstOrDefault(desk => desk.Urgency == "routine") ?? (member.Desks is [var urgent, ..] ? urgent : null);

    /// <summary>The code of the member that runs the hub; null when there is none.</summary>
    public string? Secretariat => all.Values.FirstOrDefault(member => member.Kind == "secretariat")?.Code;

    /// <summary>The days on which nobody is at a desk; what is no day is left out.</summary>
    public static IEnumerable<DateOnly> Holidays(Desk desk) => (desk.Holidays ?? [])
        .Select(day => DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : (DateOnly?)null)
        .OfType<DateOnly>();

    /// <summary>Returns when the members are known: a node that just started does not know them yet.</summary>
    public Task FilledAsync(CancellationToken cancellation) => filled.Task.WaitAsync(cancellation);

    public void Set(IEnumerable<Member> members)
    {
        all = members.ToFrozenDictionary(member => member.Code, StringComparer.Ordinal);
        filled.TrySetResult();
    }
}
