using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>What a program did: its exit code and what it printed.</summary>
internal readonly record struct Ran(int Code, string Output, string Errors)
{
    public bool Ok => Code == 0;
}

/// <summary>
/// The operating system's user PostgreSQL runs as. Everything in the cluster's folders is done by that user, also when the hub is root:
/// so nothing planted there can make root write somewhere else.
/// </summary>
internal sealed class OsUser
{
    private readonly string[] prefix;

    private OsUser(string name, string[] prefix)
    {
        Name = name;
        this.prefix = prefix;
    }

    /// <summary>The user the hub itself runs as.</summary>
    public static OsUser Own { get; } = new(Environment.UserName, []);

    public string Name { get; }

    /// <summary>True when the hub is root and PostgreSQL therefore runs as somebody else (it refuses to run as root).</summary>
    public bool IsAnother => prefix.Length > 0;

    /// <summary>
    /// The user for the cluster in <paramref name="home"/>: the hub's own; for root the one who owns it already, else
    /// <c>postgres</c>, else a system user <c>liaison-pg</c> that is made.
    /// </summary>
    public static async Task<Attempt<OsUser>> ChooseAsync(string home, CancellationToken stop)
    {
        if (!Environment.IsPrivilegedProcess) return Own;

        string[] names = ["postgres", "liaison-pg"];
        if (Directory.Exists(home))
        {
            foreach (var name in names)
            {
                var found = await Own.RunAsync("find", [home, "-maxdepth", "0", "-user", name], null, stop);
                if (found is { Ok: true, Output.Length: > 0 } && await AsRootAsync(name, stop) is { } owner) return owner;
            }
        }

        foreach (var name in names)
        {
            if (await AsRootAsync(name, stop) is { } user) return user;
        }

        string[] words = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"];
        var made = await Own.RunAsync("useradd", [.. words, names[1]], null, stop);
        if (await AsRootAsync(names[1], stop) is { } fresh) return fresh;
        return new Trouble($"PostgreSQL may not run as root and no user for it could be made ({Trouble.ReasonIn(made.Errors)}): "
            + "make a system user postgres, or start the hub as an ordinary user.");
    }

    /// <summary>Runs a program as this user in <c>/</c>, with a plain environment, and waits for it.</summary>
    /// <remarks>A program that is not there gives code 127, as a shell does. Cancelling kills the program.</remarks>
    public async Task<Ran> RunAsync(string program, IEnumerable<string> arguments, string? input, CancellationToken stop)
    {
        var start = new ProcessStartInfo
        {
            // A working directory this user may not enter makes initdb and postgres fail.
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] words = [.. prefix, program, .. arguments];
        start.FileName = words[0];
        foreach (var word in words.AsSpan(1)) start.ArgumentList.Add(word);
        Plain(start.Environment);

        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception refused)
        {
            return new Ran(127, "", refused.Message);
        }

        try
        {
            var output = process.StandardOutput.ReadToEndAsync(stop);
            var errors = process.StandardError.ReadToEndAsync(stop);
            await WriteAsync(process.StandardInput, input);
            await process.WaitForExitAsync(stop);
            return new Ran(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            if (!process.HasExited) process.Kill();
            throw;
        }
    }

    /// <summary>Replaces a file whole, by rename, so that a reader sees the old or the new text.</summary>
    public async Task<Trouble?> WriteFileAsync(string path, string text, CancellationToken stop)
    {
        var ran = await RunAsync("sh", ["-c", "umask 077 && cat > \"$1.new\" && mv -f \"$1.new\" \"$1\"", "sh", path], text, stop);
        return ran.Ok ? null : new Trouble(
            $"{path} cannot be written ({Trouble.ReasonIn(ran.Errors)}): free space or give {Name} the right to write there.");
    }

    private static async Task<OsUser?> AsRootAsync(string name, CancellationToken stop)
    {
        // setpriv becomes the program instead of waiting for it; both tools are in util-linux, so on every Debian.
        var group = await Own.RunAsync("id", ["-g", name], null, stop);
        if (!group.Ok || !int.TryParse(group.Output, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var id))
            return null;
        var regid = string.Create(CultureInfo.InvariantCulture, $"--regid={id}");
        var user = new OsUser(name, ["setpriv", $"--reuid={name}", regid, "--init-groups", "--"]);
        if ((await user.RunAsync("true", [], null, stop)).Ok) return user;
        user = new OsUser(name, ["runuser", "-u", name, "--"]);
        return (await user.RunAsync("true", [], null, stop)).Ok ? user : null;
    }

    private static void Plain(IDictionary<string, string?> environment)
    {
        var path = environment.TryGetValue("PATH", out var given) && given is { Length: > 0 } ? given : "/usr/local/bin:/usr/bin:/bin";
        environment.Clear();
        // useradd and setpriv may lie in sbin, which is not on everybody's path.
        environment["PATH"] = path + ":/usr/sbin:/sbin";
        environment["HOME"] = "/";
        environment["LC_ALL"] = "C";
    }

    private static async Task WriteAsync(StreamWriter writer, string? input)
    {
        try
        {
            if (input is not null) await writer.WriteAsync(input);
            writer.Close();
        }
        catch (IOException)
        {
            // The program ended without reading; its exit code tells more than the broken pipe.
        }
    }
}
