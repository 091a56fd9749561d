using System.Buffers;
using System.Security.Cryptography;
using Liaison.Api;
using Liaison.Platform.Data;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Liaison.Platform.Attachments;

/// <summary>A file that somebody sends, on the node's disk while it is stored; nothing is left of it when this ends, or the process does.</summary>
public sealed class Upload : IAsyncDisposable
{
    public const string MediaType = "application/octet-stream";
    private const int Piece = 64 << 10;

    /// <summary>An upload that takes longer is one that is meant to.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly FileStream file;

    private Upload(FileStream file, AttachmentKind kind, string? name, byte[] sha256) =>
        (this.file, Type, Name, Bytes, Sha256) = (file, kind.Type, AttachmentName.Clean(name, kind), (int)file.Length, sha256);

    public string Name { get; }

    public string Type { get; }

    public int Bytes { get; }

    public byte[] Sha256 { get; }

    internal Stream Content => file;

    /// <summary>Takes the body of a request; its name stands in <c>Content-Disposition</c> (RFC 6266), never in the address.</summary>
    /// <returns>The file, or the problem to answer.</returns>
    public static async Task<(Upload? Taken, Problem? Problem)> TakeAsync(HttpContext http, NodeOptions node, DiskGuard disk)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || type.MediaType != MediaType)
            return (null, PlatformProblems.UnsupportedMediaType.With($"Send the bytes as {MediaType}: what they are is seen by what they hold."));
        if (disk.RefuseUpload(http.Request.ContentLength) is { } full) return (null, full);
        var name = ContentDispositionHeaderValue.TryParse(http.Request.Headers.ContentDisposition.ToString(), out var disposition)
            ? (disposition.FileNameStar.Value ?? disposition.FileName.Value)?.Trim('"') : null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        patience.CancelAfter(Patience);
        var file = Open(node.SpoolFolder);
        Upload? taken = null;
        try
        {
            var look = new ContentLook();
            var hash = await CopyAsync(http.Request.Body, file, look, patience.Token);
            if (hash is null) return (null, PlatformProblems.BodyTooLarge.With($"At most {Attachment.MostBytes >> 20} MiB in one file."));
            if (look.Kind() is not { } kind)
                return (null, PlatformProblems.UnsupportedContent.With("PDF, JPEG, PNG, TIFF and plain text in UTF-8 are taken. What a file is called does not matter."));
            return (taken = new(file, kind, name, hash), null);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            return (null, PlatformProblems.BodyTimeout.With($"The file took more than {Patience.TotalMinutes:F0} minutes."));
        }
        finally
        {
            if (taken is null) await file.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => file.DisposeAsync();

    /// <returns>The SHA-256 of it all; null when it is over the limit.</returns>
    private static async Task<byte[]?> CopyAsync(Stream from, FileStream to, ContentLook look, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            for (int read; (read = await from.ReadAsync(piece, cancellation)) > 0;)
            {
                if (to.Position + read > Attachment.MostBytes) return null;
                look.Add(piece.AsSpan(0, read));
                hash.AppendData(piece, 0, read);
                await to.WriteAsync(piece.AsMemory(0, read), cancellation);
            }

            await to.FlushAsync(cancellation);
            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece, clearArray: true);
        }
    }

    /// <summary>A file without a name where the system knows such: then also a process that is killed leaves nothing.</summary>
    private static FileStream Open(string folder)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            options.Options = FileOptions.Asynchronous;
        }

        var path = Path.Combine(folder, Guid.NewGuid().ToString("N") + ".attachment");
        var file = new FileStream(path, options);
        if (!OperatingSystem.IsWindows()) File.Delete(path);
        return file;
    }
}
