using System.CommandLine;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;
using Liaison.Kernel.Mrz;
using Liaison.Kernel.Parsing;

namespace Liaison.Cli.Commands;

/// <summary>
/// <c>liaison mrz</c>: reads machine readable zones and explains them. Offline: it asks no hub, and what it shows of a person goes
/// nowhere but to the screen.
/// </summary>
internal static class MrzCommand
{
    public static Command Make(Session session)
    {
        var lines = new Argument<string[]>("LINE")
        {
            Description = "The lines of a zone, in one argument or several; from standard input when not given or -",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new ExampledCommand("mrz",
            "Explain machine readable zones, offline: what each field says, which check digits hold, what was repaired and why. "
            + "Zones are separated by a blank line",
            "liaison mrz \"I<UTOD231458907<<<<<<<<<<<<<<<\" \"7408122F1204159UTO<<<<<<<<<<<6\" \"ERIKSSON<<ANNA<MARIA<<<<<<<<<<\"",
            "liaison mrz < zones.txt",
            "liaison mrz --json < zones.txt | jq -r .format     # one object a line, one line a zone")
        {
            lines,
        };
        command.SetAction(parse =>
        {
            var given = parse.GetValue(lines) ?? [];
            using var text = given is [] or ["-"] ? null : new StringReader(string.Join('\n', given));
            return Explain(ZoneReader.Read(text ?? session.Around.In), session.Json(parse), session);
        });
        return command;
    }

    private static int Explain(IEnumerable<string> zones, bool json, Session session)
    {
        var around = session.Around;
        var today = DateOnly.FromDateTime(around.Clock.GetUtcNow().UtcDateTime);
        var (count, allHold) = (0, true);
        foreach (var text in zones)
        {
            var parsed = MrzParser.Parse(text, today);
            if (json) around.Out.WriteLine(ZoneJson.Of(parsed));
            else ShowZone(parsed, ++count, around);
            if (json) count++;
            allHold &= parsed.Is(out var zone) && zone.Document.Checks.NoneInvalid;
        }

        if (count == 0) return session.Tell("No zone was given: name its lines, or pipe it in.", ExitCode.Usage);
        return allHold ? ExitCode.Done : ExitCode.NotKnown;
    }

    private static void ShowZone(Parsed<MrzZone> parsed, int number, Surroundings around)
    {
        if (number > 1) around.Out.WriteLine();
        Display.Show(ZonePage.Of(parsed, number), around);
    }
}
