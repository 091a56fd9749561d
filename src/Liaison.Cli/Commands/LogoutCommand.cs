using System.CommandLine;
using Liaison.Api;
using Liaison.Cli.Help;
using Liaison.Cli.Hubs;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison logout</c>: gives the tokens of a sign-in back to the hub and forgets them.</summary>
internal static class LogoutCommand
{
    public static Command Make(Session session)
    {
        var command = new ExampledCommand("logout", "End a sign-in: the hub takes its tokens no more, and the profile is removed",
            "liaison logout",
            "liaison logout --profile bureau");
        command.SetAction((parse, cancellation) => session.SignInAsync(parse, (place, http) => RunAsync(session, place, http, cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(Session session, LoginPlace place, HttpClient http, CancellationToken cancellation)
    {
        using var file = await ProfileFile.HoldAsync(place.File, session.Around.Clock, cancellation);
        if (file.Find(place.Profile) is not { } profile || profile is { Refresh: null, Client: null })
            return session.Tell($"Profile \"{place.Profile}\" is not signed in.", ExitCode.Usage);
        if (profile.Client is not null) return session.Tell($"Profile \"{place.Profile}\" belongs to a system: remove it from {place.File} by hand.", ExitCode.Usage);
        if (await new OAuthClient(http).RevokeAsync(profile.Refresh!, cancellation) is { } why)
            return session.Tell($"The hub did not end the sign-in ({why}), so it was kept.", ExitCode.Refused);
        file.Put(place.Profile, null);
        await session.Around.Out.WriteLineAsync("Signed out.");
        return ExitCode.Done;
    }
}
