using RecoService.Api.Wire;

namespace RecoService.Api.Importing;

/// <summary>Which column or constant each wire field takes, worked out once for a file.</summary>
/// <param name="Fields">The wire fields.</param>
/// <param name="Columns">Their columns from 0; -1 = none.</param>
/// <param name="Constants">Their constants; null = none.</param>
/// <param name="KeyColumns">The columns that make the id.</param>
/// <param name="Conditions">The columns that conditions look at.</param>
/// <param name="ColumnCount">How many every record must have.</param>
internal sealed record CsvPlan(
    IReadOnlyList<string> Fields, int[] Columns, string?[] Constants, int[] KeyColumns, (int Column, RowCondition Condition)[] Conditions, int ColumnCount)
{
    /// <param name="binder">Knows the wire fields.</param>
    /// <param name="options">Map, constants, key columns and conditions.</param>
    /// <param name="header">The names of the columns; null when the file has none.</param>
    /// <param name="columnCount">The number of columns of the first record.</param>
    /// <exception cref="InvalidRequestException">The options do not fit the file; every fault is named.</exception>
    public static CsvPlan Create<T>(RowBinder<T> binder, ImportOptions options, string[]? header, int columnCount)
    {
        var problems = new List<FieldProblem>();
        foreach (var (option, field) in options.Map.Keys.Select(field => ("map", field)).Concat(options.Set.Keys.Select(field => ("set", field))))
        {
            if (!binder.Fields.Contains(field))
                problems.Add(new FieldProblem(option, $"names the unknown field {WireText.Quote(field)}; known fields: {string.Join(", ", binder.Fields)}"));
        }

        if (options.Key.Count > 0 && !binder.Fields.Contains("id"))
            problems.Add(new FieldProblem("key", "is for interactions; users and items have their own id"));

        var plan = new CsvPlan(
            binder.Fields,
            [.. binder.Fields.Select(ColumnOf)],
            [.. binder.Fields.Select(field => options.Set.GetValueOrDefault(field))],
            [.. options.Key.Select(column => Find("key", column))],
            [.. options.DropWhen.Select(condition => (Find("dropWhen", condition.Column), condition))],
            columnCount);
        foreach (var field in binder.RequiredFields.Where(field => !options.Map.ContainsKey(field)))
        {
            var place = binder.Fields.ToList().IndexOf(field);
            if (plan.Columns[place] < 0 && plan.Constants[place] is null)
                problems.Add(new FieldProblem("map", $"gives {field} no column ({Known()}); use map {field}=column or set {field}=constant"));
        }

        return problems.Count == 0 ? plan : throw new InvalidRequestException(problems);

        int ColumnOf(string field) =>
            options.Map.TryGetValue(field, out var column) ? Find("map", column)
            : header is null || options.Set.ContainsKey(field) ? -1
            : Array.IndexOf(header, field);

        int Find(string option, string column)
        {
            if (header is null)
            {
                if (int.TryParse(column, out var number) && number >= 1 && number <= columnCount)
                    return number - 1;
                problems.Add(new FieldProblem(option, $"names the column {WireText.Quote(column)}; without a header columns are numbers from 1 to {columnCount}"));
                return -1;
            }

            var found = Array.IndexOf(header, column);
            if (found < 0)
                problems.Add(new FieldProblem(option, $"names the column {WireText.Quote(column)}; {Known()}"));
            return found;
        }

        string Known() => header is null
            ? $"the file has {columnCount} columns"
            : $"the file's columns: {string.Join(", ", header.Take(50).Select(name => WireText.Escape(name)))}";
    }
}
