using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Members.Demo;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace ApiTests.Members;

/// <summary>What other modules know of members: a partner can be named by a restriction, and a carrier is sent to a desk.</summary>
public sealed class PartnerTests(TestCluster cluster) : HubFixture(cluster)
{
    private const string TokenOfEuropol = "token-of-europol";

    [Fact]
    public async Task A_restriction_names_a_partner_from_the_moment_that_it_is_a_member()
    {
        var restricted = Documents.Stolen("PA0000001") with { Restrictions = new(["EUROPOL"], null) };
        var early = await As(Callers.Utopia).RecordAsync(restricted, null, default);
        Assert.Equal(("restrictions", "memberUnknown"), (early.Problem!.Errors!.Single().Field, early.Problem.Errors!.Single().Code));

        await using var other = await StartHubAsync();
        await AdmittedAsync();
        Assert.NotNull((await As(Callers.Utopia).RecordAsync(restricted, null, default)).Value);
        await RecordedOnAsync(other, Documents.Stolen("PA0000002") with { Restrictions = new(null, ["EUROPOL"]) });
        var job = (await this.ImportAsync(Encoding.UTF8.GetBytes(
            "number,issuer,kind,status,notFor\nPA0000003,UTO,passport,stolen,EUROPOL\nPA0000004,UTO,passport,stolen,EUROJUST\n"), "text/csv")).Value!;
        Assert.Equal((1L, "memberUnknown"), (job.Recorded, job.Rejects.Single().Code));

        Assert.Equal("notKnown", (await this.FoundAsync(new() { Number = "PA0000001", Issuer = "UTO" }, TokenOfEuropol)).Answer);
        Assert.Equal("hit", (await this.FoundAsync(new() { Number = "PA0000002", Issuer = "UTO" }, TokenOfEuropol)).Answer);
        Assert.Equal("notKnown", (await this.FoundAsync(new() { Number = "PA0000003", Issuer = "UTO" }, TokenOfEuropol)).Answer);
        Assert.Equal("hit", (await this.FoundAsync(new() { Number = "PA0000001", Issuer = "UTO" }, Callers.Germany)).Answer);
        Assert.Equal("notKnown", (await this.FoundAsync(new() { Number = "PA0000002", Issuer = "UTO" }, Callers.Germany)).Answer);
    }

    [Fact]
    public async Task A_carrier_is_sent_to_the_urgent_desk_of_the_owner_else_to_the_routine_one()
    {
        await this.RecordedAsync(Documents.Stolen("PA0000011"));
        Assert.Null((await ReferredAsync("PA0000011")).Contact);
        var desk = new Desk { Urgency = "routine", Name = "Office", Contact = "office@utopia.example", Languages = ["en"], TimeZone = "Europe/Paris", Hours = "Mon-Fri 08:00-17:00" };
        await SentAsync(Callers.UtopiaBureau, Routes.Desks, desk, LiaisonJson.Default.Desk, LiaisonJson.Answers.Desk);
        Assert.Equal("Office", (await ReferredAsync("PA0000011")).Contact!.Name);
        await SentAsync(Callers.UtopiaBureau, Routes.Desks, desk with { Urgency = "urgent", Name = "Duty room", Hours = "24/7", OnCall = "+00 1" },
            LiaisonJson.Default.Desk, LiaisonJson.Answers.Desk);
        var refer = await ReferredAsync("PA0000011");
        Assert.Equal(("UTO", "Duty room", "24/7", "+00 1"), (refer.Desk, refer.Contact!.Name, refer.Contact.Hours, refer.Contact.OnCall));
        Assert.Equal(["en"], refer.Contact.Languages);
        // Nobody else is told of a desk.
        Assert.Null((await this.FoundAsync(new() { Number = "PA0000011", Issuer = "UTO" }, Callers.Germany)).Refer);
    }

    private async Task<Liaison.Api.TravelDocuments.Referral> ReferredAsync(string number) =>
        (await this.FoundAsync(new() { Number = number, Issuer = "UTO", Kind = "passport" }, Callers.Airline)).Refer!;

    /// <summary>Another node learns of a member as it learns of everything: within a moment.</summary>
    private static async Task RecordedOnAsync(WebApplication node, Liaison.Api.TravelDocuments.TravelDocumentRequest request)
    {
        using var http = new HttpClient { BaseAddress = new Uri(node.Urls.First()) };
        var client = new LiaisonClient(http, Callers.Utopia);
        for (var tries = 0; tries < 40; tries++)
        {
            var reply = await client.RecordAsync(request, null, default);
            if (reply.Value is not null) return;
            Assert.Equal("memberUnknown", reply.Problem!.Errors!.Single().Code);
            await Task.Delay(50);
        }

        Assert.Fail("The other node does not know the member.");
    }

    private async Task AdmittedAsync()
    {
        await ApprovedAsync(Routes.Members, new MemberRequest { Code = "EUROPOL", Kind = "partner", Name = "Europol" }, LiaisonJson.Default.MemberRequest);
        await ApprovedAsync(Routes.Agreements, new AgreementRequest
        {
            Member = "EUROPOL", Dataset = "travelDocuments", Access = "search", Purposes = ["borderControl"],
        }, LiaisonJson.Default.AgreementRequest);
        await using var connection = new NpgsqlConnection(OwnerConnectionString);
        await connection.OpenAsync();
        await Seed.InsertAsync(connection, [], [new("europol", "EUROPOL", Callers.Everything, "borderControl", TokenOfEuropol)],
            TimeProvider.System.GetUtcNow(), CancellationToken.None);
    }

    private async Task ApprovedAsync<T>(string path, T request, JsonTypeInfo<T> type)
    {
        var asked = await SentAsync(Callers.Administrator, path, request, type, LiaisonJson.Answers.Approval);
        await SentAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, new ApprovalDecision { Id = asked.Id, Decision = "approved" },
            LiaisonJson.Default.ApprovalDecision, LiaisonJson.Answers.Approval);
    }

    private async Task<TAnswer> SentAsync<T, TAnswer>(string by, string path, T sent, JsonTypeInfo<T> type, JsonTypeInfo<TAnswer> answer)
    {
        using var content = JsonContent.Create(sent, type);
        using var response = await Http(by).PostAsync(new Uri(path, UriKind.Relative), content);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonSerializer.Deserialize(body, answer)!;
    }
}
