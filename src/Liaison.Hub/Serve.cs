using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Liaison.Hub.Demo;
using Liaison.Members;
using Liaison.Platform.Data;
using Liaison.Platform.Data.PrivatePostgres;
using Liaison.Platform.Secrets;
using Liaison.TravelDocuments;
using Microsoft.AspNetCore.Connections;
using Npgsql;

namespace Liaison.Hub;

/// <summary>
/// <c>serve</c>: database, schema, demo data, host, in this order; and back again when it is told to stop: the host drains first, then the
/// private PostgreSQL stops.
/// </summary>
internal static class Serve
{
    private const int Refused = 1;
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(50);

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (!ServeOptions.Parse(args).Is(out var options, out var problems)) return Refuse(problems[0].Message, 2);
        using var stopping = new CancellationTokenSource();
        // The first signal drains; a second one ends the process at once, and the next start heals what it leaves.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            // Every value is looked at before anything is started.
            _ = (HubEnvironment.Database, HubEnvironment.Node(options.DataFolder), HubEnvironment.Rates(), HubEnvironment.Telemetry(),
                HubEnvironment.Frontage(), HubEnvironment.Certificate(), HubEnvironment.Keys(options.DataFolder), HubEnvironment.Providers(),
                HubEnvironment.Hits());
            return HubEnvironment.Database is { } database
                ? await RunExternalAsync(options, database, stopping.Token)
                : await RunPrivateAsync(options, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return stopping.IsCancellationRequested ? 0 : Refuse("A part of the hub failed at the start; its log says which.");
        }
        catch (Exception expected) when (expected is UnsafeStartException or SchemaMismatchException or AccountsFileException or NodeFolderException or KeyFileException)
        {
            return Refuse(expected.Message);
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            return Refuse(PortTaken(options.Port));
        }
        catch (SocketException forbidden) when (forbidden.SocketErrorCode is SocketError.AccessDenied)
        {
            return Refuse($"This user may not listen on port {options.Port}. Choose one above 1023: --port 8080.");
        }
        catch (NpgsqlException broken)
        {
            return Refuse($"The database does not answer: {broken.Message} Check the connection string, or the log in the data folder.");
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stopping.IsCancellationRequested;
            stopping.Cancel();
        }
    }

    /// <summary>Development and single site: a private PostgreSQL in the data folder, synthetic accounts, demo data.</summary>
    private static async Task<int> RunPrivateAsync(ServeOptions options, CancellationToken stopping)
    {
        if (!IsFree(options.Port)) return Refuse(PortTaken(options.Port));
        using var logging = LoggerFactory.Create(HubHost.LogToConsole);
        var start = await PrivateCluster.StartAsync(
            PrivatePostgresOptions.FromEnvironment(options.DataFolder), logging.CreateLogger<PrivateCluster>(), TimeProvider.System, stopping);
        if (start is ClusterStart.Refused refused) return Refuse(refused.Problem);

        await using var cluster = ((ClusterStart.Started)start).Cluster;
        await Migrator.MigrateAsync(cluster.OwnerConnectionString, HubHost.Migrations, TimeProvider.System, stopping);
        var isDevelopment = HubEnvironment.Name == Environments.Development;
        var accounts = isDevelopment ? DemoAccounts.LoadOrMake(options.DataFolder) : null;
        if (accounts is not null) await accounts.RecordAsync(cluster.AppConnectionString, TimeProvider.System, stopping);
        if (isDevelopment && options.Demo)
            await TravelDocumentsModule.LoadDemoAsync(cluster.AppConnectionString, TimeProvider.System, stopping);
        return await ServeAsync(Settings(options, cluster.AppConnectionString, cluster.Home), accounts, stopping);
    }

    /// <summary>Over any PostgreSQL, whose schema <c>migrate</c> keeps.</summary>
    private static async Task<int> RunExternalAsync(ServeOptions options, string database, CancellationToken stopping)
    {
        await Migrator.RequireCurrentAsync(database, HubHost.Migrations, stopping);
        return await ServeAsync(Settings(options, database), null, stopping);
    }

    private static HubSettings Settings(ServeOptions options, string database, string? databaseFolder = null) =>
        new(database, HubEnvironment.Node(options.DataFolder, databaseFolder), options.Port, HubEnvironment.Name)
        {
            Urls = HubEnvironment.Urls,
            Frontage = HubEnvironment.Frontage(),
            Certificate = HubEnvironment.Certificate(),
            Keys = HubEnvironment.Keys(options.DataFolder),
            Rates = HubEnvironment.Rates(),
            Telemetry = HubEnvironment.Telemetry(),
            Retention = HubEnvironment.Retention(),
            Providers = HubEnvironment.Providers(),
            Hits = HubEnvironment.Hits(),
        };

    private static async Task<int> ServeAsync(HubSettings settings, DemoAccounts? accounts, CancellationToken stopping)
    {
        await using var app = HubHost.Build(settings);
        if (settings.EnvironmentName != Environments.Development
            && await MembersModule.HasDemoAccountsAsync(app.Services.GetRequiredService<NpgsqlDataSource>(), stopping))
        {
            throw new UnsafeStartException("This database has the synthetic accounts of a development hub, administrators among them. "
                + "Serve another database, or set DOTNET_ENVIRONMENT=Development.");
        }

        try
        {
            await app.StartAsync(stopping);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, app.Lifetime.ApplicationStopping);
            while (app.Services.GetServices<IDataset>().Any(d => d.WhyNotReady is not null)) await Task.Delay(ReadyPoll, ending.Token);

            var address = new Uri(app.Urls.First());
            if (accounts is not null) LocalHubFile.Write(address, accounts);
            Console.WriteLine($"ready {address.Scheme}://{address.Authority}");
            if (accounts is not null) Greet(address.Port);
            else await InviteAsync(app.Services, settings.Frontage.Address ?? new Uri($"http://localhost:{address.Port}"), ending.Token);
            await app.WaitForShutdownAsync(stopping);
        }
        finally
        {
            if (!stopping.IsCancellationRequested) FailedParts.Tell(app.Services);
        }

        // Nobody told it to stop: a part of it failed, and whoever supervises it must start it again.
        return stopping.IsCancellationRequested ? 0 : Refuse("A part of the hub failed; its log says which.");
    }

    private static void Greet(int port) => Console.WriteLine($"""

        Liaison runs at http://localhost:{port}   (Ctrl-C stops it)

        Three things to try, in another terminal:
          ./liaison search L898902C3 --issuer UTO      the specimen passport of ICAO Doc 9303: a hit
          ./liaison search X0000001 --issuer FRA       a number that is not on file: notKnown
          http://localhost:{port}/docs                   the API, readable
        """);

    /// <summary>
    /// The link goes to a console alone. Under systemd standard output is the journal, which keeps what it gets and sends it on: no link is made.
    /// </summary>
    private static async Task InviteAsync(IServiceProvider services, Uri address, CancellationToken cancellation)
    {
        var database = services.GetRequiredService<NpgsqlDataSource>();
        if (HubEnvironment.IsPrintedToJournal)
        {
            if (await MembersModule.AwaitsFirstAdministratorAsync(database, TimeProvider.System, cancellation))
            {
                Console.WriteLine("This hub has no administrator yet. `break-glass NAME` of this program, in a terminal of this machine, "
                    + "prints a link for one; make two.");
            }

            return;
        }

        if (await MembersModule.InviteFirstAdministratorAsync(database, TimeProvider.System, cancellation) is not { } link) return;
        Console.WriteLine($"""

            This hub has no administrator yet. Open this link within one hour; it works once and is not shown again:
              {new Uri(address, link)}
            """);
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    private static string PortTaken(int port) => $"Port {port} is taken. Stop what listens there, or choose another: --port {port + 1}.";

    private static int Refuse(string line, int code = Refused)
    {
        Console.Error.WriteLine("liaison: " + line);
        return code;
    }
}
