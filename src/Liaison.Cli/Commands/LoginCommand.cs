using System.CommandLine;
using Liaison.Api;
using Liaison.Cli.Help;
using Liaison.Cli.Hubs;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison login</c>: a person signs in with a browser, and this command keeps the tokens (RFC 8628).</summary>
internal static class LoginCommand
{
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(5);

    public static Command Make(Session session)
    {
        var command = new ExampledCommand("login", "Sign in with a browser; the tokens are kept in profiles.json",
            "liaison login",
            "liaison login --hub https://hub.example --profile bureau");
        command.SetAction((parse, cancellation) => session.SignInAsync(parse, (place, http) => RunAsync(session, place, http, cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(Session session, LoginPlace place, HttpClient http, CancellationToken cancellation)
    {
        var oauth = new OAuthClient(http);
        var device = await oauth.BeginAsync(cancellation);
        if (device is not { DeviceCode: { } code, UserCode: { } userCode, VerificationUri: { } page })
            return session.Tell($"The hub lets nobody sign in like this: {device.ErrorDescription ?? device.Error}", ExitCode.Refused);
        await session.Around.Err.WriteLineAsync($"Open {SafeText.Of(page)} in a browser, sign in, and enter this code:\n\n    {SafeText.Of(userCode)}\n");
        var answer = await WaitAsync(oauth, device, code, session.Around.Clock, cancellation);
        if (answer.AccessToken is null)
        {
            return session.Tell(answer.Error switch
            {
                "access_denied" => "You said no in the browser, so nothing was kept.",
                "expired_token" => "The code ended before it was entered: liaison login",
                _ => $"The hub gave no token: {answer.ErrorDescription ?? answer.Error}",
            }, ExitCode.Refused);
        }

        using var file = await ProfileFile.HoldAsync(place.File, session.Around.Clock, cancellation);
        file.Put(place.Profile, new UserProfile { Address = Session.Plain(place.Address) }.With(answer, session.Around.Clock.GetUtcNow()));
        await session.Around.Out.WriteLineAsync($"Signed in. See who you are: liaison status --profile {place.Profile}");
        return ExitCode.Done;
    }

    /// <summary>RFC 8628 section 3.5: at the pace that the hub asks for, and slower when it says so.</summary>
    private static async Task<TokenAnswer> WaitAsync(
        OAuthClient oauth, DeviceAnswer device, string code, TimeProvider clock, CancellationToken cancellation)
    {
        var interval = device.Interval is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : UsualInterval;
        var until = clock.GetUtcNow() + TimeSpan.FromSeconds(device.ExpiresIn ?? 600);
        while (true)
        {
            await Task.Delay(interval, clock, cancellation);
            var answer = await oauth.PollAsync(code, cancellation);
            if (answer.Error == "slow_down") interval += UsualInterval;
            else if (answer.Error != "authorization_pending") return answer;
            if (clock.GetUtcNow() > until) return new() { Error = "expired_token" };
        }
    }
}
