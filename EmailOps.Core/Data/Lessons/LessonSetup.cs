using EmailOps.Core.Data.Assessments;
using EmailOps.Core.Data.Labels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Core.Data.Lessons;

/// <summary>Registers what learns from people.</summary>
internal static class LessonSetup
{
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        StoreSetup.AddChecked<LearningOptions>(services, configuration, LearningOptions.Section, o => o.Problem());
        services.AddSingleton<LessonStore>();
        services.AddSingleton<OutcomeStore>();
        services.AddSingleton<ModelStore>();
        services.AddSingleton<LearnedModels>();
        services.AddSingleton<ModelPeople>();
        services.AddSingleton<RiskStore>();
        services.AddSingleton<LessonUndo>();
        services.AddSingleton<DriftStore>();
        services.AddSingleton<LearningChores>();
        services.AddSingleton<AssessmentStore>();
        services.AddSingleton<ReplaySource>();
        services.AddSingleton<ReplayDesk>();
        services.AddTransient<Assessor>();
        services.AddSingleton<Learner>();
        services.AddSingleton<LabelLessons>();
        services.AddSingleton<LabelModels>();
        services.AddSingleton<LabelStore>();
        services.AddSingleton<MessageLabels>();
        services.AddSingleton<LabelLearner>();
    }
}
