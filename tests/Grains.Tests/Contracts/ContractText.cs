using System.Globalization;
using System.Reflection;
using System.Text;

namespace Orleans.Mail.Grains.Tests.Contracts;

/// <summary>What goes over the wire between silos and gateways, as text: aliases, ids and types.</summary>
internal static class ContractText
{
    public static string Describe(Assembly contracts)
    {
        var text = new StringBuilder();
        foreach (var type in TypesOf(contracts).OrderBy(AliasOf, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{KindOf(type)} {AliasOf(type)}\n");
            foreach (var line in LinesOf(type))
                text.Append(CultureInfo.InvariantCulture, $"    {line}\n");
        }

        return text.ToString();
    }

    /// <summary>Types, members and methods that would go over the wire under a name that a rename changes.</summary>
    public static IReadOnlyList<string> FindUnnamed(Assembly contracts)
    {
        var unnamed = new List<string>();
        foreach (var type in TypesOf(contracts))
        {
            if (type.GetCustomAttribute<AliasAttribute>() is null)
                unnamed.Add(type.Name);
            if (type.IsInterface)
                unnamed.AddRange(type.GetMethods().Where(method => method.GetCustomAttribute<AliasAttribute>() is null).Select(method => $"{type.Name}.{method.Name}"));
            else if (!type.IsEnum)
                unnamed.AddRange(Stored(type).Where(member => member.GetCustomAttribute<IdAttribute>() is null).Select(member => $"{type.Name}.{member.Name}"));
        }

        return unnamed;
    }

    private static IEnumerable<Type> TypesOf(Assembly contracts) => contracts.GetExportedTypes().Where(type =>
        type.GetCustomAttribute<GenerateSerializerAttribute>() is not null || (type.IsInterface && (typeof(IGrain).IsAssignableFrom(type) || typeof(IGrainObserver).IsAssignableFrom(type))));

    private static IEnumerable<string> LinesOf(Type type)
    {
        if (type.IsEnum)
            return Enum.GetValues(type).Cast<object>().Select(value => $"{Convert.ToInt64(value, CultureInfo.InvariantCulture)} {value}");
        if (type.IsInterface)
            return type.GetMethods().OrderBy(AliasOf, StringComparer.Ordinal).Select(MethodOf);
        return Stored(type)
            .Where(member => member.GetCustomAttribute<IdAttribute>() is not null)
            .OrderBy(member => member.GetCustomAttribute<IdAttribute>()!.Id)
            .Select(member => $"{member.GetCustomAttribute<IdAttribute>()!.Id} {member.Name}: {NameOf(member.PropertyType)}");
    }

    /// <summary>The properties that a record stores, without computed ones.</summary>
    private static IEnumerable<PropertyInfo> Stored(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(member => type.GetField($"<{member.Name}>k__BackingField", BindingFlags.NonPublic | BindingFlags.Instance) is not null);

    private static string MethodOf(MethodInfo method) =>
        $"{AliasOf(method)}({string.Join(", ", method.GetParameters().Select(parameter => NameOf(parameter.ParameterType)))}): {NameOf(method.ReturnType)}";

    private static string KindOf(Type type)
    {
        if (type.IsInterface)
            return "grain";
        if (type.IsEnum)
            return "enum";
        return type.IsValueType ? "struct" : "record";
    }

    private static string AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>()?.Alias ?? member.Name;

    private static string NameOf(Type type)
    {
        if (!type.IsGenericType)
            return type.Namespace == typeof(MailAddress).Namespace ? AliasOf(type) : type.Name;
        var name = type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
        return $"{name}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
    }
}
