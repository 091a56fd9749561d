using Liaison.Kernel.Time;
using Liaison.Matching;
using Liaison.Platform.Codes;
using Liaison.TravelDocuments.Domain;
using Npgsql;
using NpgsqlTypes;

namespace Liaison.TravelDocuments.Storage;

/// <summary>How a record maps to the columns of <c>travel_documents.document</c>: both directions, in one place.</summary>
internal static class DocumentRows
{
    /// <summary>In the order that <see cref="Read"/> expects.</summary>
    public const string Columns = """
        record, id, version, owner, number, number_key, range_to, range_to_key, issuer, kind, status, event_date, event_place,
        reporting_country, issue_date, expiry_date, reason_code, legal_basis, national_reference, additional_information,
        found, found_date, found_place, review_date, recorded_at, changed_at, withdrawal_reason, withdrawn_at,
        account, why, audience, sealed, handling, onward_transfer, held_at
        """;

    /// <summary>The columns that a change may replace, with the values of the arrays in <see cref="Content"/>.</summary>
    public const string ContentColumns = """
        status, event_date, event_place, reporting_country, issue_date, expiry_date, reason_code, legal_basis, national_reference,
        additional_information, found, found_date, found_place, review_date, audience, sealed, handling, onward_transfer
        """;

    public static StoredDocument Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetGuid(1), row.GetInt32(2), row.GetString(3),
        new ReportedDocument
        {
            Number = Number(row, 4),
            RangeTo = row.IsDBNull(6) ? null : Number(row, 6),
            Issuer = row.GetString(8),
            Kind = row.GetString(9),
            Status = row.GetString(10),
            EventDate = Date(row, 11),
            EventPlace = Text(row, 12),
            ReportingCountry = Text(row, 13),
            IssueDate = Date(row, 14),
            ExpiryDate = Date(row, 15),
            ReasonCode = Text(row, 16),
            LegalBasis = Text(row, 17),
            NationalReference = Text(row, 18),
            AdditionalInformation = Text(row, 19),
            Found = row.GetBoolean(20) ? new(Date(row, 21), Text(row, 22)) : null,
            ReviewDate = row.GetFieldValue<DateOnly>(23),
            Audience = Audience.Read(Text(row, 30)),
            IsSealed = row.GetBoolean(31),
            Handling = HandlingCodes.Read(Text(row, 32)),
            OnwardTransfer = Text(row, 33),
        },
        row.GetFieldValue<DateTimeOffset>(24), row.GetFieldValue<DateTimeOffset>(25))
    {
        ChangedBy = row.GetString(28),
        Why = Text(row, 29),
        WithdrawalReason = Text(row, 26),
        WithdrawnAt = row.IsDBNull(27) ? null : row.GetFieldValue<DateTimeOffset>(27),
        HeldAt = row.IsDBNull(34) ? null : row.GetFieldValue<DateTimeOffset>(34),
    };

    /// <summary>One array per content column, one element per document.</summary>
    public static IEnumerable<NpgsqlParameter> Content(IReadOnlyList<ReportedDocument> documents)
    {
        yield return Texts(documents, d => d.Status);
        yield return Texts(documents, d => d.EventDate?.ToString());
        yield return Texts(documents, d => d.EventPlace);
        yield return Texts(documents, d => d.ReportingCountry);
        yield return Texts(documents, d => d.IssueDate?.ToString());
        yield return Texts(documents, d => d.ExpiryDate?.ToString());
        yield return Texts(documents, d => d.ReasonCode);
        yield return Texts(documents, d => d.LegalBasis);
        yield return Texts(documents, d => d.NationalReference);
        yield return Texts(documents, d => d.AdditionalInformation);
        yield return Array(NpgsqlDbType.Boolean, documents.Select(d => d.Found is not null));
        yield return Texts(documents, d => d.Found?.Date?.ToString());
        yield return Texts(documents, d => d.Found?.Place);
        yield return Array(NpgsqlDbType.Date, documents.Select(d => d.ReviewDate));
        yield return Texts(documents, d => d.Audience?.ToString());
        yield return Array(NpgsqlDbType.Boolean, documents.Select(d => d.IsSealed));
        yield return Texts(documents, d => d.Handling?.ToString());
        yield return Texts(documents, d => d.OnwardTransfer);
    }

    public static NpgsqlParameter Texts<T>(IEnumerable<T> rows, Func<T, string?> value) => Array(NpgsqlDbType.Text, rows.Select(value));

    public static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };

    /// <exception cref="InvalidDataException">The stored key is no key: somebody wrote past the hub.</exception>
    private static DocumentNumber Number(NpgsqlDataReader row, int column) => NumberKey.TryParse(row.GetString(column + 1), out var key)
        ? new(row.GetString(column), key)
        : throw new InvalidDataException("A stored number key is malformed.");

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static PartialDate? Date(NpgsqlDataReader row, int column) =>
        Text(row, column) is { } text && PartialDate.TryParse(text, out var date) ? date : null;
}
