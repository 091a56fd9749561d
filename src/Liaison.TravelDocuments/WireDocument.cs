using System.Globalization;
using System.Text.Json;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Codes;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;

namespace Liaison.TravelDocuments;

/// <summary>From the stored record to the wire, and its version to the ETag.</summary>
internal static class WireDocument
{
    /// <summary>As <paramref name="member"/> may read it: whom a record is kept from, and until when, is for its owner to know.</summary>
    public static TravelDocument For(string member, StoredDocument stored) =>
        member == stored.Owner ? Of(stored) : Of(stored) with { Restrictions = null, HeldSince = null };

    /// <summary>As its owner reads it.</summary>
    public static TravelDocument Of(StoredDocument stored)
    {
        var document = stored.Document;
        return new()
        {
            Id = stored.Id,
            Version = stored.Version,
            Owner = stored.Owner,
            Number = document.Number.Written,
            RangeTo = document.RangeTo?.Written,
            Issuer = document.Issuer,
            Kind = document.Kind,
            Status = document.Status,
            EventDate = document.EventDate?.ToString(),
            EventPlace = document.EventPlace,
            ReportingCountry = document.ReportingCountry,
            IssueDate = document.IssueDate?.ToString(),
            ExpiryDate = document.ExpiryDate?.ToString(),
            ReasonCode = document.ReasonCode,
            LegalBasis = document.LegalBasis,
            NationalReference = document.NationalReference,
            AdditionalInformation = document.AdditionalInformation,
            Found = document.Found is { } found ? new(found.Date?.ToString(), found.Place) : null,
            Restrictions = document.Audience is { } audience ? new(audience.IsOnly ? null : audience.Parties, audience.IsOnly ? audience.Parties : null) : null,
            Sealed = document.IsSealed,
            Handling = Handling(document.Handling ?? HandlingCodes.None),
            OnwardTransfer = OnwardTransfers.Effective(document.OnwardTransfer, document.Handling),
            ReviewDate = document.ReviewDate,
            HeldSince = stored.HeldAt,
            RecordedAt = stored.RecordedAt,
            ChangedAt = stored.ChangedAt,
            Withdrawal = stored is { WithdrawalReason: { } reason, WithdrawnAt: { } at } ? new(reason, at) : null,
        };
    }

    private static Handling Handling(HandlingCodes handling) => new(handling.Codes, handling.Text);

    /// <summary>A document that is about to be recorded.</summary>
    public static NewDocument New(ReportedDocument document, string owner, string account, string? why, DateTimeOffset at) =>
        new(Guid.CreateVersion7(at), owner, account, document, string.IsNullOrWhiteSpace(why) ? null : why.Trim());

    public static string Snapshot(StoredDocument stored) => JsonSerializer.Serialize(Of(stored), LiaisonJson.Default.TravelDocument);

    public static byte[] Bytes(StoredDocument stored) => JsonSerializer.SerializeToUtf8Bytes(Of(stored), LiaisonJson.Default.TravelDocument);

    public static string ETag(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
}
