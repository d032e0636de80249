using EmailOps.Core.Learning;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Taxonomies;
using EmailOps.Tests.Triage;
using Xunit.Abstractions;

namespace EmailOps.Tests.Learning;

public class CategoryAccuracyTests(ITestOutputHelper output)
{
    [Fact]
    public void Categories_of_unseen_examples_are_mostly_right_and_their_probabilities_honest()
    {
        var setup = TriageUnderTest.Setup;
        var cues = new CueMatcher([.. setup.Taxonomy.Categories.Select(c => c.Cues)]);
        var passages = Core.Knowledge.KnowledgeFolder.Read(Path.Combine(TriageUnderTest.Samples, "knowledge")).Articles.SelectMany(Core.Knowledge.Passages.Of).ToList();
        string[] labels = [.. setup.Taxonomy.Categories.Select(c => c.Id)];
        var confusion = new int[labels.Length, labels.Length];
        var figures = CrossValidation.Measure(labels, CategoryModel.Texts(setup.Taxonomy, setup.Examples, cues), CategorySwitches.Count(setup.Taxonomy), 5, null, confusion, CategoryModel.Texts(setup.Taxonomy, passages, cues));
        for (var truth = 0; truth < labels.Length; truth++)
            output.WriteLine($"{labels[truth],-20}{string.Concat(Enumerable.Range(0, labels.Length).Select(p => $"{confusion[truth, p],5}"))}");
        var line = $"category model, 5-fold: {figures.Examples} examples, accuracy {figures.Accuracy:0.000}, macro-F1 {figures.MacroF1:0.000}, ECE {figures.ExpectedCalibrationError:0.000}; training took {setup.Model.Parts.Figures.Seconds:0.00} s";
        output.WriteLine(line);
        Console.WriteLine(line);
        Assert.True(figures.Accuracy >= 0.80, line);
        Assert.True(figures.MacroF1 >= 0.79, line);
        Assert.True(figures.ExpectedCalibrationError <= 0.08, line);
    }

    [Fact]
    public void A_cached_model_is_read_instead_of_trained_and_a_damaged_one_is_replaced()
    {
        var folder = Directory.CreateTempSubdirectory("triage-cache").FullName;
        try
        {
            var paths = TriagePaths.Samples(TriageUnderTest.Samples, folder);
            var first = TriageSetup.Load(paths, TimeProvider.System).Model;
            var file = Assert.Single(Directory.GetFiles(folder));
            var written = File.GetLastWriteTimeUtc(file);
            Assert.Equal(first.Parts.Rows.Bytes.ToArray(), TriageSetup.Load(paths, TimeProvider.System).Model.Parts.Rows.Bytes.ToArray());
            Assert.Equal(written, File.GetLastWriteTimeUtc(file));
            File.WriteAllText(file, "half a model");
            Assert.Equal(first.Parts.Rows.Bytes.ToArray(), TriageSetup.Load(paths, TimeProvider.System).Model.Parts.Rows.Bytes.ToArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
