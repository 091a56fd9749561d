using BenchmarkDotNet.Attributes;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.TravelDocuments;

namespace Liaison.Micro;

/// <summary>What a search pays for its audit before the writer has it: making the entry, its row for COPY, and its canonical bytes.</summary>
[MemoryDiagnoser]
public class AuditSteps
{
    private static readonly Caller Asker = new("bench", "UTO", new HashSet<string>(), "borderControl");
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly AuditEntry made = Make();

    [Benchmark]
    public Guid MakeEntry() => Make().Id;

    [Benchmark]
    public int EncodeRow() => AuditRow.Encode(made).Length;

    [Benchmark]
    public int EncodeCanonical() => AuditEncoding.Encode(made).Length;

    private static AuditEntry Make() => AuditEntry.Of(Asker, TravelDocumentEvents.Searched, "notKnown", Now) with
    {
        Subject = "L898902C3",
        Asked = """{"number":"L898902C3","issuer":"UTO"}""",
    };
}
