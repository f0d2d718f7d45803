using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using RecoService.Engine.Training;

namespace RecoService.Api.Settings;

/// <summary>
/// Binds a configuration section onto settings objects and collects every fault: unknown keys, values of the wrong type, values out of range.
/// The framework's binder stops at the first, and an operator should not have to start the service once per typing error.
/// </summary>
internal sealed class SettingsReader(TrainerRegistry trainers)
{
    private readonly List<string> errors = [];

    public IReadOnlyList<string> Errors => errors;

    /// <param name="section">What is read.</param>
    /// <param name="target">Takes the values.</param>
    /// <param name="onlyKnown">Whether keys that the target does not know are left to somebody else.</param>
    public void Read(IConfigurationSection section, object target, bool onlyKnown = false)
    {
        RefuseValue(section);
        var properties = target.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).ToList();
        foreach (var child in section.GetChildren())
        {
            if (properties.Find(property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is { } property)
                ReadProperty(child, property, target);
            else if (!onlyKnown)
                errors.Add($"{child.Path} is not a setting; {section.Path} knows {string.Join(", ", properties.Select(known => known.Name))}.");
        }

        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(target, new ValidationContext(target), faults, validateAllProperties: true);
        errors.AddRange(faults.Select(fault => $"{section.Path}{string.Concat(fault.MemberNames.Take(1).Select(name => ":" + name))}: {fault.ErrorMessage}"));
    }

    private void ReadProperty(IConfigurationSection section, PropertyInfo property, object target)
    {
        var type = property.PropertyType;
        if (property.IsDefined(typeof(OptionsByTrainerNameAttribute)))
        {
            ReadTrainers(section, (Dictionary<string, object>)property.GetValue(target)!);
        }
        else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            RefuseValue(section);
            var list = (IList)property.GetValue(target)!;
            foreach (var child in section.GetChildren())
                list.Add(ReadElement(child, type.GetGenericArguments()[0]));
        }
        else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>))
        {
            RefuseValue(section);
            var dictionary = (IDictionary)property.GetValue(target)!;
            foreach (var child in section.GetChildren())
                dictionary[child.Key] = ReadElement(child, type.GetGenericArguments()[1]);
        }
        else if (IsScalar(type))
        {
            if (TryConvert(section, type, out var value))
                property.SetValue(target, value);
        }
        else
        {
            Read(section, property.GetValue(target)!);
        }
    }

    private void RefuseValue(IConfigurationSection section)
    {
        if (!string.IsNullOrEmpty(section.Value))
            errors.Add($"{section.Path} is a section, not a value.");
    }

    private void ReadTrainers(IConfigurationSection section, Dictionary<string, object> options)
    {
        RefuseValue(section);
        foreach (var child in section.GetChildren())
        {
            var name = TrainerRegistry.NameOf(child.Key);
            if (options.ContainsKey(name))
                errors.Add($"{child.Path}: the options of {name} stand there under two names; {name} is the one to keep.");
            else if (trainers.Names.Contains(name))
                options[name] = trainers.SchemaOf(name) is { } schema ? ReadDescribed(child, schema) : ReadElement(child, trainers.OptionsTypeOf(name));
            else if (trainers.Absences.Count == 0)
                errors.Add(UnknownTrainer(child.Path, child.Key));
        }
    }

    /// <summary>Options of a trainer that a worker describes.</summary>
    private DescribedOptions ReadDescribed(IConfigurationSection section, OptionsSchema schema)
    {
        RefuseValue(section);
        var options = new DescribedOptions(schema);
        foreach (var child in section.GetChildren())
        {
            if (schema.Component is not null && child.Key.Equals(OptionsSchema.ComponentSection, StringComparison.OrdinalIgnoreCase))
                ReadTrainers(child, options.Trainers);
            else if (schema.Find(child.Key) is not { } option)
                errors.Add($"{child.Path} is not a setting; {section.Path} knows {string.Join(", ", schema.Options.Select(known => known.Name))}.");
            else if (child.GetChildren().Any())
                errors.Add($"{child.Path} is a value, not a section.");
            else if (!string.IsNullOrEmpty(child.Value) && options.TrySet(option, child.Value) is { } fault)
                errors.Add($"{section.Path}:{fault}");
        }

        return options;
    }

    public string UnknownTrainer(string path, string name) =>
        $"{path}: there is no trainer '{name}'; known are {string.Join(", ", trainers.Names.Order(StringComparer.Ordinal))}.";

    private object ReadElement(IConfigurationSection section, Type type)
    {
        if (type == typeof(string))
            return section.Value ?? "";
        var element = Activator.CreateInstance(type)!;
        Read(section, element);
        return element;
    }

    private bool TryConvert(IConfigurationSection section, Type type, out object? value)
    {
        value = null;
        var wanted = Nullable.GetUnderlyingType(type) ?? type;
        if (section.GetChildren().Any())
        {
            errors.Add($"{section.Path} is a value, not a section.");
            return false;
        }

        // An empty environment variable means "not set".
        if (string.IsNullOrEmpty(section.Value))
            return false;
        try
        {
            // A time without an offset is UTC, whatever the clock of the machine shows.
            value = wanted == typeof(DateTimeOffset) ? DateTimeOffset.Parse(section.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : section.Get(type);
            // A number is taken for an enum value, known or not, and for a time span of so many days.
            if ((wanted.IsEnum && !Enum.IsDefined(wanted, value!)) || (wanted == typeof(TimeSpan) && !section.Value.Contains(':')))
                throw new FormatException();
            return true;
        }
        catch (Exception)
        {
            var expected = wanted.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(wanted))}" : NameOf(wanted);
            errors.Add($"{section.Path} must be {expected}.");
            return false;
        }
    }

    private static bool IsScalar(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is var wanted && (wanted.IsPrimitive || wanted.IsEnum || wanted == typeof(string) || wanted == typeof(TimeSpan) || wanted == typeof(DateTimeOffset) || wanted == typeof(decimal));

    private static string NameOf(Type type) => type switch
    {
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(TimeSpan) => "a time span such as 01:30:00",
        _ when type == typeof(DateTimeOffset) => "a time such as 2026-01-31T00:00:00Z",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ => "a number",
    };
}
