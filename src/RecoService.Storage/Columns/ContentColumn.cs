using System.Globalization;
using NpgsqlTypes;
using RecoService.Storage.Postgres;

namespace RecoService.Storage.Columns;

/// <summary>
/// A column of what a client says of an interaction or a rating: its name in both tables, its type in both databases, and where its value is.
/// </summary>
/// <param name="Name">As in the tables; also the name of its parameter.</param>
/// <param name="ClrType">Of the values, as EF maps it.</param>
/// <param name="SqliteType">Of the stage; the tables have the same by migration.</param>
/// <param name="PostgresType">Of the stage; the tables have the same by migration.</param>
/// <param name="ArrayType">Of many values in one parameter.</param>
internal abstract record ContentColumn(string Name, Type ClrType, string SqliteType, string PostgresType, NpgsqlDbType ArrayType)
{
    /// <summary>Empties the column of what is taken back; one that tells rows apart afterwards, as an order does, stays.</summary>
    public bool StaysWhenTakenBack { get; init; }

    /// <summary>A rating must have it.</summary>
    public bool IsRequiredOfRatings { get; init; }

    /// <summary>The first fingerprints hold it, in the order that <see cref="InteractionRow.FingerprintOf"/> fixes. A column that is added later is not one of them.</summary>
    public bool IsInFirstFingerprint { get; init; }

    public static ContentColumn Text(string name, Func<NewInteraction, string?> of) =>
        new Of<string?>(name, "TEXT", "text", NpgsqlDbType.Text, of, static (to, value) => to.Write(value), static value => value);

    public static ContentColumn Number(string name, Func<NewInteraction, double?> of) =>
        new Of<double?>(name, "REAL", "float8", NpgsqlDbType.Double, of, static (to, value) => to.Write(value), static value => value?.ToString("R", CultureInfo.InvariantCulture));

    public static ContentColumn Money(string name, Func<NewInteraction, decimal?> of) =>
        new Of<decimal?>(name, "TEXT", "numeric", NpgsqlDbType.Numeric, of, static (to, value) => to.Write(value), static value => value?.ToString("0.############################", CultureInfo.InvariantCulture));

    public static ContentColumn Guid(string name, Func<NewInteraction, Guid?> of) =>
        new Of<Guid?>(name, "TEXT", "uuid", NpgsqlDbType.Uuid, of, static (to, value) => to.Write(value), static value => value?.ToString("N"));

    /// <summary>Null where the client said nothing.</summary>
    public abstract object? ValueOf(NewInteraction content);

    /// <summary>As every computer writes it; null where the client said nothing.</summary>
    public abstract string? TextOf(NewInteraction content);

    /// <summary>An array of the column's own type, in the order of the rows.</summary>
    public abstract Array ArrayOf(IReadOnlyList<InteractionRow> rows);

    public abstract void Copy(CopyWriter to, NewInteraction content);

    /// <typeparam name="T">Nullable.</typeparam>
    private sealed record Of<T>(
        string Name, string SqliteType, string PostgresType, NpgsqlDbType ArrayType, Func<NewInteraction, T> Read, Action<CopyWriter, T> Write, Func<T, string?> Show)
        : ContentColumn(Name, typeof(T), SqliteType, PostgresType, ArrayType)
    {
        public override object? ValueOf(NewInteraction content) => Read(content);

        public override string? TextOf(NewInteraction content) => Show(Read(content));

        public override Array ArrayOf(IReadOnlyList<InteractionRow> rows)
        {
            var values = new T[rows.Count];
            for (var position = 0; position < values.Length; position++)
                values[position] = Read(rows[position].Content);
            return values;
        }

        public override void Copy(CopyWriter to, NewInteraction content) => Write(to, Read(content));
    }
}
