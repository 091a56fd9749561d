using Liaison.Api.TravelDocuments;
using Npgsql;
using NpgsqlTypes;

namespace Liaison.Bench.Peers;

/// <summary>
/// How one would write it without an index in memory and without group commit: a SELECT by an index made for it, an INSERT of what was
/// asked and found, each a prepared statement on a pooled connection; the INSERT commits before the answer goes.
/// </summary>
internal sealed class SqlEndpoint : IDisposable
{
    public const string Variable = "BENCH_DATABASE";

    /// <summary>Made in the hub's own database by the bench.</summary>
    public const string Schema = """
        CREATE SCHEMA peer;
        CREATE INDEX document_number ON travel_documents.document (number_key, issuer) WHERE withdrawn_at IS NULL;
        CREATE TABLE peer.asked (
            id      uuid PRIMARY KEY,
            at      timestamptz NOT NULL,
            account text NOT NULL,
            purpose text NOT NULL,
            number  text NOT NULL,
            issuer  text,
            outcome text NOT NULL,
            records uuid[] NOT NULL);
        GRANT USAGE ON SCHEMA peer TO liaison_app;
        GRANT INSERT ON peer.asked TO liaison_app;
        """;

    private readonly NpgsqlDataSource database;

    public SqlEndpoint()
    {
        var settings = new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable(Variable))
        {
            // More connections than this only make two cores switch between them; statements are prepared once on each.
            MaxPoolSize = 32,
            MaxAutoPrepare = 10,
            AutoPrepareMinUsages = 1,
            NoResetOnClose = true,
        };
        database = NpgsqlDataSource.Create(settings.ConnectionString);
    }

    public async Task<SearchAnswer> AnswerAsync(SearchRequest asked, CancellationToken cancellation)
    {
        var id = Guid.CreateVersion7();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var found = new List<Guid>();
        await using (var select = new NpgsqlCommand(
            "SELECT id FROM travel_documents.document WHERE number_key = $1 AND issuer = $2 AND withdrawn_at IS NULL", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = asked.Number }, new NpgsqlParameter<string> { TypedValue = asked.Issuer } },
        })
        {
            await using var row = await select.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation)) found.Add(row.GetGuid(0));
        }

        await using var insert = new NpgsqlCommand(
            "INSERT INTO peer.asked VALUES ($1, now(), $2, $3, $4, $5, $6, $7)", connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = id },
                new NpgsqlParameter<string> { TypedValue = "bench" },
                new NpgsqlParameter<string> { TypedValue = "borderControl" },
                new NpgsqlParameter<string> { TypedValue = asked.Number },
                new NpgsqlParameter<string> { TypedValue = asked.Issuer },
                new NpgsqlParameter<string> { TypedValue = found.Count > 0 ? "hit" : "notKnown" },
                new NpgsqlParameter<Guid[]> { TypedValue = [.. found], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellation);
        // A hit's records are left out of the answer: that favours the peer in one of a thousand.
        return Peer.NotKnown(id);
    }

    public void Dispose() => database.Dispose();
}
