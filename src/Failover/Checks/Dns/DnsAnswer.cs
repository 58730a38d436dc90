namespace Failover;

/// <summary>What a name server answered.</summary>
/// <param name="Code">Its response code: one of <see cref="DnsResponseCode"/>, or another number.</param>
/// <param name="IsTruncated">Whether it did not fit into a datagram: the values are then left out.</param>
/// <param name="Values">The values of the records of the type, of the name or of that which it is an alias of.</param>
internal sealed record DnsAnswer(DnsResponseCode Code, bool IsTruncated, IReadOnlyList<string> Values)
{
    /// <summary>Identity, flags and four counts.</summary>
    public const int HeadSize = 12;

    // One is enough for a chain of aliases in its order, which is how servers give it; out of order, each finds a further link at least.
    private const int MostPasses = 16;

    private const ushort IsResponse = 0x8000;
    private const ushort Operation = 0x7800;
    private const ushort Authority = 0x0400;
    private const ushort Truncation = 0x0200;
    private const ushort Recursion = 0x0080;
    private const ushort CodeBits = 0x000f;

    /// <summary>Whether the server asks others for what it does not know (RA).</summary>
    public bool IsRecursive { get; private init; }

    /// <summary>Whether it answers for a zone of its own (AA).</summary>
    public bool IsAuthoritative { get; private init; }

    /// <summary>Whether the name is an alias of another, which has no record of the type here.</summary>
    public bool IsDangling { get; private init; }

    /// <summary>Whether others may have records where this server gives none: it refers to them, by a referral or by an alias, and does not ask
    /// them (RFC 1034, 4.3.2).</summary>
    public bool IsLeftToOthers =>
        Code == DnsResponseCode.NoError && Values.Count == 0 && !IsRecursive && (!IsAuthoritative || IsDangling);

    /// <summary>Reads a message.</summary>
    /// <returns>The answer; null where the message is none to this query.</returns>
    /// <exception cref="MalformedAnswerException">It is the answer, and cannot be read.</exception>
    public static DnsAnswer? Read(ReadOnlySpan<byte> message, ushort id, DnsQuestion question)
    {
        if (message.Length < HeadSize)
        {
            return null;
        }

        DnsReader reader = new(message);
        ushort answered = reader.ReadUInt16();
        ushort flags = reader.ReadUInt16();
        if (answered != id || (flags & (IsResponse | Operation)) != IsResponse)
        {
            return null;
        }

        ushort questions = reader.ReadUInt16();
        ushort records = reader.ReadUInt16();
        // Of the authority and of what is added, nothing is read.
        reader.Read(2 * sizeof(ushort));
        DnsResponseCode code = (DnsResponseCode)(flags & CodeBits);
        // A server that could not read the query has none to repeat.
        if (questions != 1 && (questions != 0 || code == DnsResponseCode.NoError))
        {
            throw new MalformedAnswerException($"it repeats {questions} questions");
        }

        if (questions == 1 && !Repeats(ref reader, question))
        {
            return null;
        }

        bool isTruncated = (flags & Truncation) != 0;
        bool isAlias = false;
        List<string> values = isTruncated ? [] : ReadValues(ref reader, records, question, out isAlias);
        return new(code, isTruncated, values)
        {
            IsRecursive = (flags & Recursion) != 0,
            IsAuthoritative = (flags & Authority) != 0,
            IsDangling = isAlias && values.Count == 0,
        };
    }

    private static bool Repeats(ref DnsReader reader, DnsQuestion question)
    {
        bool isName = DnsNames.AreEqual(reader.ReadName(), question.Name);
        bool isType = reader.ReadUInt16() == (ushort)question.Type;
        return reader.ReadUInt16() == DnsQuestion.Internet && isName && isType;
    }

    private static List<string> ReadValues(ref DnsReader reader, int records, DnsQuestion question, out bool isAlias)
    {
        List<(string Owner, DnsRecordType Type, string Value)> read = [];
        for (int i = 0; i < records; i++)
        {
            string owner = reader.ReadName();
            DnsRecordType type = (DnsRecordType)reader.ReadUInt16();
            ushort @class = reader.ReadUInt16();
            // For how long it may be kept: not at all, here.
            reader.ReadUInt32();
            int length = reader.ReadUInt16();
            int end = reader.At + length;
            if (@class == DnsQuestion.Internet && (type == question.Type || type == DnsRecordType.Cname))
            {
                read.Add((owner, type, DnsRecordValue.Read(ref reader, type, length)));
                if (reader.At != end)
                {
                    throw new MalformedAnswerException("a record is not as long as it says");
                }
            }
            else
            {
                reader.Read(length);
            }
        }

        // RFC 1034, 4.3.2: an alias is answered with what it stands for. In whatever order.
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase) { WithoutDot(question.Name) };
        bool hasMore = question.Type != DnsRecordType.Cname;
        for (int i = 0; i < MostPasses && hasMore; i++)
        {
            hasMore = false;
            foreach ((string owner, DnsRecordType type, string value) in read)
            {
                hasMore |= type == DnsRecordType.Cname && names.Contains(owner) && names.Add(WithoutDot(value));
            }
        }

        isAlias = names.Count > 1;
        return [.. read.Where(one => one.Type == question.Type && names.Contains(one.Owner)).Select(one => one.Value)];
    }

    private static string WithoutDot(string name) => name == "." ? name : DnsNames.Relative(name);
}
