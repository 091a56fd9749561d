using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Liaison.Api;
using Liaison.Platform.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Liaison.Platform.Imports;

/// <summary>An upload that lies in the node's folder, with the SHA-256 of what was asked for it and of its bytes.</summary>
public sealed record SpooledFile(string Path, long Length, byte[] Digest);

/// <summary>
/// Where uploads wait for their job: in the node's folder, for the hub's user only, deleted when the job ends and when the node starts.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ImportSpool(NodeOptions node, DiskGuard disk)
{
    public long MostBytes => node.MostUploadBytes;

    private const int Piece = 128 << 10;
    private const string KeptEnding = ".waiting";

    private string NodeFile => Path.Combine(node.SpoolFolder, "node");

    /// <summary>Empties it: what a job that was killed left is of no more use. Files that wait for a second person stay.</summary>
    public void Prepare()
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(node.SpoolFolder);
        else Directory.CreateDirectory(node.SpoolFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var left in Directory.EnumerateFiles(node.SpoolFolder, "*.upload")) File.Delete(left);
    }

    /// <summary>The name under which the last process of this node ran its jobs; null when there was none.</summary>
    public Guid? ReadNode() => File.Exists(NodeFile) && Guid.TryParse(File.ReadAllText(NodeFile), out var node) ? node : null;

    public void WriteNode(Guid name) => File.WriteAllText(NodeFile, name.ToString());

    /// <summary>Puts the file of a job aside until a second person has decided; it is there after a restart.</summary>
    public SpooledFile Keep(SpooledFile file, Guid job)
    {
        var kept = file with { Path = KeptPath(job) };
        File.Move(file.Path, kept.Path, overwrite: true);
        return kept;
    }

    /// <summary>The jobs whose files were put aside on this node, the oldest first. Their digests are not known from this.</summary>
    public IReadOnlyList<(Guid Job, SpooledFile File)> Kept() =>
    [
        .. Directory.EnumerateFiles(node.SpoolFolder, "*" + KeptEnding).Order(StringComparer.Ordinal)
            .Where(path => Guid.TryParseExact(Path.GetFileNameWithoutExtension(path), "N", out _))
            .Select(path => (Guid.ParseExact(Path.GetFileNameWithoutExtension(path), "N"), new SpooledFile(path, new FileInfo(path).Length, []))),
    ];

    /// <summary>True when the file is, byte for byte, the one that was sent.</summary>
    /// <param name="file">With the digest that was taken then.</param>
    /// <param name="asked">As it was said then.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task<bool> IsUnchangedAsync(SpooledFile file, string asked, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(asked + "\n"));
        await using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, Piece, useAsync: true);
        var piece = new byte[Piece];
        for (int read; (read = await stream.ReadAsync(piece, cancellation)) > 0;) hash.AppendData(piece, 0, read);
        return hash.GetHashAndReset().AsSpan().SequenceEqual(file.Digest);
    }

    private string KeptPath(Guid job) => Path.Combine(node.SpoolFolder, job.ToString("N") + KeptEnding);

    /// <summary>The problem of whoever is to put more on a disk, or null. What a file unfolds to is not known when it is taken.</summary>
    public Problem? RefuseMore() => disk.RefuseUpload(null);

    /// <summary>Takes the body of a request to the disk, piece by piece.</summary>
    /// <param name="http">The request.</param>
    /// <param name="asked">What is to be done with it: the same bytes for another end are another request.</param>
    /// <returns>No file when it is over the limit, or when a disk became nearly full meanwhile, which is told then. Nothing is left of it.</returns>
    public async Task<(SpooledFile? File, Problem? Full)> TakeAsync(HttpContext http, string asked)
    {
        if (disk.RefuseUpload(http.Request.ContentLength) is { } known) return (null, known);
        if (http.Request.ContentLength > MostBytes) return (null, null);
        // The server's own limit is for bodies that are read into memory.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var path = Path.Combine(node.SpoolFolder, Guid.NewGuid().ToString("N") + ".upload");
        var kept = false;
        var piece = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.Asynchronous };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using var file = new FileStream(path, options);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(Encoding.UTF8.GetBytes(asked + "\n"));
            int read;
            while ((read = await http.Request.Body.ReadAsync(piece, http.RequestAborted)) > 0)
            {
                if (file.Position + read > MostBytes) return (null, null);
                // Its length was not told, or others came beside it.
                if (RefuseMore() is { } full) return (null, full);
                hash.AppendData(piece, 0, read);
                await file.WriteAsync(piece.AsMemory(0, read), http.RequestAborted);
            }

            kept = true;
            return (new(path, file.Position, hash.GetHashAndReset()), null);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
            if (!kept) File.Delete(path);
        }
    }
}
