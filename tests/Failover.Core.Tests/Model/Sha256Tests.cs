using System.Security.Cryptography;
using System.Text;

namespace Failover;

/// <summary>The same bytes as the platform's.</summary>
public sealed class Sha256Tests
{
    private const int Block = 64;

    // FIPS 180-4, appendix of examples (csrc.nist.gov).
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData(
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    )]
    public void Published_examples_hold(string text, string hash) =>
        Convert.ToHexStringLower(Sha256.HashData(Encoding.ASCII.GetBytes(text))).ShouldBe(hash);

    [Fact]
    public void Of_every_length_around_four_blocks_it_is_the_platforms()
    {
        byte[] bytes = Bytes((4 * Block) + 1);
        for (int length = 0; length <= bytes.Length; length++)
        {
            ReadOnlySpan<byte> some = bytes.AsSpan(0, length);
            Sha256.HashData(some).ShouldBe(SHA256.HashData(some), $"{length} bytes");
        }
    }

    [Theory]
    [InlineData(Sha256.LongestOwn)]
    [InlineData(Sha256.LongestOwn + 1)]
    public void Long_content_and_content_in_pieces_have_it_too(int length)
    {
        byte[] bytes = Bytes(length);
        byte[] expected = SHA256.HashData(bytes);
        Sha256.HashData(bytes).ShouldBe(expected);
        foreach (int piece in (int[])[1, Block - 1, 1000, Sha256.LongestOwn, length])
        {
            using PieceHash hash = new();
            foreach (byte[] some in bytes.Chunk(piece))
            {
                hash.Append(some);
                hash.Append([]);
            }

            hash.Hash().ShouldBe(expected, $"pieces of {piece}");
        }
    }

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
