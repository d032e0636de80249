namespace EmailOps.Tests.Triage;

public class CasesTests
{
    public static TheoryData<string> Files
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Triage", "Cases"), "*.case").Order(StringComparer.Ordinal))
                data.Add(Path.GetFileNameWithoutExtension(file));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Triage_judges_as_the_case_expects(string name)
    {
        var file = new CaseFile(Path.Combine(AppContext.BaseDirectory, "Triage", "Cases", $"{name}.case"));
        var result = TriageUnderTest.Pipeline.Run(file.Message);
        var failures = file.Failures(result, TriageUnderTest.Decide(result)).ToList();
        Assert.True(failures.Count == 0, $"{name}: {string.Join("; ", failures)}");
    }
}
