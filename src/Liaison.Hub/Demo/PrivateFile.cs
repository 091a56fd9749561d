using System.Text.Json;
using Liaison.Api;

namespace Liaison.Hub.Demo;

/// <summary>Writes a file that holds tokens: mode 0600 from its first byte, and whole or not at all.</summary>
internal static class PrivateFile
{
    public static void Write(string path, LocalHub content)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options)) JsonSerializer.Serialize(file, content, LiaisonJson.Default.LocalHub);
        File.Move(temporary, path, overwrite: true);
    }
}
