using Liaison.Matching;
using Liaison.Platform.Audit;
using Liaison.Platform.Jobs;
using Liaison.Platform.Searches;
using Liaison.TravelDocuments.Domain;

namespace Liaison.TravelDocuments.Search;

/// <summary>What is kept of a question, so that a record that comes later finds it: nothing of questions that no record could make a hit of.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Remembering(SearchPrints prints, HitOptions options)
{
    private readonly bool isOn = options.KeepSearches > TimeSpan.Zero;

    /// <param name="question">Of a search of its own.</param>
    /// <param name="entry">Id of its audit entry.</param>
    /// <param name="at">When.</param>
    /// <param name="position">That it is answered from.</param>
    public Inquiry? Of(SearchQuestion question, Guid entry, DateTimeOffset at, long position)
    {
        if (!isOn || Issuer(question) is not { } issuer) return null;
        var mark = new Mark(0, 0, prints.Of(new(question.Number.Key, issuer)));
        if (question.Repaired is not { } repaired) return new(entry, at, position, [mark]);
        return new(entry, at, position, [mark, new(0, 0, prints.Of(new(repaired.Key, issuer)))]);
    }

    /// <summary>For the questions of a piece of a batch; null when nothing is kept.</summary>
    public PieceMarks? Begin() => isOn ? new(prints) : null;

    /// <summary>Null when no record could be a hit: the issuer that was given is none.</summary>
    public static ushort? Issuer(SearchQuestion question) =>
        question.IssuerUnreadable ? null : Proposals.Indexed(question, question.Number).Issuer is var issuer and not Proposals.NoSuchIssuer ? issuer : null;
}

/// <summary>The marks of a piece of a batch, made eight at a time.</summary>
/// <remarks>Not thread-safe; used again for the next piece.</remarks>
internal sealed class PieceMarks(SearchPrints prints)
{
    private readonly List<Printed> printed = [];
    private readonly List<(int Place, long Line)> places = [];

    public void Clear()
    {
        printed.Clear();
        places.Clear();
    }

    /// <param name="number">What is asked.</param>
    /// <param name="issuer">Packed; 0 for none.</param>
    /// <param name="place">Of the question in its audit entry.</param>
    /// <param name="line">Of the batch.</param>
    public void Add(NumberKey number, ushort issuer, int place, long line)
    {
        if (issuer == Proposals.NoSuchIssuer) return;
        printed.Add(new(number, issuer));
        places.Add((place, line));
    }

    public void Add(SearchQuestion question, int place, long line)
    {
        if (Remembering.Issuer(question) is not { } issuer) return;
        Add(question.Number.Key, issuer, place, line);
        if (question.Repaired is { } repaired) Add(repaired.Key, issuer, place, line);
    }

    public Inquiry? Of(AuditEntry entry, long position)
    {
        if (printed.Count == 0) return null;
        var (made, marks) = (new ulong[printed.Count], new Mark[printed.Count]);
        prints.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(printed), made);
        for (var i = 0; i < marks.Length; i++) marks[i] = new(places[i].Place, places[i].Line, made[i]);
        return new(entry.Id, entry.At, position, marks);
    }
}
