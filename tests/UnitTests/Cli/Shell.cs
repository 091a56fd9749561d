using Liaison.Cli;

namespace UnitTests.Cli;

/// <summary>Runs the real command line in this process, with folders, variables and streams of its own.</summary>
internal sealed class Shell : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("liaison-cli-");
    private readonly Dictionary<string, string> variables = [];

    public Shell()
    {
        Folder = root.CreateSubdirectory("work").FullName;
        variables["HOME"] = root.CreateSubdirectory("home").FullName;
    }

    public string Folder { get; }

    public string Home => variables["HOME"];

    public string In { get; set; } = "";

    public bool Terminal { get; set; }

    public string Out { get; private set; } = "";

    public string Err { get; private set; } = "";

    public Shell Set(string name, string value)
    {
        variables[name] = value;
        return this;
    }

    public async Task<int> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var input = new StringReader(In);
        var code = await Program.RunAsync(args, Around(input, output, error));
        (Out, Err) = (output.ToString(), error.ToString());
        return code;
    }

    public Surroundings Around(TextReader? input = null, TextWriter? output = null, TextWriter? error = null) =>
        new(input ?? TextReader.Null, output ?? TextWriter.Null, error ?? TextWriter.Null)
        {
            Variable = name => variables.GetValueOrDefault(name),
            Folder = Folder,
            OutIsTerminal = Terminal,
            Clock = TimeProvider.System,
        };

    /// <summary>Writes a file that only its owner may read, as the files that hold tokens are.</summary>
    public static string Private(string folder, string name, string text)
    {
        var file = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    public static string LocalHub(string folder, string address) => Private(folder, ".liaison/hub.json", $$"""
        {"address":"{{address}}","defaultProfile":"utopia","profiles":{
          "utopia":{"member":"UTO","token":"token-utopia"},"france":{"member":"FRA","token":"token-france"} } }
        """);

    public void Dispose() => root.Delete(recursive: true);
}
