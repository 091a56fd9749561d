using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ApiTests.CommandLine;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.Hits;
using Liaison.Cli;
using Liaison.Members.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace ApiTests.Hits;

/// <summary>What the owner and one who asked write and hand to each other.</summary>
public sealed class MessageTests(MovedHub hub) : IClassFixture<MovedHub>
{
    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n");

    [Fact]
    public async Task Owner_and_asker_write_to_each_other_and_no_other_asker_sees_it()
    {
        var (_, german) = await hub.MetAsync("MS0000001");
        var french = await hub.MetAgainAsync("MS0000001", Callers.France);
        await hub.OpenedAsync(german);
        var other = (await hub.OpenedAsync(french, Callers.France)).Version;
        var waiting = hub.As(Callers.Utopia).HitAsync(german, 30, (await hub.OwnersAsync(german)).Value!.Version, default);
        var asked = await WriteAsync(german, Callers.Germany, "Is the photograph\r\nthe holder\u0301s?");
        Assert.Equal(("DEU", german, "Is the photograph\nthe holder\u0301s?".Normalize()), (asked.Value!.Member, asked.Value.Hit, asked.Value.Text));
        Assert.Equal("message", (await waiting).Value!.Events![^1].Act);

        var file = (await hub.OwnersAsync(german)).Value!.Id;
        Assert.Contains("Several asked", (await WriteAsync(file, Callers.Utopia, "Which?")).Problem!.Detail, StringComparison.Ordinal);
        Assert.Null((await WriteAsync(german, Callers.Utopia, "It is.")).Problem);
        var handed = await AttachAsync(german, Callers.Utopia, Pdf, "page one.pdf");
        Assert.Equal(("page one.pdf", "application/pdf", Pdf.Length, Convert.ToHexStringLower(SHA256.HashData(Pdf))),
            (handed.Value!.Attachment!.Name, handed.Value.Attachment.Type, handed.Value.Attachment.Bytes, handed.Value.Attachment.Sha256));

        var seen = (await hub.As(Callers.Germany).HitMessagesAsync(german, default)).Value!.Items;
        Assert.Equal(["DEU", "UTO", "UTO"], seen.Select(m => m.Member));
        Assert.Equal((await hub.As(Callers.Utopia).HitMessagesAsync(german, default)).Body, (await hub.As(Callers.Germany).HitMessagesAsync(german, default)).Body);
        Assert.Empty((await hub.As(Callers.France).HitMessagesAsync(french, default)).Value!.Items);
        Assert.Equal(other, (await hub.OpenedAsync(french, Callers.France)).Version);
        Assert.Equal("unknownHit", (await hub.As(Callers.France).HitMessagesAsync(german, default)).Problem!.Code);
        Assert.Equal("unknownHit", (await WriteAsync(german, Callers.France, "Hello?")).Problem!.Code);
        Assert.Equal("unknownHit", (await hub.As(Callers.Administrator).HitMessagesAsync(file, default)).Problem!.Code);
        foreach (var who in (string[])[Callers.France, Callers.Kingdom, Callers.Administrator])
            Assert.Equal(404, (int)(await FetchAsync(handed.Value.Attachment.Id, who)).StatusCode);
        Assert.Equal(2L, await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'hits.messageWritten' AND outcome = 'done' AND $1 = ANY(records)", german));
        Assert.Equal("true", await hub.ScalarAsync<string>("SELECT payload->>'byOwner' FROM platform.outbox WHERE type = 'hits.message' AND payload->>'hit' = $1 ORDER BY id DESC LIMIT 1",
            german.ToString()));

        await hub.AnswerAsync(german, "withdraw");
        await hub.CloseAsync(german);
        Assert.Equal("hitClosed", (await WriteAsync(german, Callers.Germany, "One more.")).Problem!.Code);
        Assert.Equal(3, (await hub.As(Callers.Germany).HitMessagesAsync(german, default)).Value!.Items.Count);
    }

    [Fact]
    public async Task A_file_is_given_out_to_be_stored_and_in_no_other_way()
    {
        var (_, id) = await hub.MetAsync("MS0000011");
        await hub.OpenedAsync(id);
        // More than one piece, and no whole number of them.
        byte[] picture = [0xFF, 0xD8, 0xFF, .. RandomNumberGenerator.GetBytes(600_000)];
        var handed = (await AttachAsync(id, Callers.Germany, picture, "../\u202Egnp.exe")).Value!.Attachment!;
        Assert.Equal(("gnp.exe.jpg", "image/jpeg"), (handed.Name, handed.Type));
        using var fetched = await FetchAsync(handed.Id, Callers.Utopia);
        Assert.Equal(picture, await fetched.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/jpeg", fetched.Content.Headers.ContentType!.ToString());
        Assert.StartsWith("attachment", fetched.Content.Headers.ContentDisposition!.ToString(), StringComparison.Ordinal);
        Assert.Equal("nosniff", Header(fetched, "X-Content-Type-Options"));
        Assert.Equal("no-store", Header(fetched, "Cache-Control"));
        Assert.StartsWith("sandbox; default-src 'none'", Header(fetched, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(hub.Spool, "*.attachment"));
        Assert.Equal("hits.attachmentFetched", await hub.ScalarAsync<string>("SELECT event FROM audit.entry WHERE $1 = ANY(records) ORDER BY at DESC LIMIT 1", handed.Id));
    }

    [Fact]
    public async Task What_is_of_no_kind_on_the_list_or_too_large_or_too_much_is_refused()
    {
        var (_, id) = await hub.MetAsync("MS0000021");
        await hub.OpenedAsync(id);
        foreach (var bytes in (byte[][])
        [
            [], "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(), " \n<!doctype html><p>"u8.ToArray(), "MZ\0\0"u8.ToArray(), "PK\u0003\u0004"u8.ToArray(),
            [0xFF, 0xFE, 0x41, 0x00], [0xC3, 0x28],
        ]) Assert.Equal("unsupportedContent", (await AttachAsync(id, Callers.Germany, bytes, "picture.png")).Problem!.Code);
        byte[] largest = [.. "%PDF-"u8, .. new byte[(10 << 20) - 5]];
        Assert.Equal("bodyTooLarge", (await AttachAsync(id, Callers.Germany, [.. largest, 0], "large.pdf")).Problem!.Code);
        for (var i = 0; i < 5; i++) Assert.Null((await AttachAsync(id, Callers.Germany, largest, "large.pdf")).Problem);
        Assert.Equal("hitFull", (await AttachAsync(id, Callers.Utopia, Pdf, "small.pdf")).Problem!.Code);
        Assert.Null((await WriteAsync(id, Callers.Utopia, "Enough.")).Problem);

        foreach (var text in (string[])["", " \n ", new('x', 4001), "a\u0007", "a\u202Eb", "a\u2028b"])
            Assert.Equal("invalidRequest", (await WriteAsync(id, Callers.Germany, text)).Problem!.Code);
        Assert.Null((await WriteAsync(id, Callers.Germany, "\u0627\u0644\u0631\u0642\u0645 \u200E12\u200E")).Problem);
    }

    [Fact]
    public async Task Carriers_and_those_whom_the_record_is_kept_from_are_written_no_more()
    {
        var (_, refer) = await hub.MetAsync("MS0000031", Callers.Airline);
        await hub.OpenedAsync(refer, Callers.Airline);
        Assert.Equal("hitNotYours", (await WriteAsync(refer, Callers.Airline, "Hello?")).Problem!.Code);
        Assert.Equal("hitNotYours", (await WriteAsync(refer, Callers.Utopia, "Hello.")).Problem!.Code);

        var (record, id) = await hub.MetAsync("MS0000032");
        await hub.OpenedAsync(id);
        await WriteAsync(id, Callers.Germany, "Ours.");
        var theirs = (await AttachAsync(id, Callers.Utopia, Pdf, "theirs.pdf")).Value!.Attachment!;
        var read = await hub.As(Callers.Utopia).ReadAsync(record, default);
        var changed = await hub.As(Callers.Utopia).ChangeAsync(record, read.ETag!, Documents.Stolen("MS0000032") with { Restrictions = new(null, ["FRA"]), Why = "Kept closer." }, default);
        Assert.True(changed.Problem is null, changed.Body);
        await hub.UntilDispatchedAsync();
        Assert.Equal(["Ours."], (await hub.As(Callers.Germany).HitMessagesAsync(id, default)).Value!.Items.Select(m => m.Text));
        Assert.Equal("hitNotYours", (await WriteAsync(id, Callers.Germany, "More?")).Problem!.Code);
        Assert.Equal(HttpStatusCode.NotFound, (await FetchAsync(theirs.Id, Callers.Germany)).StatusCode);
    }

    /// <summary>A file over a slow line takes minutes to come, and whoever sends it may be somebody else by then.</summary>
    [Fact]
    public async Task A_file_is_handed_over_by_whom_its_sender_is_when_it_has_come()
    {
        await hub.RecordedAsync(Documents.Stolen("MS0000051") with { Restrictions = new(null, ["FRA/BORDER"]) });
        var id = await hub.MetAgainAsync("MS0000051", Callers.BorderPost);
        await hub.OpenedAsync(id, Callers.BorderPost);
        using var file = new HeldFile(Pdf);
        using var handler = new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) };
        using var http = new HttpClient(handler) { BaseAddress = hub.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.HitAttachments(id)) { Content = file, Headers = { ExpectContinue = true, Authorization = new("Bearer", Callers.BorderPost) } };
        var sending = http.SendAsync(request);
        await file.Wanted;
        await hub.ScalarAsync<string>("UPDATE members.account SET unit = NULL WHERE name = 'border-post' RETURNING name");
        // What is changed behind the hub's back it is not told of.
        hub.Services.GetRequiredService<KnownCallers>().Forget(null);
        file.Let();
        using var answer = await sending;
        Assert.Equal("hitNotYours", JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), LiaisonJson.Default.Problem)!.Code);
    }

    [Fact]
    public async Task From_the_command_line_and_once_only_with_a_key_and_all_of_it_goes_with_the_case()
    {
        var (_, id) = await hub.MetAsync("MS0000041");
        await hub.OpenedAsync(id);
        using var asker = new HubShell(hub.Address, Callers.Germany);
        using var owner = new HubShell(hub.Address, Callers.Utopia);
        Assert.Equal(ExitCode.Done, await asker.RunAsync("hits", "message", id.ToString(), "Look at this.", "--idempotency-key", "ms-41"));
        Assert.Equal(ExitCode.Done, await asker.RunAsync("hits", "message", id.ToString(), "Look at this.", "--idempotency-key", "ms-41"));
        asker.Write("note.md", "Seen at the gate.");
        Assert.Equal(ExitCode.Done, await asker.RunAsync("hits", "attach", id.ToString(), "note.md"));
        Assert.Equal(ExitCode.Done, await owner.RunAsync("hits", "messages", id.ToString()));
        Assert.Equal(1, owner.Out.Split("Look at this.").Length - 1);
        var attachment = (await hub.As(Callers.Utopia).HitMessagesAsync(id, default)).Value!.Items[^1].Attachment!.Id;
        Assert.Equal(ExitCode.Done, await owner.RunAsync("hits", "fetch", attachment.ToString()));
        Assert.Equal("Seen at the gate.", owner.Read("note.md.txt"));
        Assert.Equal(ExitCode.Usage, await owner.RunAsync("hits", "fetch", attachment.ToString()));
        Assert.Equal(ExitCode.Refused, await owner.RunAsync("hits", "fetch", Guid.NewGuid().ToString(), "--to", "nothing"));
        Assert.Equal(ExitCode.Usage, await owner.RunAsync("hits", "attach", id.ToString(), "missing.pdf"));

        await hub.AnswerAsync(id, "withdraw");
        await hub.CloseAsync(id);
        hub.Moved.Move(TimeSpan.FromDays(1100));
        for (var tries = 0; tries < 300 && await hub.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM platform.attachment WHERE id = $1)", attachment); tries++) await Task.Delay(100);
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT (SELECT count(*) FROM hits.message WHERE hit = $1) + (SELECT count(*) FROM platform.attachment_piece WHERE attachment = $2)",
            id, attachment));
    }

    private Task<HubReply<HitMessage>> WriteAsync(Guid id, string who, string text) => hub.As(who).WriteHitMessageAsync(id, new() { Text = text }, null, default);

    private async Task<HubReply<HitMessage>> AttachAsync(Guid id, string who, byte[] bytes, string name)
    {
        using var file = new MemoryStream(bytes);
        return await hub.As(who).AttachToHitAsync(id, file, name, null, default);
    }

    private Task<HttpResponseMessage> FetchAsync(Guid attachment, string who) => hub.Http(who).GetAsync(new Uri(Routes.HitAttachment(attachment), UriKind.Relative));

    private static string Header(HttpResponseMessage response, string name) =>
        string.Join(' ', response.Headers.TryGetValues(name, out var values) ? values : response.Content.Headers.GetValues(name));

    /// <summary>A file that comes when it is let. The hub wants it when it has seen who sends it.</summary>
    private sealed class HeldFile : HttpContent
    {
        private readonly byte[] bytes;
        private readonly TaskCompletionSource wanted = new(TaskCreationOptions.RunContinuationsAsynchronously), let = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HeldFile(byte[] bytes)
        {
            this.bytes = bytes;
            Headers.ContentType = new("application/octet-stream");
        }

        public Task Wanted => wanted.Task;

        public void Let() => let.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            wanted.TrySetResult();
            await let.Task;
            await stream.WriteAsync(bytes);
        }

        protected override bool TryComputeLength(out long length) => (length = bytes.Length) > 0;
    }
}
