using System.Text;

namespace Failover;

/// <summary>The bytes of a YAML file as text.</summary>
internal static class YamlFile
{
    /// <summary>How large a file may be, in bytes: 100,000 components take about 20 MB. It is read whole, and takes three times its size
    /// meanwhile.</summary>
    public const int Largest = 64 * 1024 * 1024;

    /// <summary>Reads a file whole.</summary>
    /// <param name="file">Where it is.</param>
    /// <param name="at">Who asked for it: what is wrong with the file as a whole is reported there.</param>
    /// <param name="called">What it is called there.</param>
    /// <param name="reader">Reads it.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <returns>Null where it cannot be used.</returns>
    public static string? Read(string file, Position at, string called, FileReader reader, ConfigurationErrors errors)
    {
        FileReading reading = reader.Read(file, Largest);
        if (reading.Flaw is { } flaw)
        {
            errors.Add(at, $"{called} {flaw}", reading.Accepted);
            return null;
        }

        ReadOnlySpan<byte> bytes = reading.Bytes.AsSpan();
        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        if (FirstInvalidByte(bytes) is (var index, { } problem))
        {
            string before = Encoding.UTF8.GetString(bytes[..index]);
            int line = 1 + before.AsSpan().Count('\n');
            errors.Add(new(file, line, before.Length - before.LastIndexOf('\n')), problem);
            return null;
        }

        return Encoding.UTF8.GetString(bytes);
    }

    // YAML allows no others (1.2.2, 5.1), and the parser takes a NUL for the end of the file.
    private static (int Index, string? Problem) FirstInvalidByte(ReadOnlySpan<byte> bytes)
    {
        int control = 0;
        while (
            control < bytes.Length
            && (bytes[control] >= ' ' || bytes[control] is (byte)'\t' or (byte)'\n' or (byte)'\r')
        )
        {
            control++;
        }

        int index = 0;
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            while (Rune.DecodeFromUtf8(bytes[index..], out _, out int length) == System.Buffers.OperationStatus.Done)
            {
                index += length;
            }

            if (index < control)
            {
                return (index, "this is no UTF-8");
            }
        }

        return control < bytes.Length
            ? (control, $"a control character, \\u{bytes[control]:x4}, in the file")
            : (0, null);
    }
}
