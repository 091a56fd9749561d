using Liaison.Api;
using Liaison.Api.Hits;
using Liaison.Hits.Acts;
using Liaison.Hits.Jobs;
using Liaison.Hits.Late;
using Liaison.Hits.Messages;
using Liaison.Hits.Open;
using Liaison.Hits.Read;
using Liaison.Hits.Standing;
using Liaison.Hits.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Attachments;
using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Events = Liaison.Hits.HitEvents;
using Rights = Liaison.Hits.HitRights;

namespace Liaison.Hits;

/// <summary>Hits as cases between who asked and who owns the record: confirmed or not, in time, with what came of them.</summary>
public static class HitsModule
{
    public static IReadOnlyList<Migration> Migrations { get; } = Migration.Of(typeof(HitsModule).Assembly);

    /// <param name="services">The host's.</param>
    /// <param name="options">Clocks, joining, retention.</param>
    public static IServiceCollection AddHits(this IServiceCollection services, HitOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<OpenCases>();
        services.AddSingleton(s => s.GetRequiredService<OpenCases>().Subscription);
        services.AddSingleton<RecordsNow>();
        services.AddSingleton<RecordNews>();
        services.AddSingleton(s => s.GetRequiredService<RecordNews>().Ended);
        services.AddSingleton(s => s.GetRequiredService<RecordNews>().Restricted);
        services.AddSingleton<HitFeed>();
        services.AddSingleton(s => s.GetRequiredService<HitFeed>().Subscription);
        services.AddSingleton<TellLate>();
        services.AddSingleton<StandingQuestions>();
        services.AddHostedService<LeadWorker>();
        services.AddSingleton<HitGauges>();
        services.AddSingleton<HitJobs>();
        for (var i = 0; i < HitJobs.Count; i++)
        {
            var place = i;
            services.AddSingleton(s => s.GetRequiredService<HitJobs>().All[place]);
        }

        services.AddSingleton<HitChanges>();
        services.AddSingleton<HitWaits>();
        services.AddHostedService(s => s.GetRequiredService<HitWaits>());
        services.AddSingleton<ReadHit>();
        services.AddSingleton<ListHits>();
        services.AddSingleton<ReadFigures>();
        services.AddSingleton<AskForHit>();
        services.AddSingleton<ActOnHit>();
        services.AddSingleton<WriteMessage>();
        services.AddSingleton<ReadMessages>();
        return services;
    }

    /// <summary>The whole route table: path, handler, permission, audit event, body, answer, problems.</summary>
    public static void MapHits(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(Routes.Hits).WithTags("Hits");

        routes.MapPost("/", (HttpContext http, AskForHit ask) => ask.HandleAsync(http))
            .Named("askForHit", "Have the owner look at a match that is only possible")
            .Needs(Rights.Report, Events.Asked).Takes<HitRequest>().Answers<Hit>(201).Answers<Hit>()
            .Refuses(HitProblems.Unknown, HitProblems.NotNow).Refuses(PlatformProblems.OfEveryWrite);

        routes.MapGet("/", (HttpContext http, ListHits list, string? state, string? before, string? limit) => list.HandleAsync(http, state, before, limit))
            .Named("listHits", "List your member's hits, newest first: those it asked for and those on its records")
            .Needs(Rights.Read, Events.Listed).Answers<HitPage>();

        MapQuestions(routes);
        routes.MapGet("/figures", (HttpContext http, ReadFigures figures) => figures.HandleAsync(http))
            .Named("readHitFigures", "How did hits turn out, and how fast were they answered?")
            .Needs(Rights.Read, Events.FiguresRead).Answers<HitFigures>();

        routes.MapGet("/{id:guid}", (HttpContext http, ReadHit read, Guid id, string? wait, string? version) => read.HandleAsync(http, id, wait, version))
            .Named("readHit", "What has become of a hit? With wait and the version that you know, the answer comes when it changes")
            .Needs(Rights.Read, Events.Read).Answers<Hit>()
            .Refuses(HitProblems.Unknown);

        routes.MapPost("/{id:guid}/answer", (HttpContext http, ActOnHit act, Guid id) => act.AnswerAsync(http, id))
            .Named("answerHit", "As the owner: acknowledge, confirm, deny or withdraw")
            .Needs(Rights.Answer, Events.Answered).Takes<HitAnswerRequest>().Answers<Hit>().Refuses(OfEveryAct);

        routes.MapPost("/{id:guid}/outcome", (HttpContext http, ActOnHit act, Guid id) => act.OutcomeAsync(http, id))
            .Named("giveHitOutcome", "As the one who asked: say what came of it")
            .Needs(Rights.Report, Events.OutcomeGiven).Takes<HitOutcomeRequest>().Answers<Hit>().Refuses(OfEveryAct);

        routes.MapPost("/{id:guid}/closure", (HttpContext http, ActOnHit act, Guid id) => act.CloseAsync(http, id))
            .Named("closeHit", "As the owner: close what has its outcomes, or was withdrawn")
            .Needs(Rights.Answer, Events.Closed).Takes<HitClosureRequest>().Answers<Hit>().Refuses(OfEveryAct);

        routes.MapPost("/{id:guid}/care", (HttpContext http, ActOnHit act, Guid id) => act.CareAsync(http, id))
            .Named("careForHit", "As the secretariat: look after a hit that its owner left unanswered")
            .Needs(Rights.Administer, Events.LookedAfter).Takes<HitCareRequest>().Answers<Hit>().Refuses(OfEveryAct);
        MapMessages(routes);
    }

    private static void MapMessages(RouteGroupBuilder routes)
    {
        routes.MapGet("/{id:guid}/messages", (HttpContext http, ReadMessages read, Guid id) => read.ListAsync(http, id))
            .Named("listHitMessages", "What did the owner and the one who asked write to each other?")
            .Needs(Rights.Read, Events.MessagesRead).Answers<HitMessages>().Refuses(HitProblems.Unknown, HitProblems.NotYours);

        routes.MapPost("/{id:guid}/messages", (HttpContext http, WriteMessage write, Guid id) => write.TextAsync(http, id))
            .Named("writeHitMessage", "Write to the other party; as the owner by the hit id of the one whom you mean")
            .Needs(Rights.Message, Events.MessageWritten).Takes<HitMessageRequest>().Answers<HitMessage>(201).Refuses(OfEveryMessage);

        routes.MapPost("/{id:guid}/attachments", (HttpContext http, WriteMessage write, Guid id) => write.FileAsync(http, id))
            .Named("attachToHit", "Hand a file to the other party: PDF, JPEG, PNG, TIFF or plain text, at most 10 MiB; its name in Content-Disposition")
            .Needs(Rights.Message, Events.Attached).Accepts<byte[]>(Upload.MediaType).Refuses(PlatformProblems.OfEveryBody)
            .Answers<HitMessage>(201).Refuses(PlatformProblems.UnsupportedContent).Refuses(OfEveryMessage);

        routes.MapGet("/attachments/{id:guid}", (HttpContext http, ReadMessages read, Guid id) => read.FetchAsync(http, id))
            .Named("fetchHitAttachment", "A file that was handed over, to be stored and not shown")
            .Needs(Rights.Read, Events.AttachmentFetched).Produces<byte[]>(200, AttachmentKind.Pdf.Type, [.. AttachmentKind.All.Skip(1).Select(k => k.Type)]).Refuses(HitProblems.UnknownAttachment);
    }

    private static IReadOnlyList<ProblemKind> OfEveryMessage { get; } =
        [HitProblems.Unknown, HitProblems.NotYours, HitProblems.Closed, HitProblems.Full, .. PlatformProblems.OfEveryWrite];

    private static void MapQuestions(RouteGroupBuilder routes)
    {
        routes.MapPost("/questions", (HttpContext http, StandingQuestions questions) => questions.AskAsync(http))
            .Named("askStanding", "Be told when a number is recorded, until a day")
            .Needs(Rights.Watch, Events.QuestionStands).Takes<StandingQuestionRequest>().Answers<StandingQuestion>(201)
            .Refuses(HitProblems.TooManyQuestions).Refuses(PlatformProblems.OfEveryWrite);

        routes.MapGet("/questions", (HttpContext http, StandingQuestions questions, string? before, string? limit) => questions.ListAsync(http, before, limit))
            .Named("listStanding", "List the questions of your member that stand, and those of others that you may see, newest first")
            .Needs(Rights.Watch, Events.QuestionsListed).Answers<StandingQuestionPage>();

        routes.MapPost("/questions/{id:guid}/end", (HttpContext http, StandingQuestions questions, Guid id) => questions.EndAsync(http, id))
            .Named("endStanding", "End a question of your member before its time")
            .Needs(Rights.Watch, Events.QuestionEnded).Answers<StandingQuestion>()
            .Refuses(HitProblems.UnknownQuestion, HitProblems.NotNow).Refuses(PlatformProblems.OfEveryWrite);
    }

    private static IReadOnlyList<ProblemKind> OfEveryAct { get; } =
    [
        .. HitProblems.OfEveryAct, PlatformProblems.VersionConflict, PlatformProblems.VersionRequired, .. PlatformProblems.OfEveryWrite,
    ];
}
