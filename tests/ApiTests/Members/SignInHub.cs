using Liaison.Members.SignIn;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Npgsql;

namespace ApiTests.Members;

/// <summary>A hub whose clock a test moves, and persons who come to it.</summary>
public class SignInHub(TestCluster cluster) : HubFixture(cluster)
{
    protected override Microsoft.Extensions.Logging.LogLevel LeastLogged => Microsoft.Extensions.Logging.LogLevel.Trace;

    private readonly string secrets = Directory.CreateTempSubdirectory("liaison-secrets-").FullName;
    private int persons;

    protected override Liaison.Platform.Web.ProviderOptions Providers => new() { SecretFolder = secrets };

    /// <summary>What an operator does with the client secret of a provider.</summary>
    public Task KeepSecretAsync(string code, string secret) => File.WriteAllTextAsync(Path.Combine(secrets, code), secret + "\n");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(secrets, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A name that a passkey can belong to, unlike an address.</summary>
    public Uri Site => new($"http://localhost:{Address.Port}");

    internal MovedClock Time { get; } = new();

    protected override TimeProvider Clock => Time;

    /// <summary>A new account of a person of Utopia, invited.</summary>
    public async Task<string> InvitePersonAsync()
    {
        var name = $"officer-{Interlocked.Increment(ref persons)}";
        await RunAsync("""
            INSERT INTO members.account (name, member, kind, title, permissions, state, created_at, created_by)
            VALUES ($1, 'UTO', 'person', $2, '{hub.status,travelDocuments.search}', 'invited', now(), 'test')
            """, name, $"Officer {persons} <b>of the night</b>");
        return name;
    }

    /// <summary>Path and query of a one-time link.</summary>
    public async Task<string> LinkAsync(string account, TimeSpan? validFor = null)
    {
        await using var database = NpgsqlDataSource.Create(AppConnectionString);
        await using var transaction = await WriteTransaction.BeginAsync(database, Time, CancellationToken.None);
        var link = await Invitations.MakeAsync(transaction, account, validFor ?? TimeSpan.FromHours(1), CancellationToken.None);
        var act = new Act(new Caller("test", "UTO", new HashSet<string>(), null), new("test.invited", ""));
        transaction.Add(act.Entry("done", transaction.At));
        await transaction.CommitAsync("members", CancellationToken.None);
        return link;
    }

    public async Task RunAsync(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The events of the account in the audit with their outcomes, in order.</summary>
    public async Task<string[]> AuditedAsync(string account) => await ScalarAsync<string[]>(
        "SELECT coalesce(array_agg(event || ' ' || outcome ORDER BY at, id), '{}') FROM audit.entry WHERE account = $1", account);
}
