namespace Failover;

/// <summary>The request of an HTTP check of HAProxy.</summary>
internal sealed class HaproxyRequest
{
    private readonly List<(string Name, string Value)> headers = [];

    /// <param name="option">option httpchk [METHOD] [URI] [VERSION], with headers behind the version in old files.</param>
    public HaproxyRequest(IReadOnlyList<string> option)
    {
        (Method, Uri) = option.Count switch
        {
            2 => ("OPTIONS", "/"),
            3 => ("OPTIONS", option[2]),
            _ => (option[2], option[3]),
        };
        foreach (string line in string.Join(' ', option.Skip(4)).Split('\n').Skip(1))
        {
            AddHeader(line);
        }
    }

    public string Method { get; private set; }

    public string Uri { get; private set; }

    public string? Body { get; private set; }

    public IReadOnlyList<(string Name, string Value)> Headers => headers;

    public bool IsSent { get; private set; }

    /// <param name="words">meth METHOD, uri URI, ver VERSION, hdr NAME VALUE, body TEXT.</param>
    public void Read(string[] words)
    {
        IsSent = true;
        for (int i = 0; i + 1 < words.Length; i++)
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
                    headers.Add((words[i + 1], words[i + 2]));
                    i += 2;
                    break;
                default:
                    // The version, or a comment.
                    i++;
                    break;
            }
        }
    }

    private void AddHeader(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        // The connection is closed by the check itself.
        if (colon > 0 && !line.StartsWith("Connection", StringComparison.OrdinalIgnoreCase))
        {
            headers.Add((line[..colon].Trim(), line[(colon + 1)..].Trim()));
        }
    }
}
