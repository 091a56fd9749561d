using System.CommandLine;
using Liaison.Api.Hits;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands.Hits;

/// <summary><c>liaison hits follow</c>: says how far a hit is until its owner has answered.</summary>
internal static class FollowCommand
{
    /// <summary>The time that is left is told at least so often.</summary>
    private const int Wait = 30;

    public static Command Make(Session session)
    {
        var id = HitsCommand.Id();
        var command = new ExampledCommand("follow", "Wait until the owner answers, and say meanwhile how long it has",
            "liaison hits follow ID && echo confirmed")
        {
            id,
        };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
        {
            int? version = null;
            while (true)
            {
                var reply = await client.HitAsync(parse.GetValue(id), version is null ? null : Wait, version, cancellation);
                if (reply.Value is not { } hit) return session.Refuse(parse, reply);
                if (hit.State is not ("opening" or "open" or "acknowledged"))
                    return session.Pass(parse, reply, h => HitView.Of(h, session.Around.Clock.GetUtcNow()), Code);
                await session.Around.Err.WriteLineAsync(HitView.Waits(hit, session.Around.Clock.GetUtcNow()));
                version = hit.Version;
            }
        }));
        return command;
    }

    private static int Code(Hit hit) => hit.State is "withdrawnByOwner" || hit.RecordEndedAt is not null ? ExitCode.NotKnown : hit.Answer switch
    {
        "confirmed" => ExitCode.Done,
        "notConfirmed" => ExitCode.NotKnown,
        _ => ExitCode.Possible,
    };
}
