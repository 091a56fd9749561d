using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Liaison.Api;
using Liaison.Api.Members;

namespace ApiTests.Members;

/// <summary>What administrators do about providers, through the front door.</summary>
internal static class ProviderActs
{
    /// <summary>Registers the provider for the member, with four eyes, and tells it of the hub.</summary>
    public static async Task<Provider> RegisterAsync(this SignInHub hub, TestProvider provider, string member = "UTO", Func<ProviderRequest, ProviderRequest>? but = null)
    {
        var request = new ProviderRequest { Member = member, Issuer = provider.Issuer, ClientId = TestProvider.ClientId, Title = $"Police of {member}", Algorithms = ["ES256"] };
        var waiting = await hub.SentAsync(Callers.Administrator, Routes.Providers, but?.Invoke(request) ?? request, LiaisonJson.Default.ProviderRequest,
            LiaisonJson.Answers.Approval, 202);
        var decided = await hub.ApproveAsync(waiting.Id);
        var made = decided.Result!.Value.Deserialize(LiaisonJson.Answers.Provider)!;
        provider.Know(hub.Site);
        provider.Code = made.Code;
        return made;
    }

    public static Task<Approval> ApproveAsync(this HubFixture hub, Guid id) => hub.SentAsync(Callers.SecondAdministrator, Routes.ApprovalDecision,
        new ApprovalDecision { Id = id, Decision = "approved" }, LiaisonJson.Default.ApprovalDecision, LiaisonJson.Answers.Approval, 200);

    public static Task<Account> BindAsync(this HubFixture hub, string account, string? provider, string? subject) => hub.SentAsync(Callers.Administrator,
        Routes.AccountProvider, new AccountProviderRequest { Name = account, Provider = provider, Subject = subject },
        LiaisonJson.Default.AccountProviderRequest, LiaisonJson.Answers.Account, 200);

    public static async Task<TAnswer> SentAsync<T, TAnswer>(
        this HubFixture hub, string by, string path, T sent, JsonTypeInfo<T> type, JsonTypeInfo<TAnswer> answer, int status)
    {
        using var content = JsonContent.Create(sent, type);
        using var response = await hub.Http(by).PostAsync(new Uri(path, UriKind.Relative), content);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} {body}");
        return JsonSerializer.Deserialize(body, answer)!;
    }
}
