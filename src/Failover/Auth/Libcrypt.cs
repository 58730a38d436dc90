using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace Failover;

/// <summary>crypt_r(3) of the system's libxcrypt: bcrypt, SHA-256 and SHA-512 crypt, DES crypt.</summary>
/// <remarks>One hash at a time in the process, however many password files there are: log-ins must not take the cores that
/// answer load balancers. Call it on a thread that may wait.</remarks>
internal static partial class Libcrypt
{
    /// <summary>The packages that hold it.</summary>
    public const string Packages = "libcrypt1 (Debian, Ubuntu) or libxcrypt-compat (Fedora, Red Hat, SUSE)";

    public const string Library = "libcrypt.so.1";

    // sizeof(struct crypt_data): 32,768 in libxcrypt (crypt.h), 131,232 in the libcrypt.so.1 that glibc itself had before.
    private const int SizeOfCryptData = 131_232;

    private static volatile bool isLoaded;

    private static readonly Lock OneAtATime = new();
    private static readonly byte[] CryptData = GC.AllocateUninitializedArray<byte>(SizeOfCryptData, pinned: true);

    /// <summary>Whether this system has it: Windows, macOS and Linux with musl do not.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool IsAvailable => OperatingSystem.IsLinux() && IsInstalled;

    // That it is missing is not remembered: an operator may install it while this process runs.
    private static bool IsInstalled =>
        isLoaded
        || (
            isLoaded = NativeLibrary.TryLoad(
                Library,
                typeof(Libcrypt).Assembly,
                DllImportSearchPath.SafeDirectories,
                out _
            )
        );

    /// <summary>Hashes with the format, salt and cost of a stored hash.</summary>
    /// <returns>Null where the library cannot: a password with NUL or of 512 bytes and more, or a format it does not know.</returns>
    /// <exception cref="DllNotFoundException">The library is not installed.</exception>
    [SupportedOSPlatform("linux")]
    public static unsafe string? Hash(ReadOnlySpan<byte> password, string setting)
    {
        if (password.Contains((byte)0))
        {
            return null;
        }

        // Both end in the NUL that C wants.
        byte[] phrase = GC.AllocateArray<byte>(password.Length + 1, pinned: true);
        byte[] settingBytes = new byte[setting.Length + 1];
        Encoding.ASCII.GetBytes(setting, settingBytes);
        try
        {
            password.CopyTo(phrase);
            lock (OneAtATime)
            {
                CryptData.AsSpan().Clear();
                fixed (
                    byte* phraseStart = phrase,
                        settingStart = settingBytes,
                        data = CryptData
                )
                {
                    // A failure is null or a text that begins with '*', which no hash does.
                    string? hash = Marshal.PtrToStringUTF8((nint)CryptR(phraseStart, settingStart, data));
                    return hash is null or ['*', ..] ? null : hash;
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(phrase);
        }
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport(Library, EntryPoint = "crypt_r")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial byte* CryptR(byte* phrase, byte* setting, byte* data);
}
