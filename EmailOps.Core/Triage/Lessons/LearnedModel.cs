using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Lessons;

/// <summary>The model of one mailbox: the base model as its people taught it, and what else it learned. Immutable and thread-safe.</summary>
/// <param name="Number">Of its version; 0 is the base model.</param>
internal sealed record LearnedModel(int Number, TextModel Categories, LearnedFacts Facts);
