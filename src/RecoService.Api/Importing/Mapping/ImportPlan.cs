using System.Text;
using RecoService.Api.Importing.Options;
using RecoService.Api.Importing.Records;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing.Mapping;

/// <summary>Where each field of a row comes from, worked out once for a file.</summary>
/// <param name="Fields">As the binder numbers them.</param>
/// <param name="Attributes">Single attributes by name.</param>
/// <param name="Keys">What makes the id together.</param>
/// <param name="Conditions">Any that holds drops the row.</param>
/// <param name="Fills">What takes its blanks from the record above.</param>
internal sealed record ImportPlan(
    FieldPlan[] Fields, FieldPlan[] Attributes, FieldPlan[] Keys, (FieldPlan Source, RowCondition Condition)[] Conditions, FillDown[] Fills)
{
    public const string AttributePrefix = "attributes.";

    /// <param name="binder">Knows the fields.</param>
    /// <param name="options">What the user asked for.</param>
    /// <param name="names">What the file calls its values.</param>
    /// <exception cref="InvalidRequestException">The options do not fit the file; every fault is named.</exception>
    public static ImportPlan Create<T>(RowBinder<T> binder, ImportOptions options, ISourceNames names)
    {
        var problems = new List<FieldProblem>();
        foreach (var (option, field) in NamedFields(options))
        {
            if (!binder.Fields.Contains(field) && !(binder.HasAttributes && field.StartsWith(AttributePrefix, StringComparison.Ordinal)))
                problems.Add(new FieldProblem(option, $"names the unknown field {WireText.Quote(field)}; known fields: {string.Join(", ", binder.Fields)}{(binder.HasAttributes ? ", attributes.NAME" : "")}"));
        }

        if (options.Key.Count > 0 && !binder.Fields.Contains("id"))
            problems.Add(new FieldProblem("key", "is for interactions; users and items have their own id"));

        var csv = names as CsvNames;
        var attributes = NamedFields(options).Select(pair => pair.Field).Concat(csv?.StartingWith(AttributePrefix).Where(name => names.FindOwn(name) >= 0) ?? [])
            .Where(name => binder.HasAttributes && name.StartsWith(AttributePrefix, StringComparison.Ordinal)).Distinct().ToList();
        var plan = new ImportPlan(
            [.. binder.Fields.Select(PlanOf)],
            [.. attributes.Select(PlanOf)],
            [.. options.Key.Select(source => new FieldPlan(source) { Alternatives = SlotsOf("key", source) })],
            [.. options.DropWhen.Select(condition => (ConditionSource(condition.Column), condition)).Where(pair => pair.Item1.IsGiven)],
            [.. options.FillDown.Select(fill => new FillDown([.. fill.Key.SelectMany(source => SlotsOf("fillDown", source)).SelectMany(slots => slots)], [.. fill.Columns.SelectMany(source => SlotsOf("fillDown", source)).SelectMany(slots => slots)]))]);
        foreach (var field in binder.RequiredFields.Where(field => !options.Map.ContainsKey(field) || problems.Count == 0))
        {
            if (csv is not null && !plan.Fields[binder.Fields.ToList().IndexOf(field)].IsGiven)
                problems.Add(new FieldProblem("map", $"gives {field} no column ({csv.Known}); use map {field}=column or set {field}=constant"));
        }

        return problems.Count == 0 ? plan : throw new InvalidRequestException(problems);

        // Where the file has no such place, a field can be judged after its mapping.
        FieldPlan ConditionSource(string name) =>
            !names.IsName(name) && binder.Fields.Contains(name) && (csv is not null || options.Map.ContainsKey(name))
                ? PlanOf(name)
                : new FieldPlan(name) { Alternatives = SlotsOf("dropWhen", name) };

        FieldPlan PlanOf(string field)
        {
            var isSet = options.Set.TryGetValue(field, out var constant);
            return new FieldPlan(field)
            {
                Constant = isSet ? Encoding.UTF8.GetBytes(constant!) : null,
                Alternatives = options.Map.TryGetValue(field, out var source) ? SlotsOf("map", source)
                    : isSet || options.Flags.Any(flag => flag.Field == field) ? []
                    : names.FindOwn(field) is >= 0 and var own ? [[own]]
                    : [],
                Values = options.Values.TryGetValue(field, out var pairs) ? new ValueMap(pairs) : null,
                Separators = options.Lists.TryGetValue(field, out var separators) ? [.. separators] : [],
                Flags = [.. options.Flags.Where(flag => flag.Field == field).Select(flag => (SlotOf("flag", flag.Column), flag.Text)).Where(flag => flag.Item1 >= 0)],
            };
        }

        int[][] SlotsOf(string option, string source)
        {
            if (names.IsName(source))
                return [[SlotOf(option, source)]];
            var alternatives = SourceText.Split(source, '|')
                .Select(alternative => names.IsName(alternative) ? [alternative] : SourceText.Split(alternative, '+'))
                .Select(parts => parts.Select(part => SlotOf(option, part)).Where(slot => slot >= 0).ToArray());
            return [.. alternatives.Where(slots => slots.Length > 0)];
        }

        int SlotOf(string option, string source)
        {
            var isOptional = source.EndsWith('?') && !names.IsName(source);
            var slot = names.Find(isOptional ? source[..^1] : source, out var reason);
            if (reason is not null && !isOptional)
                problems.Add(new FieldProblem(option, reason));
            return slot;
        }
    }

    private static IEnumerable<(string Option, string Field)> NamedFields(ImportOptions options) =>
        options.Map.Keys.Select(field => ("map", field))
            .Concat(options.Set.Keys.Select(field => ("set", field)))
            .Concat(options.Values.Keys.Select(field => ("value", field)))
            .Concat(options.Lists.Keys.Select(field => ("list", field)))
            .Concat(options.Flags.Select(flag => ("flag", flag.Field)).Distinct());
}
