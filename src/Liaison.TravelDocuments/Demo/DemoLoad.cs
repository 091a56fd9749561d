using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;
using Npgsql;

namespace Liaison.TravelDocuments.Demo;

/// <summary>Fills an empty development database with the synthetic documents, in one transaction: all of them or none.</summary>
internal static class DemoLoad
{
    private const int Chunk = 10_000;

    /// <summary>Who stands in the audit for it.</summary>
    private static readonly Caller System = new("demo-load", "UTO", new HashSet<string>(), "training");

    /// <returns>How many were recorded; 0 when the database was not empty.</returns>
    public static async Task<int> RunAsync(NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellation)
    {
        await using var transaction = await WriteTransaction.BeginAsync(database, clock, cancellation);
        if (!await IsEmptyAsync(transaction, cancellation)) return 0;

        var context = new RuleContext(DateOnly.FromDateTime(transaction.At.UtcDateTime), SpecimenIssuer: true);
        var recorded = 0;
        foreach (var chunk in DemoDocuments.All(DemoDocuments.UsualCount, context.Today).Chunk(Chunk))
        {
            NewDocument[] documents = [.. chunk.Select(demo => WireDocument.New(Parse(demo, context), demo.Owner, System.Account, "Synthetic demo data", transaction.At))];
            var inserted = await DocumentStore.InsertAsync(transaction, documents, cancellation);
            recorded += inserted.Count;
        }

        transaction.Add(AuditEntry.Of(System, TravelDocumentEvents.DemoLoaded, "done", transaction.At) with
        {
            Asked = AuditJson.Of(("documents", recorded)).Text,
        });
        transaction.Records = recorded;
        await transaction.CommitAsync("travelDocuments", cancellation);
        return recorded;
    }

    private static ReportedDocument Parse(DemoDocument demo, RuleContext context) =>
        DocumentRules.Parse(demo.Document, context).Is(out var document, out var problems)
            ? document
            : throw new InvalidOperationException($"The demo data breaks a rule: {problems[0].Code} in {problems[0].Field}.");

    private static async Task<bool> IsEmptyAsync(WriteTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT NOT EXISTS (SELECT FROM travel_documents.document)", transaction.Connection);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }
}
