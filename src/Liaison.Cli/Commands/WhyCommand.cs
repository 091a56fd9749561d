using System.CommandLine;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison why</c>: whether somebody can see one's own record, and what keeps it from them.</summary>
internal static class WhyCommand
{
    public static Command Make(Session session)
    {
        var id = RecordId.Argument();
        var party = new Argument<string>("MEMBER") { Description = "Code of a member, as FRA, or name of a unit of it, as FRA/BORDER" };
        var command = new ExampledCommand("why", "Say whether a member or unit can see your own record, and if not, what keeps it from them",
            "liaison why ID DEU",
            "liaison why ID FRA/BORDER --json | jq .reason")
        {
            id, party, session.Purpose, session.Reference,
        };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
            session.Pass(parse, await client.SightAsync(parse.GetValue(id), parse.GetValue(party)!, cancellation), sight =>
                new Page().Headline(sight.Visible ? "Visible." : $"Not visible: {sight.Reason}.", sight.Visible ? Tone.Good : Tone.Careful)
                    .Paragraph(sight.Explanation))));
        return command;
    }
}
