using Liaison.Cli;

namespace ApiTests.CommandLine;

/// <summary>The real command line in this process, talking to a hub of the tests.</summary>
internal sealed class HubShell : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("liaison-shell-");
    private readonly Dictionary<string, string> variables;

    public HubShell(Uri hub, string token) => variables = new()
    {
        ["HOME"] = root.FullName, ["LIAISON_HUB"] = hub.GetLeftPart(UriPartial.Authority), ["LIAISON_TOKEN"] = token,
    };

    /// <summary>Nothing is known of a hub but where it is.</summary>
    public HubShell(Uri hub) => variables = new() { ["HOME"] = root.FullName, ["LIAISON_HUB"] = hub.GetLeftPart(UriPartial.Authority) };

    public string Profiles => Path.Combine(root.FullName, ".config", "liaison", "profiles.json");

    /// <summary>What the command tells while it runs.</summary>
    public Action<string> Heard { get; set; } = _ => { };

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public string In { get; set; } = "";

    public string Out { get; private set; } = "";

    public string Err { get; private set; } = "";

    public void Set(string variable, string value) => variables[variable] = value;

    public string Write(string name, string text)
    {
        var file = Path.Combine(root.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }

    public string Read(string name) => File.ReadAllText(Path.Combine(root.FullName, name));

    public async Task<int> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new Overheard(Heard);
        using var input = new StringReader(In);
        var code = await Liaison.Cli.Program.RunAsync(args, new Surroundings(input, output, error)
        {
            Variable = variables.GetValueOrDefault, Folder = root.FullName, Clock = Clock,
        });
        (Out, Err) = (output.ToString(), error.ToString());
        return code;
    }

    public void Dispose() => root.Delete(recursive: true);

    private sealed class Overheard(Action<string> heard) : StringWriter
    {
        public override Task WriteLineAsync(string? value)
        {
            heard(value ?? "");
            return base.WriteLineAsync(value);
        }
    }
}
