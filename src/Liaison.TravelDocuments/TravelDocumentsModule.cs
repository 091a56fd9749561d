using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Access;
using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Liaison.Platform.Searches;
using Liaison.Platform.Secrets;
using Liaison.TravelDocuments.Change;
using Liaison.TravelDocuments.Demo;
using Liaison.TravelDocuments.Hold;
using Liaison.TravelDocuments.Import;
using Liaison.TravelDocuments.Late;
using Liaison.TravelDocuments.Read;
using Liaison.TravelDocuments.Record;
using Liaison.TravelDocuments.Retention;
using Liaison.TravelDocuments.Search;
using Liaison.TravelDocuments.SearchMany;
using Liaison.TravelDocuments.Storage;
using Liaison.TravelDocuments.Withdraw;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Events = Liaison.TravelDocuments.TravelDocumentEvents;
using Rights = Liaison.TravelDocuments.TravelDocumentPermissions;

namespace Liaison.TravelDocuments;

/// <summary>Stolen, lost, revoked, invalid and stolen-blank travel documents.</summary>
public static class TravelDocumentsModule
{
    public static IReadOnlyList<Migration> Migrations { get; } = Migration.Of(typeof(TravelDocumentsModule).Assembly);

    /// <param name="services">The host's.</param>
    /// <param name="retention">How long records are kept.</param>
    /// <param name="clock">The hub's clock.</param>
    public static IServiceCollection AddTravelDocuments(this IServiceCollection services, RetentionOptions retention, TimeProvider clock)
    {
        foreach (var job in new RetentionJobs(retention, clock).All) services.AddSingleton(job);
        services.AddSingleton(RecordEvents.Feed);
        services.AddSingleton<DocumentStore>();
        services.AddSingleton<DocumentIndex>();
        services.AddSingleton<IDataset>(s => s.GetRequiredService<DocumentIndex>());
        services.AddHostedService(s => s.GetRequiredService<DocumentIndex>());
        services.AddSingleton<RecordingRules>();
        services.AddSingleton<CandidateRecords>();
        services.AddSingleton(s => new SearchPrints(s.GetRequiredService<KeyFile>(), "travelDocuments"));
        services.AddSingleton<Remembering>();
        services.AddSingleton<PieceAudit>();
        services.AddSingleton<IPastSearches, PastSearches>();
        services.AddSingleton<SearchDocuments>();
        services.AddSingleton<SearchManyDocuments>();
        services.AddSingleton<RecordDocument>();
        services.AddSingleton<ChangeDocument>();
        services.AddSingleton<WithdrawDocument>();
        services.AddSingleton<HoldDocument>();
        services.AddSingleton<ReadDocument>();
        services.AddSingleton<ReadVersions>();
        services.AddSingleton<ExplainSight>();
        services.AddSingleton<ListDocuments>();
        services.AddSingleton<ImportDocuments>();
        services.AddSingleton<ImportReports>();
        services.AddSingleton<ImportWork>();
        services.AddHostedService(s => s.GetRequiredService<ImportWork>());
        services.AddHostedService<WaitingImports>();
        return services;
    }

    /// <summary>Loads the synthetic demo documents into an empty database.</summary>
    /// <returns>How many; 0 when the database was not empty.</returns>
    public static async Task<int> LoadDemoAsync(string appConnectionString, TimeProvider clock, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(appConnectionString);
        return await DemoLoad.RunAsync(database, clock, cancellation);
    }

    /// <summary>The whole route table: path, handler, permission, audit event, body, answer, problems.</summary>
    public static void MapTravelDocuments(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(Routes.TravelDocuments).WithTags("Travel documents");

        // Asked for once: as a parameter it would cost every search a scope of services.
        var search = app.ServiceProvider.GetRequiredService<SearchDocuments>();
        routes.MapPost("/search", (Delegate)search.HandleAsync)
            .Named("searchTravelDocuments", "Is this travel document reported stolen, lost, revoked, invalid or a stolen blank?")
            .NeedsWithPurpose(Rights.Search, Events.Searched).Takes<SearchRequest>().Answers<SearchAnswer>();

        routes.MapPost("/search/batch", (HttpContext http, SearchManyDocuments search) => search.HandleAsync(http))
            .Named("searchManyTravelDocuments", "Ask for many documents in one stream, one question and one answer a line")
            .NeedsWithPurposes(Rights.Search, Events.SearchedMany).Accepts<SearchLine>(Ndjson.MediaType).Refuses(Platform.Web.PlatformProblems.OfEveryBody)
            .Produces<SearchLineAnswer>(StatusCodes.Status200OK, Ndjson.MediaType);

        routes.MapPost("/", (HttpContext http, RecordDocument record) => record.HandleAsync(http))
            .Named("recordTravelDocument", "Record a document, or a range of blanks, of your own issuing authority")
            .Needs(Rights.Write, Events.Recorded).Takes<TravelDocumentRequest>().Answers<TravelDocument>(201)
            .Refuses(Problems.NotIssuingAuthority, Problems.DuplicateDocument, Problems.WithdrawnBefore).Refuses(Platform.Web.PlatformProblems.OfEveryWrite);

        routes.MapGet("/", (HttpContext http, ListDocuments list, string? after, string? limit) => list.HandleAsync(http, after, limit))
            .Named("listTravelDocuments", "List your own member's records, newest first")
            .Needs(Rights.Read, Events.Listed).Answers<TravelDocumentPage>();

        routes.MapGet("/{id:guid}", (HttpContext http, ReadDocument read, Guid id) => read.HandleAsync(http, id))
            .Named("readTravelDocument", "Read one record")
            .Needs(Rights.Read, Events.Read).Answers<TravelDocument>()
            .Refuses(Problems.UnknownRecord);

        routes.MapGet("/{id:guid}/versions", (HttpContext http, ReadVersions read, Guid id) => read.HandleAsync(http, id))
            .Named("readTravelDocumentVersions", "Read the history of your own record")
            .Needs(Rights.Read, Events.VersionsRead).Answers<TravelDocumentVersions>()
            .Refuses(Problems.UnknownRecord, Problems.NotOwner);

        routes.MapGet("/{id:guid}/sight", (HttpContext http, ExplainSight explain, Guid id, string? of) => explain.HandleAsync(http, id, of))
            .Named("explainTravelDocumentSight", "Can a member, or a unit of it, see your own record, and if not, what keeps it from them?")
            .Needs(Rights.Read, Events.SightExplained).Answers<TravelDocumentSight>()
            .Refuses(Problems.UnknownRecord, Problems.NotOwner);

        routes.MapPut("/{id:guid}", (HttpContext http, ChangeDocument change, Guid id) => change.HandleAsync(http, id))
            .Named("changeTravelDocument", "Replace what is known of your own document")
            .Needs(Rights.Write, Events.Changed).Takes<TravelDocumentRequest>().Answers<TravelDocument>()
            .Refuses(OwnRecordProblems).Refuses(Problems.IdentityFixed, Problems.WithdrawalLimit);

        routes.MapPost("/{id:guid}/withdrawal", (HttpContext http, WithdrawDocument withdraw, Guid id) => withdraw.HandleAsync(http, id))
            .Named("withdrawTravelDocument", "End your own record: the document is not known from that moment")
            .Needs(Rights.Write, Events.Withdrawn).Takes<WithdrawalRequest>().Answers<TravelDocument>()
            .Refuses(OwnRecordProblems).Refuses(Problems.WithdrawalLimit);

        routes.MapHolds();
        routes.MapImports();
    }

    private static void MapHolds(this RouteGroupBuilder routes)
    {
        routes.MapPost("/{id:guid}/hold", (HttpContext http, HoldDocument hold, Guid id) => hold.HoldAsync(http, id))
            .Named("holdTravelDocument", "Put your own record on hold: it neither expires nor is purged")
            .Needs(Rights.Write, Events.Held).Takes<HoldRequest>().Answers<TravelDocument>()
            .Refuses(HoldProblems);

        routes.MapPost("/{id:guid}/hold/release", (HttpContext http, HoldDocument hold, Guid id) => hold.ReleaseAsync(http, id))
            .Named("releaseTravelDocument", "End the hold on your own record")
            .Needs(Rights.Write, Events.Released).Takes<HoldRequest>().Answers<TravelDocument>()
            .Refuses(HoldProblems);
    }

    private static void MapImports(this RouteGroupBuilder routes)
    {
        routes.MapPost("/imports", (HttpContext http, ImportDocuments import, string? feed, string? mode, string? maxWithdrawals) =>
                import.HandleAsync(http, feed, mode, maxWithdrawals))
            .Named("importTravelDocuments", "Send a file of documents, CSV or NDJSON, of any size; answers the job that records it")
            .Needs(Rights.Write, Events.Imported)
            .Accepts<string>("text/csv", "application/x-ndjson").Refuses(Platform.Web.PlatformProblems.OfEveryBody).Answers<ImportJob>(202)
            .Refuses(Problems.ImportTooLarge).Refuses(Platform.Web.PlatformProblems.OfEveryWrite);

        routes.MapGet("/imports", (HttpContext http, ImportDocuments import) => import.ListAsync(http))
            .Named("listTravelDocumentImports", "List your own member's imports, newest first")
            .Needs(Rights.Write, Events.ImportRead).Answers<ImportJobList>();

        routes.MapGet("/imports/{id:guid}", (HttpContext http, ImportDocuments import, Guid id) => import.ReadAsync(http, id))
            .Named("readTravelDocumentImport", "How far is an import, and what came of it?")
            .Needs(Rights.Write, Events.ImportRead).Answers<ImportJob>()
            .Refuses(Problems.UnknownImport);

        routes.MapGet("/imports/{id:guid}/rejects", (HttpContext http, ImportDocuments import, Guid id) => import.RejectsAsync(http, id))
            .Named("readTravelDocumentImportRejects", "The rows of an import that were not taken, CSV: line, column, code, what to do")
            .Needs(Rights.Write, Events.ImportRead).Produces<string>(200, "text/csv")
            .Refuses(Problems.UnknownImport);
    }

    private static IReadOnlyList<ProblemKind> HoldProblems { get; } =
        [Problems.NotIssuingAuthority, Problems.UnknownRecord, Problems.HoldUnchanged, .. Platform.Web.PlatformProblems.OfEveryWrite];

    private static IReadOnlyList<ProblemKind> OwnRecordProblems { get; } =
    [
        Problems.NotIssuingAuthority, Problems.UnknownRecord, Problems.AlreadyWithdrawn, Platform.Web.PlatformProblems.VersionConflict, Platform.Web.PlatformProblems.VersionRequired,
        .. Platform.Web.PlatformProblems.OfEveryWrite,
    ];
}
