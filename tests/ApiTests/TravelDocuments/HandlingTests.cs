using System.Text;
using Liaison.Api.TravelDocuments;

namespace ApiTests.TravelDocuments;

/// <summary>Handling codes and the onward transfer rule: stored, kept in the history, brought by files, shown with every match.</summary>
public sealed class HandlingTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Every_match_and_reading_shows_them()
    {
        var plain = await hub.RecordedAsync(Documents.Stolen("HC0000001"));
        Assert.Equal((new Handling(["H0"], null), "allowed"), (plain.Handling!, plain.OnwardTransfer));
        var record = await hub.RecordedAsync(Documents.Stolen("HC0000002") with { Handling = new(["H3", "H1"], "Only for border posts"), OnwardTransfer = "forbidden" });
        var shown = Assert.Single((await hub.FoundAsync("HC0000002")).Matches).Document;
        Assert.Equal((new Handling(["H1", "H3"], "Only for border posts"), "forbidden"), (shown.Handling!, shown.OnwardTransfer));
        Assert.Equal(shown, (await hub.As(Callers.France).ReadAsync(record.Id, default)).Value);
    }

    [Fact]
    public async Task H2_makes_onward_transfer_ask_the_owner_as_long_as_it_stands()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("HC0000011") with { Handling = new(["H2"], null), OnwardTransfer = "allowed" });
        Assert.Equal("askOwner", record.OnwardTransfer);
        var owner = hub.As(Callers.Utopia);
        var change = Documents.Stolen("HC0000011") with { Why = "place", EventPlace = "Zenda" };
        var kept = (await owner.ChangeAsync(record.Id, "\"1\"", change, default)).Value!;
        Assert.Equal((new Handling(["H2"], null), "askOwner"), (kept.Handling!, kept.OnwardTransfer));
        Assert.Equal("allowed", (await owner.ChangeAsync(record.Id, "\"2\"", change with { Handling = new(["H1"], null) }, default)).Value!.OnwardTransfer);
        var versions = (await owner.VersionsAsync(record.Id, default)).Value!.Items;
        Assert.Equal(["H2", "H2", "H1"], versions.Select(v => v.Document.Handling!.Codes!.Single()));
    }

    [Fact]
    public async Task A_file_brings_them_and_changes_only_what_it_names()
    {
        const string Header = "number,issuer,kind,status,handlingCodes,handlingText,onwardTransfer,sealed\n";
        await ImportAsync(Header + "HC0000021,UTO,passport,stolen,H1 H3,\"Ask, first\",askOwner,\nHC0000022,UTO,passport,stolen,,,,TRUE\nHC0000023,UTO,passport,stolen,,,,\n", (3, 0, 0));
        Assert.Equal((new Handling(["H1", "H3"], "Ask, first"), "askOwner"), await ShownAsync("HC0000021"));
        Assert.NotNull((await hub.FoundAsync("HC0000022")).Sealed);
        Assert.Equal((new Handling(["H0"], null), "allowed"), await ShownAsync("HC0000023"));
        await ImportAsync("number,issuer,kind,status\nHC0000021,UTO,passport,stolen\nHC0000022,UTO,passport,stolen\nHC0000023,UTO,passport,stolen\n", (0, 0, 3));
        await ImportAsync(Header + "HC0000021,UTO,passport,stolen,H0,,,\nHC0000022,UTO,passport,stolen,,,,false\nHC0000023,UTO,passport,stolen,H0,,allowed,false\n", (0, 2, 1));
        Assert.Equal((new Handling(["H0"], null), "askOwner"), await ShownAsync("HC0000021"));
        Assert.Null((await hub.FoundAsync("HC0000022")).Sealed);

        async Task<(Handling?, string?)> ShownAsync(string number)
        {
            var document = Assert.Single((await hub.FoundAsync(number)).Matches).Document;
            return (document.Handling, document.OnwardTransfer);
        }

        async Task ImportAsync(string csv, (long Recorded, long Changed, long Unchanged) expected)
        {
            var job = (await hub.ImportAsync(Encoding.UTF8.GetBytes(csv), "text/csv", feed: "handled")).Value!;
            Assert.Equal(("done", 0L), (job.State, job.Rejected));
            Assert.Equal(expected, (job.Recorded, job.Changed, job.Unchanged));
        }
    }

    [Fact]
    public async Task A_word_that_is_no_truth_does_not_open_a_record()
    {
        var job = (await hub.ImportAsync("number,issuer,kind,status,sealed\nHC0000031,UTO,passport,stolen,yes\n"u8.ToArray(), "text/csv")).Value!;
        Assert.Equal(("sealed", "truth"), (job.Rejects.Single().Column, job.Rejects.Single().Code));
        Assert.Equal("notKnown", (await hub.FoundAsync("HC0000031")).Answer);
    }

    [Fact]
    public async Task What_is_wrong_with_them_is_said()
    {
        var problem = await Documents.RefusedAsync(hub.As(Callers.Utopia).RecordAsync(
            Documents.Stolen("HC0000041") with { Handling = new(["H3"], null), OnwardTransfer = "perhaps" }, null, default));
        Assert.Equal(["handling.text handlingTextRequired", "onwardTransfer onwardTransferUnknown"], problem.Errors.Select(e => $"{e.Field} {e.Code}").Order());
    }
}
