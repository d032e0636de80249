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
public sealed record ClassifyRequest(ClassifyEmail Email);

public sealed record ClassifyEmail(string? Subject, string? Body, string? From = null);

/// <summary>Answer of <c>POST /email-triage/classify</c>: what triage would say; nothing is stored.</summary>
public sealed record ClassifyResponse(TriageView Triage, DecisionView Decision, string? Draft);

/// <summary>Body of <c>POST /process/trigger</c>; all mailboxes when empty.</summary>
public sealed record TriggerRequest(long? MailboxId = null);
