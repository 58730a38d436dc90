using System.Net;

namespace Failover;

/// <summary>An address of the loopback for each of up to 62,500 targets, so that a listener can tell them apart.</summary>
internal static class TargetAddress
{
    private const int PerByte = 250;

    public static IPAddress Of(int target) => new([127, 1, (byte)(target / PerByte), (byte)(1 + (target % PerByte))]);

    public static int TargetOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.MapToIPv4().TryWriteBytes(bytes, out _) ? (bytes[2] * PerByte) + bytes[3] - 1 : -1;
    }
}
