using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Failover;

/// <summary>The part of the program's own file that is mapped to be read only: constants, and what describes types and stack frames.
/// The start reads nearly all of it, and what comes afterwards hardly any.</summary>
[SupportedOSPlatform("linux")]
internal static class ProgramPages
{
    // Linux, Documentation/admin-guide/mm/pagemap.rst: 64 bits for each page.
    private const ulong IsPresent = 1UL << 63;
    private const ulong IsSwapped = 1UL << 62;
    private const ulong IsOfFile = 1UL << 61;

    /// <summary>Gives the pages back to the system, which keeps them in its cache of files: one that is used again is there at once.</summary>
    public static void Release()
    {
        if (Environment.ProcessPath is { } program)
        {
            Release(program);
        }
    }

    /// <summary>Gives the pages of a file back.</summary>
    /// <param name="file">Its path, without links.</param>
    /// <returns>How many bytes of memory are not used any longer.</returns>
    internal static long Release(string file)
    {
        try
        {
            long released = 0;
            using SafeFileHandle pages = File.OpenHandle("/proc/self/pagemap");
            foreach (string line in File.ReadAllLines("/proc/self/maps"))
            {
                if (
                    RangeOf(line, file) is var (begin, length)
                    && ResidentBytes(pages, begin, length) is { } resident and > 0
                )
                {
                    released += MappedPages.Release(begin, length) ? resident : 0;
                }
            }

            return released;
        }
#pragma warning disable CA1031 // No such file system, or one that says it otherwise: it only costs memory.
        catch (Exception)
#pragma warning restore CA1031
        {
            return 0;
        }
    }

    // proc_pid_maps(5): "55a88cc55000-55a88d036000 r--p 01177000 fe:00 11739139   /usr/bin/failover".
    private static (nint Begin, nint Length)? RangeOf(string line, string file)
    {
        string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields is not [var range, "r--p", .., var path] || path != file)
        {
            return null;
        }

        string[] ends = range.Split('-');
        nint begin = nint.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (begin, nint.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) - begin);
    }

    // Zero where nothing is known as well: where pagemap is restricted or emulated, all entries may be zero.
    // Null where a page is no longer the file's: the loader and the runtime write some before they make them read-only (relocations, the
    // cookie that guards stacks), and such a page would be lost.
    private static long? ResidentBytes(SafeFileHandle pages, nint begin, nint length)
    {
        int size = Environment.SystemPageSize;
        byte[] entries = new byte[length / size * sizeof(ulong)];
        if (RandomAccess.Read(pages, entries, begin / size * sizeof(ulong)) != entries.Length)
        {
            return null;
        }

        long resident = 0;
        for (int at = 0; at < entries.Length; at += sizeof(ulong))
        {
            ulong entry = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(at));
            if ((entry & (IsPresent | IsSwapped)) != 0 && (entry & IsOfFile) == 0)
            {
                return null;
            }

            resident += (entry & IsPresent) != 0 ? size : 0;
        }

        return resident;
    }
}
