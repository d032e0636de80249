namespace EmailOps.Core.Contracts;

/// <summary>Body of <c>POST /messages/{id}/category</c>.</summary>
public sealed record CorrectCategory(string Category);

/// <summary>Body of <c>POST /drafts/{id}/approve</c>: the text to send; null sends the draft as it stands.</summary>
public sealed record ApproveDraft(string? Body = null);

/// <summary>Body of <c>PUT /drafts/{id}</c>: saves words without deciding.</summary>
public sealed record EditDraft(string Body);

/// <summary>Body of <c>POST /drafts/{id}/reject</c>.</summary>
public sealed record RejectDraft(string? Reason = null);

/// <summary>Body of <c>POST /email-triage/classify</c>.</summary>
/// <param name="Mailbox">Address of the mailbox whose model, labels, words and rules judge; null: the base model.</param>
public sealed record ClassifyRequest(ClassifyEmail Email, string? Mailbox = null);

public sealed record ClassifyEmail(string? Subject, string? Body, string? From = null);

/// <summary>Answer of <c>POST /email-triage/classify</c>: what triage would say; nothing is stored.</summary>
/// <param name="Mailbox">Whose model judged; null: the base model.</param>
/// <param name="Version">Number of its version; 0: the base model. The whole name is <see cref="TriageView.ModelVersion"/>.</param>
/// <param name="LabelVersion">Number of the version of its labels; 0: it proposes none.</param>
public sealed record ClassifyResponse(TriageView Triage, DecisionView Decision, string? Draft, string? Mailbox = null, int Version = 0, int LabelVersion = 0);

/// <summary>Body of <c>POST /process/trigger</c>; all mailboxes when empty.</summary>
public sealed record TriggerRequest(long? MailboxId = null);
