using System.Text;

namespace Failover;

/// <summary>A result could not be written: the disk is full, for instance.</summary>
internal sealed class ResultFault(IOException cause) : IOException(cause.Message, cause);

/// <summary>Writes results, and tells a fault of the output from any other.</summary>
/// <param name="output">Where to.</param>
internal sealed class ResultWriter(TextWriter output) : TextWriter(output.FormatProvider)
{
    public override Encoding Encoding => output.Encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void WriteLine(string? value) => Write($"{value}{output.NewLine}".AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        try
        {
            output.Write(buffer);
        }
        catch (IOException fault)
        {
            throw new ResultFault(fault);
        }
    }

    public override void Flush()
    {
        try
        {
            output.Flush();
        }
        catch (IOException fault)
        {
            throw new ResultFault(fault);
        }
    }
}
