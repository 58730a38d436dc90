using System.Security.Cryptography;
using System.Text;

namespace Failover;

/// <summary>A short text that stands for a long one: equal where that is, and the same in the next process.</summary>
internal static class Fingerprint
{
    private const int Bytes = 16;

    /// <summary>32 hexadecimal digits.</summary>
    public static string Of(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, Bytes));
}
