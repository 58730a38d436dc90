using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Failover;

[SupportedOSPlatform("linux")]
public sealed partial class ProgramPagesTests : IDisposable
{
    private const int Pages = 64;

    // Linux: asm-generic/mman-common.h
    private const int Read = 1;
    private const int Write = 2;
    private const int Private = 2;

    private static readonly nint Size = Environment.SystemPageSize;

    private readonly string file = Path.GetTempFileName();
    private readonly byte[] content = new byte[Pages * Size];
    private readonly nint begin;

    public ProgramPagesTests()
    {
        new Random(1).NextBytes(content);
        File.WriteAllBytes(file, content);
        using SafeFileHandle open = File.OpenHandle(file);
        begin = Map(0, content.Length, Read, Private, open, 0);
        Mapped.SequenceEqual(content).ShouldBeTrue();
    }

    private unsafe ReadOnlySpan<byte> Mapped => new((void*)begin, content.Length);

    public void Dispose()
    {
        _ = Unmap(begin, content.Length);
        File.Delete(file);
    }

    [Fact]
    public void Pages_that_were_read_are_given_back_and_there_again_when_they_are_used()
    {
        ProgramPages.Release(file).ShouldBe(content.Length);
        ProgramPages.Release(file).ShouldBe(0);

        Mapped.SequenceEqual(content).ShouldBeTrue();
        ProgramPages.Release(file).ShouldBe(content.Length);
    }

    // As the loader does it with relocations, and the runtime with the cookie that guards stacks.
    [Fact]
    public unsafe void A_mapping_with_a_page_that_was_written_before_it_became_read_only_stays_as_it_is()
    {
        Protect(begin, content.Length, Read | Write).ShouldBe(0);
        ((byte*)begin)[5 * Size] ^= 0xff;
        Protect(begin, content.Length, Read).ShouldBe(0);
        content[5 * Size] ^= 0xff;

        ProgramPages.Release(file).ShouldBe(0);
        Mapped.SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public void A_mapping_that_may_be_written_stays_as_it_is()
    {
        Protect(begin, content.Length, Read | Write).ShouldBe(0);

        ProgramPages.Release(file).ShouldBe(0);
    }

    [Fact]
    public void Other_files_are_left_alone()
    {
        ProgramPages.Release(file + "x").ShouldBe(0);
        ProgramPages.Release(file).ShouldBe(content.Length);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Map(nint where, nint length, int access, int flags, SafeFileHandle file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(nint begin, nint length);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Protect(nint begin, nint length, int access);
}
