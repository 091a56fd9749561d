using System.CommandLine;
using System.Text.Json;
using Liaison.Api;
using Liaison.Api.Events;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands.Events;

/// <summary><c>liaison events</c>: what the member is told, a line for each event.</summary>
internal static class EventsCommand
{
    private const int Wait = 30;

    public static Command Make(Session session) => new ExampledCommand("events", "What your member is told, as it happens",
        "liaison events follow",
        "liaison events follow --after CURSOR --json   # goes on where it was left",
        "liaison events follow --all --once")
    {
        Follow(session),
    };

    private static Command Follow(Session session)
    {
        var after = new Option<string?>("--after") { Description = "Begin after this cursor; with the next event when not given", HelpName = "CURSOR" };
        var all = new Option<bool>("--all") { Description = "Begin with the oldest event that is kept" };
        var once = new Option<bool>("--once") { Description = "End when there is nothing more, instead of waiting for it" };
        var command = new Command("follow", "Show events as they come, until you interrupt it") { after, all, once };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) && result.GetValue(after) is not null) result.AddError("Give --after or --all, not both.");
        });
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
        {
            var cursor = parse.GetValue(all) ? null : Session.Text(parse, after) ?? "latest";
            while (true)
            {
                var reply = await client.EventsAsync(cursor, parse.GetValue(once) ? null : Wait, null, cancellation);
                if (reply.Value is not { } batch) return session.Refuse(parse, reply);
                foreach (var one in batch.Events) await session.Around.Out.WriteLineAsync(session.Json(parse) ? Json(one) : Line(one));
                await session.Around.Out.FlushAsync(cancellation);
                cursor = batch.Cursor;
                if (!parse.GetValue(once) || batch.Events.Count > 0) continue;
                await session.Around.Err.WriteLineAsync($"Up to here: --after {SafeText.Of(cursor)}");
                return ExitCode.Done;
            }
        }));
        return command;
    }

    private static string Json(CloudEvent one) => JsonSerializer.Serialize(one, LiaisonJson.Default.CloudEvent);

    private static string Line(CloudEvent one) =>
        SafeText.Of($"{DocumentPage.Moment(one.Time)}  {one.Type}  {one.Subject ?? "-"}  {one.Data.GetRawText()}");
}
