using Liaison.Api;
using Liaison.Hits.Domain;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Web;

namespace Liaison.Hits.Messages;

/// <summary>What the owner and one who asked say to each other; nobody else, and no other who asked, sees it.</summary>
/// <param name="File">The case.</param>
/// <param name="Asker">The one who asked.</param>
/// <param name="IsOwner">The caller is the owner.</param>
/// <param name="OnlyOwn">The caller sees what it said itself: the owner has kept the record from it since.</param>
internal sealed record HitThread(HitFile File, HitAsker Asker, bool IsOwner, bool OnlyOwn)
{
    public Guid Hit => Asker.Hit.Id;

    /// <param name="caller">Who.</param>
    /// <param name="file">The case that the id leads to; null when there is none.</param>
    /// <param name="id">The hit of the one who asked; the owner may name the case while only one asked.</param>
    /// <returns>The thread, or why it is not for the caller.</returns>
    public static (HitThread? Thread, Problem? Refusal) Of(Caller caller, HitFile? file, Guid id)
    {
        if (file is null || HitView.Of(caller, file, id) is not { } view) return (null, HitProblems.Unknown.With("No hit of your member has this id."));
        if (view.Party is HitParty.Secretariat) return (null, HitProblems.NotYours.With("Messages are between the owner and who asked."));
        var isOwner = view.Party is HitParty.Owner;
        var asker = view.Asker ?? file.Askers.FirstOrDefault(a => a.Hit.Id == id) ?? (file.Askers is [var only] ? only : null);
        if (asker is null) return (null, PlatformProblems.Invalid([new FieldProblem("id", "hit", "Several asked: name the hit of the one whom you mean.")]));
        // A carrier is told whom to ask, by the desk.
        if (asker.Hit.Kind is HitKind.Referred || caller.MemberKind is MemberKind.Carrier)
            return (null, HitProblems.NotYours.With("With a carrier nothing is written here: it asks at the desk."));
        return (new(file, asker, isOwner, view.IsKeptFrom), null);
    }

    /// <summary>Null when the caller may say something more.</summary>
    public Problem? RefuseMore() => OnlyOwn ? HitProblems.NotYours.With("Nothing more is said here.")
        : File.Case.State is HitState.Closed ? HitProblems.Closed.With("Nothing is added to what is over.")
        : null;

    /// <summary>The case after something was said: only the two who speak to each other see another version.</summary>
    public HitFile Said() => new(File.Case with { Version = File.Case.Version + 1 },
        [.. File.Askers.Select(a => a.Hit.Id == Hit ? a with { Version = a.Version + 1 } : a)]);
}
