using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Failover;

/// <summary>What users of an assembly can touch, as text: a line for each type, and below it one for each member.</summary>
internal static class PublicApi
{
    private static readonly SymbolDisplayFormat TypeFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters
            | SymbolDisplayGenericsOptions.IncludeTypeConstraints
            | SymbolDisplayGenericsOptions.IncludeVariance,
        kindOptions: SymbolDisplayKindOptions.IncludeTypeKeyword,
        delegateStyle: SymbolDisplayDelegateStyle.NameAndSignature,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        parameterOptions: SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeType,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
    );

    private static readonly SymbolDisplayFormat MemberFormat = TypeFormat
        .WithGenericsOptions(
            SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints
        )
        .WithKindOptions(SymbolDisplayKindOptions.None)
        .WithMemberOptions(
            SymbolDisplayMemberOptions.IncludeAccessibility
                | SymbolDisplayMemberOptions.IncludeConstantValue
                | SymbolDisplayMemberOptions.IncludeModifiers
                | SymbolDisplayMemberOptions.IncludeParameters
                | SymbolDisplayMemberOptions.IncludeRef
                | SymbolDisplayMemberOptions.IncludeType
        )
        .WithParameterOptions(
            SymbolDisplayParameterOptions.IncludeDefaultValue
                | SymbolDisplayParameterOptions.IncludeExtensionThis
                | SymbolDisplayParameterOptions.IncludeModifiers
                | SymbolDisplayParameterOptions.IncludeName
                | SymbolDisplayParameterOptions.IncludeType
        )
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.AllowDefaultLiteral);

    /// <summary>The public surface of an assembly that this test was built against.</summary>
    public static string Of(string assembly)
    {
        MetadataReference reference = CSharp.References.Single(file =>
            Path.GetFileNameWithoutExtension(file.Display) == assembly
        );
        CSharpCompilation compilation = CSharpCompilation.Create("reader", references: CSharp.References);
        return Of((IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(reference)!);
    }

    /// <summary>The public surface of an assembly.</summary>
    public static string Of(IAssemblySymbol assembly) =>
        string.Concat(
            TypesIn(assembly.GlobalNamespace)
                .Where(IsVisible)
                .Select(type => (Head: Head(type), Members: Members(type)))
                .OrderBy(type => type.Head, StringComparer.Ordinal)
                .Select(type => $"{type.Head}\n{string.Concat(type.Members.Select(member => $"  {member}\n"))}")
        );

    private static IEnumerable<INamedTypeSymbol> TypesIn(INamespaceOrTypeSymbol container) =>
        container
            .GetMembers()
            .SelectMany(member =>
                member switch
                {
                    INamespaceSymbol inner => TypesIn(inner),
                    INamedTypeSymbol type => TypesIn(type).Prepend(type),
                    _ => [],
                }
            );

    private static string Head(INamedTypeSymbol type)
    {
        string name = type.ContainingNamespace.ToDisplayString() is "Failover"
            ? type.ToDisplayString(TypeFormat)
            : $"{type.ToDisplayString(TypeFormat)} in {type.ContainingNamespace}";
        IEnumerable<string> above = new[] { type.BaseType }
            .Where(parent => parent is { SpecialType: SpecialType.None })
            .Concat(
                type.Interfaces.Where(face =>
                    face.DeclaredAccessibility == Accessibility.Public && !(type.IsRecord && face.Name == "IEquatable")
                )
            )
            .Select(parent => parent!.ToDisplayString(MemberFormat));
        string modifiers = type switch
        {
            { TypeKind: not TypeKind.Class } => "",
            { IsStatic: true } => "static ",
            { IsAbstract: true } => "abstract ",
            { IsSealed: true } => "sealed ",
            _ => "",
        };
        string colon = above.Any() ? " : " : "";
        return $"{modifiers}{name}{colon}{string.Join(", ", above)}";
    }

    private static IEnumerable<string> Members(INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Delegate
            ? []
            : type.GetMembers()
                .Where(member => member is not INamedTypeSymbol && IsVisible(member) && !IsWrittenByTheCompiler(member))
                .Select(member => member.ToDisplayString(MemberFormat).Replace("public ", "", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal);

    private static bool IsVisible(ISymbol symbol) =>
        (symbol.ContainingType is null || IsVisible(symbol.ContainingType))
        && (
            symbol.DeclaredAccessibility == Accessibility.Public
            || (
                symbol.DeclaredAccessibility is Accessibility.Protected or Accessibility.ProtectedOrInternal
                && symbol.ContainingType is { IsSealed: false } container
                && container.InstanceConstructors.Any(CanBeCalledFromOutside)
            )
        );

    private static bool CanBeCalledFromOutside(IMethodSymbol constructor) =>
        constructor.DeclaredAccessibility
            is Accessibility.Public
                or Accessibility.Protected
                or Accessibility.ProtectedOrInternal
        && !IsWrittenByTheCompiler(constructor);

    // Accessors stand in their property's line; Equals, ToString, == and the copy constructor of a record say nothing.
    private static bool IsWrittenByTheCompiler(ISymbol member) =>
        member is IMethodSymbol { AssociatedSymbol: not null }
        || (member.Name != "Deconstruct" && HasAttribute(member, "CompilerGeneratedAttribute"))
        || (member is IPropertySymbol { Name: "EqualityContract" })
        || (
            member is IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters.Length: 0 }
            && member.ContainingType.IsValueType
        );

    private static bool HasAttribute(ISymbol symbol, string name) =>
        symbol.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == name);
}
