namespace Failover;

public sealed class ProgramPagesTests
{
    private const string Maps = """
        55a0d0000000-55a0d0400000 r--p 00000000 08:01 1050000                    /usr/bin/failover
        Size:               4096 kB
        Anonymous:             0 kB
        VmFlags: rd mr mw me
        55a0d0400000-55a0d1000000 r-xp 00400000 08:01 1050000                    /usr/bin/failover
        Rss:               12288 kB
        Anonymous:             0 kB
        VmFlags: rd ex mr mw me
        55a0d1000000-55a0d1100000 r--p 01000000 08:01 1050000                    /usr/bin/failover
        Anonymous:           120 kB
        55a0d1100000-55a0d1200000 rw-p 01100000 08:01 1050000                    /usr/bin/failover
        Anonymous:             0 kB
        55a0d2000000-55a0d2100000 rw-p 00000000 00:00 0                          [heap]
        Anonymous:             0 kB
        7f0000000000-7f0000100000 r--s 00000000 08:01 1050001                    /usr/share/a
        Anonymous:             0 kB
        7f0000200000-7f0000300000 r--p 00000000 00:00 0
        Anonymous:             0 kB
        7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0                          [vdso]
        Anonymous:             0 kB
        """;

    [Fact]
    public void Only_what_is_as_in_its_file_is_given_back() =>
        ProgramPages
            .Unchanged(Maps.Split('\n'))
            .Select(mapping => ((long)mapping.Begin, (long)mapping.End))
            .ShouldBe([(0x55a0d0000000, 0x55a0d0400000), (0x55a0d0400000, 0x55a0d1000000)]);

    [Fact]
    public void A_process_that_gives_them_back_goes_on()
    {
        ProgramPages.GiveBack();

        Enumerable.Range(1, 100).Sum().ShouldBe(5050);
    }
}
