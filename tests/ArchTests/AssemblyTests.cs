using ArchTests.Rules;
using Mono.Cecil;

namespace ArchTests;

public sealed class AssemblyTests
{
    /// <summary>Interfaces of Platform that modules meet through, and why one implementation is no reason to drop them.</summary>
    private static readonly Dictionary<string, string> Ports = new()
    {
        ["Liaison.Platform.Access.IApprovals"] = "Modules ask for a second person of a member; the module that keeps accounts answers (ADR 0015).",
        ["Liaison.Platform.Access.ICallers"] = "Platform asks who stands behind a token; the module that keeps accounts answers (ADR 0012).",
        ["Liaison.Platform.Searches.IPastSearches"] = "Every module whose searches are kept implements it; hits that come late ask them all (ADR 0017).",
        ["Liaison.Platform.Data.IDataset"] = "Every module that answers searches implements it; health and status ask them all.",
    };

    public static TheoryData<string> Everything => [.. Repository.Projects.Select(p => p.Name)];

    public static TheoryData<string> Modules => [.. Repository.Projects.Where(p => p.IsModule).Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_module_shows_its_module_class_only(string module) =>
        Assert.Empty(AssemblyRules.OnlyTheModuleIsPublic(Repository.Assemblies[module]));

    [Fact]
    public void A_public_type_in_a_module_is_found()
    {
        using var planted = Planted.Assembly("namespace X; public static class BirdsModule; internal class Bird; public class Egg;",
            "Liaison.Birds");
        Planted.Found(AssemblyRules.OnlyTheModuleIsPublic(planted), "Egg is public");
    }

    [Fact]
    public void A_component_is_public_by_nature_and_what_only_looks_like_one_is_found()
    {
        using var planted = Planted.Assembly("""
            namespace X;
            public static class BirdsModule { public class ComponentBase; }
            public abstract class Page : Microsoft.AspNetCore.Components.ComponentBase;
            public class NestPage : Page;
            public class EggPage : BirdsModule.ComponentBase;
            """, "Liaison.Birds");
        Planted.Found(AssemblyRules.OnlyTheModuleIsPublic(planted), "EggPage is public");
    }

    [Fact]
    public void A_module_without_its_class_is_found()
    {
        using var planted = Planted.Assembly("namespace X; internal class Bird;", "Liaison.Birds");
        Planted.Found(AssemblyRules.OnlyTheModuleIsPublic(planted), "no public BirdsModule");
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_domain_is_pure(string module)
    {
        var assembly = Repository.Assemblies[module];
        Assert.Contains(assembly.MainModule.Types, t => t.Namespace.EndsWith(".Domain", StringComparison.Ordinal));
        Assert.Empty(AssemblyRules.DomainIsPure(assembly));
    }

    [Theory]
    [InlineData("long Of(TimeProvider clock) => 1;", "System.TimeProvider")]
    [InlineData("string Of() => System.IO.File.ReadAllText(\"a\");", "System.IO.File")]
    [InlineData("object Of() => new System.Net.Http.HttpClient();", "System.Net.Http.HttpClient")]
    [InlineData("System.Collections.Generic.List<Npgsql.NpgsqlConnection> all;", "Npgsql.NpgsqlConnection")]
    [InlineData("Microsoft.AspNetCore.Http.HttpContext http;", "Microsoft.AspNetCore.Http.HttpContext")]
    [InlineData("Microsoft.Extensions.Logging.ILogger[] log;", "Microsoft.Extensions.Logging.ILogger")]
    [InlineData("Liaison.Platform.Data.Migration m;", "Liaison.Platform.Data.Migration")]
    [InlineData("Storage.Row row;", "Liaison.Planted.Storage.Row")]
    public void What_is_not_pure_is_found(string member, string touched)
    {
        const string Pure = """
            namespace Liaison.Planted.Storage { class Row { TimeProvider fine; } }
            namespace Liaison.Planted.Domain { class Other { int a; } }
            """;
        using var good = Planted.Assembly(Pure);
        Assert.Empty(AssemblyRules.DomainIsPure(good));
        using var bad = Planted.Assembly(Pure + $"namespace Liaison.Planted.Domain {{ class Rules {{ {member} }} }}");
        Planted.Found(AssemblyRules.DomainIsPure(bad), touched);
    }

    [Fact]
    public void Impurity_inside_a_lambda_is_found()
    {
        using var bad = Planted.Assembly("""
            namespace Liaison.Planted.Domain.Deep;
            class Rules { Func<string> Of(string s) => () => System.IO.File.ReadAllText(s); }
            """);
        Planted.Found(AssemblyRules.DomainIsPure(bad), "System.IO.File");
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Types_are_named_for_what_they_are(string project)
    {
        Assert.NotEmpty(AssemblyRules.Own(Repository.Assemblies[project]));
        Assert.Empty(AssemblyRules.Names(Repository.Assemblies[project]));
    }

    [Theory]
    [InlineData("class SearchService")]
    [InlineData("class RecordManager<T>")]
    [InlineData("static class StringHelper")]
    [InlineData("record struct NumberUtil")]
    [InlineData("interface HandlerBase")]
    [InlineData("class StoreImpl")]
    [InlineData("class RowProcessor")]
    [InlineData("class DocumentCommon")]
    [InlineData("record DocumentDto")]
    [InlineData("class Outer { class RowEntity; } class Other")]
    public void A_suffix_that_says_nothing_is_found(string declaration)
    {
        using var planted = Planted.Assembly($"namespace Liaison.Planted; {declaration} {{ }} class Services; class ServiceList;");
        Planted.Found(AssemblyRules.Names(planted), "says nothing");
    }

    [Fact]
    public void No_interface_has_one_implementation()
    {
        Assert.Empty(AssemblyRules.Interfaces([.. Repository.Assemblies.Values], Ports));
        Assert.All(Ports.Keys, p => Assert.Contains(Repository.Assemblies["Platform"].MainModule.Types, t => t.FullName == p));
    }

    [Fact]
    public void An_interface_with_one_implementation_is_found()
    {
        using var one = Planted.Assembly("""
            namespace Liaison.Planted; interface ITwo<T>; interface IOne; interface IPort;
            class A : ITwo<int>; class B : ITwo<string>, IOne, IPort;
            """);
        Planted.Found(AssemblyRules.Interfaces([one], new Dictionary<string, string> { ["Liaison.Planted.IPort"] = "because" }),
            "IOne has 1");
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Nobody_asks_the_machine_for_the_time(string project) => Assert.Empty(AssemblyRules.Clock(Repository.Assemblies[project]));

    [Theory]
    [InlineData("DateTime.Now")]
    [InlineData("DateTime.UtcNow")]
    [InlineData("DateTime.Today")]
    [InlineData("DateTimeOffset.Now")]
    [InlineData("DateTimeOffset.UtcNow")]
    public void Asking_the_machine_for_the_time_is_found(string now)
    {
        using var planted = Planted.Assembly($"class C {{ object A() => {now}; object B(TimeProvider clock) => clock.GetUtcNow(); }}");
        Planted.Found(AssemblyRules.Clock(planted), now);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Sql_touches_its_own_schema_only(string project) =>
        Assert.Empty(SqlRules.OwnSchemaOnly(Repository.Assemblies[project], Repository.Assemblies.Values.SelectMany(SqlRules.Schemas)));

    [Fact]
    public void The_schemas_are_discovered()
    {
        Assert.Equal(["platform", "audit"], SqlRules.Schemas(Repository.Assemblies["Platform"]));
        Assert.Equal(["members"], SqlRules.Schemas(Repository.Assemblies["Members"]));
        Assert.Equal(["travel_documents"], SqlRules.Schemas(Repository.Assemblies["TravelDocuments"]));
        Assert.Equal(["hits"], SqlRules.Schemas(Repository.Assemblies["Hits"]));
    }

    [Fact]
    public void The_code_of_a_permission_is_no_sql()
    {
        using var birds = Planted.Assembly("class C { string Right = \"fish.read\"; }");
        Assert.Empty(SqlRules.OwnSchemaOnly(birds, ["fish"]));
    }

    [Theory]
    [InlineData("const string Sql = \"SELECT * FROM fish.egg\";", "fish.egg")]
    [InlineData("string Of(int i) => $\"INSERT INTO platform.outbox VALUES ({i})\";", "platform.outbox")]
    [InlineData("string Of() => \"SELECT 1\" + \" FROM public.migration\";", "public.migration")]
    public void Sql_on_a_foreign_schema_is_found(string member, string named)
    {
        using var birds = Script(Planted.Assembly($"class C {{ string Own = \"SELECT FROM birds.nest\"; {member} }}"),
            "-- reads fish.egg later\nCREATE SCHEMA birds; CREATE TABLE birds.nest ();");
        Planted.Found(SqlRules.OwnSchemaOnly(birds, ["birds", "fish", "platform"]), named);
    }

    [Fact]
    public void A_script_on_a_foreign_schema_is_found()
    {
        using var birds = Script(Planted.Assembly("class C;"), "CREATE SCHEMA birds;\nALTER TABLE fish.egg ADD nest int;");
        Planted.Found(SqlRules.OwnSchemaOnly(birds, ["birds", "fish"]), "fish.egg");
    }

    private static AssemblyDefinition Script(AssemblyDefinition assembly, string sql)
    {
        assembly.MainModule.Resources.Add(new EmbeddedResource(
            "migrations/birds-0001.sql", ManifestResourceAttributes.Public, System.Text.Encoding.UTF8.GetBytes(sql)));
        return assembly;
    }
}
