using Liaison.Api;
using Liaison.Members.Providers;
using Liaison.Members.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Liaison.Members.SignIn;

/// <summary>The pages for people: the whole route table, and what it stands on.</summary>
internal static class SignInRoutes
{
    private const string NobodyYet = "Whoever comes here has not signed in yet";
    private const string NoSecret = "Style and script of the pages";

    /// <summary>NIST and OWASP: PBKDF2 with SHA-512 (OWASP Password Storage, 2025).</summary>
    private const int Iterations = 210_000;

    public static void AddSignIn(this IServiceCollection services, Frontage frontage)
    {
        services.AddAntiforgery(o =>
        {
            // Its name cannot depend on the request, as that of the session does.
            o.Cookie.Name = frontage.Address?.Scheme == Uri.UriSchemeHttps ? "__Host-liaison-form" : "liaison-form";
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.Path = "/";
            o.FormFieldName = "form";
            o.HeaderName = null;
            // The policy of the pages says it, for more than this header can.
            o.SuppressXFrameOptionsHeader = true;
        });
        services.AddIdentityCore<Person>(o => o.Stores.SchemaVersion = IdentitySchemaVersions.Version3).AddEntityFrameworkStores<SignInContext>();
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = Iterations);
        services.Configure<IdentityPasskeyOptions>(o =>
        {
            o.UserVerificationRequirement = "required";
            o.ResidentKeyRequirement = "required";
            o.AttestationConveyancePreference = "none";
            o.ServerDomain = frontage.Address?.Host;
            o.ValidateOrigin = asked => ValueTask.FromResult(Passkeys.IsOwnOrigin(asked, frontage));
        });
        services.AddScoped<PasskeyHandler<Person>>();
        services.AddSingleton<ProviderConnections>().AddSingleton<ProviderMetadata>().AddSingleton<ProviderKeys>().AddSingleton<ProviderClient>();
        services.AddSingleton<ProviderLinks>().AddScoped<ProviderSignIn>().AddScoped<ProviderPages>();
        services.AddSingleton(s => new Strangers(new(s.GetRequiredService<RateLimits>().Unknown, s.GetRequiredService<TimeProvider>())));
        services.AddSingleton<Arrival>().AddSingleton<Sessions>().AddSingleton<Invitations>().AddSingleton<Throttle>();
        services.AddSingleton<Authenticators>().AddSingleton<NewAuthenticators>().AddSingleton<Programs>().AddSingleton<PageRenderer>();
        services.AddSingleton(_ => new Decoy(new PasswordHasher<Person>(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }))));
        services.AddScoped<People>().AddScoped<Passkeys>().AddScoped<Enrolment>().AddScoped<PasswordSignIn>().AddScoped<PasskeySignIn>();
        services.AddScoped<SignInPages>().AddScoped<EnrolPages>().AddScoped<AccountPages>().AddScoped<WaysInPages>().AddScoped<DevicePages>();
        services.AddSingleton(s => SignInSweep.Of(s.GetRequiredService<TimeProvider>()));
    }

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapGet("/sign-in/pages.css", () => PageAsset.Answer("pages.css", "text/css; charset=utf-8")).Page("pageStyle", "Style").OpenToAll(NoSecret);
        app.MapGet("/sign-in/passkey.js", () => PageAsset.Answer("passkey.js", "text/javascript; charset=utf-8")).Page("pageScript", "Script").OpenToAll(NoSecret);

        var pages = app.MapGroup("").AddEndpointFilter<RouteGroupBuilder, PageGate>();
        pages.MapGet("/sign-in", (HttpContext http, SignInPages sign) => sign.ShowAsync(http))
            .Page("signIn", "Ask who it is").OpenToAll(NobodyYet);
        pages.MapPost("/sign-in", (HttpContext http, SignInPages sign) => sign.TakePasswordAsync(http))
            .Page("signInWithPassword", "Sign in with password and code").OpenToAll(NobodyYet);
        pages.MapPost("/sign-in/passkey", (HttpContext http, SignInPages sign) => sign.TakePasskeyAsync(http))
            .Page("signInWithPasskey", "Sign in with a passkey").OpenToAll(NobodyYet);

        pages.MapPost(Routes.SignInVia, (HttpContext http, ProviderPages via) => via.Choose(http))
            .Page("chooseProvider", "Which organisation is it?").OpenToAll(NobodyYet);
        pages.MapGet(ProviderPaths.SignIn("{code}"), (HttpContext http, ProviderPages via, string code) => via.StartAsync(http, code))
            .Page("signInByProvider", "To the member's own provider").OpenToAll(NobodyYet);
        pages.MapGet(ProviderPaths.Back("{code}"), (HttpContext http, ProviderPages via, string code) => via.FinishAsync(http, code))
            .Page("takeProvidersAnswer", "Back from the member's own provider").OpenToAll(NobodyYet);
        pages.MapGet(ProviderPaths.Keys("{code}"), (HttpContext http, ProviderPages via, string code) => via.KeysAsync(http, code))
            .Page("providerKeys", "The hub's public key for a provider").OpenToAll("A provider has no account, and the key is public");

        pages.MapGet("/enrol", (HttpContext http, EnrolPages enrol) => enrol.ShowAsync(http))
            .Page("enrol", "The page of a one-time link").OpenToAll(NobodyYet);
        pages.MapPost("/enrol/passkey", (HttpContext http, EnrolPages enrol) => enrol.TakePasskeyAsync(http))
            .Page("enrolWithPasskey", "Use the link up, with a passkey").OpenToAll(NobodyYet);
        pages.MapPost("/enrol/password", (HttpContext http, EnrolPages enrol) => enrol.TakePasswordAsync(http))
            .Page("enrolWithPassword", "Use the link up, with password and authenticator").OpenToAll(NobodyYet);

        MapAccount(pages);

        pages.MapGet(DevicePages.Path, (HttpContext http, DevicePages device) => device.ShowAsync(http))
            .Page("device", "Which program asks to act for me?").ForPersons(isSensitive: true);
        pages.MapPost(DevicePages.Path, (HttpContext http, DevicePages device) => device.DecideAsync(http))
            .Page("decideDevice", "Let the program act for me, or not").ForPersons(isSensitive: true);
    }

    private static void MapAccount(RouteGroupBuilder pages)
    {
        var account = pages.MapGroup(AccountPages.Path);
        account.MapGet("", (HttpContext http, AccountPages own, string? notice) => own.ShowAsync(http, notice))
            .Page("account", "Who I am, how I sign in, where I am signed in").ForPersons();
        account.MapPost("/sign-out", (HttpContext http, AccountPages own) => own.SignOutAsync(http))
            .Page("signOut", "End this session").ForPersons();
        account.MapPost("/sessions/end", (HttpContext http, AccountPages own) => own.EndSessionAsync(http))
            .Page("endSession", "End one of my sessions").ForPersons(isSensitive: true);
        account.MapPost("/sessions/end-all", (HttpContext http, AccountPages own) => own.EndAllAsync(http))
            .Page("endAllSessions", "End all my sessions but this, and every program").ForPersons(isSensitive: true);
        account.MapPost("/programs/end", (HttpContext http, AccountPages own) => own.EndProgramAsync(http))
            .Page("endProgram", "Take my account away from a program").ForPersons(isSensitive: true);

        account.MapGet("/passkeys/new", (HttpContext http, WaysInPages ways) => ways.NewPasskeyAsync(http))
            .Page("newPasskey", "The page to add a passkey").ForPersons(isSensitive: true);
        account.MapPost("/passkeys", (HttpContext http, WaysInPages ways) => ways.AddPasskeyAsync(http))
            .Page("addPasskey", "Add a passkey").ForPersons(isSensitive: true);
        account.MapPost("/passkeys/name", (HttpContext http, WaysInPages ways) => ways.RenamePasskeyAsync(http))
            .Page("renamePasskey", "Name a passkey").ForPersons();
        account.MapPost("/passkeys/remove", (HttpContext http, WaysInPages ways) => ways.RemovePasskeyAsync(http))
            .Page("removePasskey", "Remove a passkey, but not the last way in").ForPersons(isSensitive: true);
        account.MapGet("/password", (HttpContext http, WaysInPages ways) => ways.PasswordAsync(http))
            .Page("password", "The page to set a password").ForPersons(isSensitive: true);
        account.MapPost("/password", (HttpContext http, WaysInPages ways) => ways.SetPasswordAsync(http))
            .Page("setPassword", "Set a password, with an authenticator where there is none").ForPersons(isSensitive: true);
        account.MapPost("/password/remove", (HttpContext http, WaysInPages ways) => ways.RemovePasswordAsync(http))
            .Page("removePassword", "Remove password and authenticator, but not the last way in").ForPersons(isSensitive: true);
        account.MapPost("/recovery-codes", (HttpContext http, WaysInPages ways) => ways.NewRecoveryCodesAsync(http))
            .Page("newRecoveryCodes", "Get new recovery codes").ForPersons(isSensitive: true);
    }

    /// <summary>Pages are no part of the interface for programs.</summary>
    private static RouteHandlerBuilder Page(this RouteHandlerBuilder route, string name, string summary) =>
        route.Named(name, summary).ExcludeFromDescription();
}
