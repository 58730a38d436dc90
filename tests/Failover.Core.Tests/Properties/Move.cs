using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>One thing that happens in a random story.</summary>
/// <param name="Mark">What, as a cell of a <see cref="DecisionTable"/> writes it.</param>
/// <param name="Wait">Seconds since the move before.</param>
internal sealed record Move(string Mark, int Wait)
{
    /// <summary>Random moves with the given marks; a mark that is given twice comes twice as often.</summary>
    public static Gen<ImmutableArray<Move>> Some(params string[] marks) =>
        from length in Gen.Choose(0, 30)
        from moves in (
            from mark in Gen.Elements(marks)
            from wait in Gen.Elements(0, 1, 1, 1, 2, 3, 10, 40)
            select new Move(mark, wait)
        ).ArrayOf(length)
        select ImmutableArray.Create(moves);

    /// <summary>The same with fewer moves, then with shorter waits.</summary>
    public static IEnumerable<ImmutableArray<Move>> Fewer(ImmutableArray<Move> moves)
    {
        for (int length = moves.Length; length > 0; length /= 2)
        {
            for (int start = 0; start + length <= moves.Length; start += length)
            {
                yield return moves.RemoveRange(start, length);
            }
        }

        for (int index = 0; index < moves.Length; index++)
        {
            if (moves[index].Wait > 1)
            {
                yield return moves.SetItem(index, moves[index] with { Wait = 1 });
            }
        }
    }

    /// <summary>The moves as a row of a table, each with its time.</summary>
    public static string Row(IEnumerable<Move> moves)
    {
        int at = 0;
        return string.Join(' ', moves.Select(move => $"{move.Mark}@{at += move.Wait}s"));
    }
}
