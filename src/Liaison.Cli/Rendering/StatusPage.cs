using System.Globalization;
using Liaison.Api;
using Liaison.Cli.Hubs;

namespace Liaison.Cli.Rendering;

/// <summary>The hub's status.</summary>
internal static class StatusPage
{
    public static Page Of(HubStatus status, Hub hub) => new Page()
        .Headline($"The hub at {Session.Plain(hub.Address)} answers.", Tone.Good)
        .Facts([
            ("Version", $"{status.Version} ({status.Environment})"),
            ("Started", DocumentPage.Moment(status.StartedAt)),
            ("You are", $"{status.Caller.Account} of {status.Caller.Member}"),
            ("You may", string.Join(", ", status.Caller.Permissions)),
            ("Chosen by", hub.Source),
            ("Data as of", $"{DocumentPage.Moment(status.AsOf.At)} (position {status.AsOf.Position})"),
            .. status.Records.Select(r => ($"Records, {r.Key}", (string?)r.Value.ToString("N0", CultureInfo.InvariantCulture))),
        ]);
}
