using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace EmailOps.Core.Learning;

/// <summary>A file as memory, read-only. Unmapped when nobody holds a piece of it any more.</summary>
internal sealed unsafe class MappedFile : MemoryManager<byte>
{
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int _length;

    private MappedFile(MemoryMappedViewAccessor view, int length)
    {
        // The handle of a view is its address. No reference is counted on it (AcquirePointer), so the handle's own finalizer unmaps the file when the last piece is gone.
        (_view, _length) = (view, length);
        _start = (byte*)view.SafeMemoryMappedViewHandle.DangerousGetHandle() + view.PointerOffset;
    }

    /// <exception cref="InvalidDataException">Empty, or too large (2 GiB).</exception>
    public static MappedFile Open(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (file.Length is 0 or > int.MaxValue)
            throw new InvalidDataException($"it has {file.Length} bytes");
        using var mapped = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        return new MappedFile(mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read), (int)file.Length);
    }

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing) => _view.Dispose();
}
