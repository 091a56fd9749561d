using ApiTests.Hits;
using ApiTests.TravelDocuments;
using Liaison.Cli;

namespace ApiTests.CommandLine;

/// <summary>A hit from the command line: asked for, followed, confirmed, ended.</summary>
public sealed class HitsTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Who_asked_follows_the_hit_until_the_owner_confirms_and_says_what_came_of_it()
    {
        await hub.RecordedAsync(Documents.Stolen("CL0000001"));
        using var asker = new HubShell(hub.Address, Callers.Germany);
        using var owner = new HubShell(hub.Address, Callers.Utopia);
        Assert.Equal(ExitCode.Done, await asker.RunAsync("search", "CL0000001", "--issuer", "UTO", "--priority", "immediate"));
        var id = asker.Out.Split("liaison hits follow ")[1][..36];
        await hub.OpenedAsync(Guid.Parse(id));
        var told = new TaskCompletionSource<string>();
        asker.Heard = line => told.TrySetResult(line);
        var following = asker.RunAsync("hits", "follow", id);
        Assert.Matches("^no answer yet, [5-9] minutes left$", await told.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(ExitCode.Done, await owner.RunAsync("hits", "list", "--state", "open"));
        Assert.Contains("immediate", owner.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, await owner.RunAsync("hits", "confirm", id, "--note", "Take it."));
        Assert.Equal(ExitCode.Done, await following.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("CONFIRMED", asker.Out, StringComparison.Ordinal);
        Assert.Contains("Take it.", asker.Out, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Done, await asker.RunAsync("hits", "outcome", id, "documentSeized"));
        Assert.Equal(ExitCode.Done, await owner.RunAsync("hits", "close", id));
        Assert.Equal(ExitCode.Refused, await owner.RunAsync("hits", "deny", id));
        Assert.Equal(ExitCode.Done, await owner.RunAsync("hits", "figures"));
        Assert.Contains("documentSeized 1", owner.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, await asker.RunAsync("hits", "show", id));
        Assert.Contains("Closed.", asker.Out, StringComparison.Ordinal);
        foreach (var (locale, words) in new[] { ("fr_CA.UTF-8", "Le dossier est clos."), ("ar", "أُغلقت القضية."), ("C.UTF-8", "The case is closed.") })
        {
            asker.Set("LC_ALL", locale);
            Assert.Equal(ExitCode.Done, await asker.RunAsync("hits", "show", id));
            Assert.Contains(words, asker.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_exit_code_tells_the_answer_and_a_possible_match_is_asked_for()
    {
        await hub.RecordedAsync(Documents.Stolen("CL0000011"));
        using var asker = new HubShell(hub.Address, Callers.Germany);
        Assert.Equal(ExitCode.Possible, await asker.RunAsync("search", "CL000001I", "--issuer", "UTO"));
        var ask = asker.Out.Split("liaison hits ask ")[1].Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ExitCode.Possible, await asker.RunAsync("hits", "follow", ask[0]));
        Assert.Equal(ExitCode.Done, await asker.RunAsync(["hits", "ask", ask[0], "--search", ask[2], "--note", "Is it?"]));
        await hub.AnswerAsync(Guid.Parse(ask[0]), "deny");
        Assert.Equal(ExitCode.NotKnown, await asker.RunAsync("hits", "follow", ask[0]));
    }
}
