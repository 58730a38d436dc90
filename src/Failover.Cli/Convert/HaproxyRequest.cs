namespace Failover;

/// <summary>The request of an HTTP check of HAProxy.</summary>
internal sealed class HaproxyRequest
{
    private readonly List<(int Line, string Name, string Value)> headers = [];

    /// <param name="option">option httpchk [METHOD] [URI] [VERSION], with headers behind the version in old files.</param>
    public HaproxyRequest(HaproxyLine option)
    {
        IReadOnlyList<string> words = option.Words;
        (Method, Uri) = words.Count switch
        {
            2 => ("OPTIONS", "/"),
            3 => ("OPTIONS", words[2]),
            _ => (words[2], words[3]),
        };
        foreach (string header in string.Join(' ', words.Skip(4)).Split('\n').Skip(1))
        {
            AddHeader(option.Number, header);
        }
    }

    public string Method { get; private set; }

    public string Uri { get; private set; }

    public string? Body { get; private set; }

    /// <summary>The headers, each with its line in the source.</summary>
    public IReadOnlyList<(int Line, string Name, string Value)> Headers => headers;

    public bool IsSent { get; private set; }

    /// <param name="rule">http-check send, and meth METHOD, uri URI, ver VERSION, hdr NAME VALUE, body TEXT.</param>
    public void Read(HaproxyLine rule)
    {
        IsSent = true;
        string[] words = [.. rule.Words];
        for (int i = 2; i + 1 < words.Length; i++)
        {
            switch (words[i])
            {
                case "meth":
                    Method = words[++i];
                    break;
                case "uri" or "uri-lf":
                    Uri = words[++i];
                    break;
                case "body" or "body-lf":
                    Body = words[++i];
                    break;
                case "hdr" when i + 2 < words.Length:
                    headers.Add((rule.Number, words[i + 1], words[i + 2]));
                    i += 2;
                    break;
                default:
                    // The version, or a comment.
                    i++;
                    break;
            }
        }
    }

    private void AddHeader(int number, string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        // The connection is closed by the check itself.
        if (colon > 0 && !line.StartsWith("Connection", StringComparison.OrdinalIgnoreCase))
        {
            headers.Add((number, line[..colon].Trim(), line[(colon + 1)..].Trim()));
        }
    }
}
