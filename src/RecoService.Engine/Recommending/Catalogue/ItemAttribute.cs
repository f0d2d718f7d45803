namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>What the values of a column are.</summary>
public enum ColumnType
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>One text.</summary>
    Text,

    /// <summary>Several texts.</summary>
    List,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A moment.</summary>
    Time,
}

/// <summary>One of the shop's own attributes of an item.</summary>
public readonly record struct ItemAttribute
{
    private ItemAttribute(string name, ColumnType type) => (Name, Type) = (name, type);

    public string Name { get; }

    /// <summary>Which of the values below it has; never a time.</summary>
    public ColumnType Type { get; }

    /// <summary>Finite.</summary>
    public double Number { get; private init; }

    public string Text { get; private init; } = "";

    public IReadOnlyList<string> List { get; private init; } = [];

    public bool Flag { get; private init; }

    public static ItemAttribute Of(string name, double number) => new(name, ColumnType.Number) { Number = number };

    public static ItemAttribute Of(string name, string text) => new(name, ColumnType.Text) { Text = text };

    public static ItemAttribute Of(string name, IReadOnlyList<string> list) => new(name, ColumnType.List) { List = list };

    public static ItemAttribute Of(string name, bool flag) => new(name, ColumnType.Flag) { Flag = flag };
}
