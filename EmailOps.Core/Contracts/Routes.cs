namespace EmailOps.Core.Contracts;

/// <summary>
/// The paths of the Api, one place for those who serve and those who ask.
/// Every call but health needs <c>X-Api-Key</c>; failures are RFC 9457 problem details.
/// Writes that decide something carry <c>If-Match: "version"</c> (412 when somebody was faster) and <c>X-Operator: name</c>.
/// </summary>
public static class Routes
{
    /// <summary>GET -> MessagePage. Query: mailbox, decision, category, priority (minimum), language, draft, q (words), untriaged=true, cursor, take (1-200, default 50).</summary>
    public const string Messages = "/messages";
    /// <summary>GET -> MessageDetail.</summary>
    public const string Message = "/messages/{id:long}";
    /// <summary>GET -> message/rfc822, as received.</summary>
    public const string MessageRaw = "/messages/{id:long}/raw";
    /// <summary>GET -> text/html with cid: images inlined as data:, everything remote left as is for the sandbox to block.</summary>
    public const string MessageHtml = "/messages/{id:long}/html";
    /// <summary>GET -> bytes, always Content-Disposition: attachment.</summary>
    public const string Attachment = "/messages/{id:long}/attachments/{index:int}";
    /// <summary>POST CorrectCategory -> MessageDetail.</summary>
    public const string MessageCategory = "/messages/{id:long}/category";
    /// <summary>POST -> 202: triage again; 409 once a reply was approved.</summary>
    public const string MessageRetriage = "/messages/{id:long}/retriage";
    /// <summary>PUT EditDraft -> DraftView.</summary>
    public const string Draft = "/drafts/{id:long}";
    /// <summary>POST ApproveDraft -> DraftView.</summary>
    public const string DraftApprove = "/drafts/{id:long}/approve";
    /// <summary>POST RejectDraft -> DraftView.</summary>
    public const string DraftReject = "/drafts/{id:long}/reject";
    /// <summary>POST -> DraftView: takes back an approval that has not been sent, or a rejection.</summary>
    public const string DraftReopen = "/drafts/{id:long}/reopen";
    /// <summary>GET -> OutboundView[] newest first. Query: state, take.</summary>
    public const string Outbound = "/outbound";
    /// <summary>POST -> OutboundView: undo of a reply that has not left; its draft is proposed again.</summary>
    public const string OutboundCancel = "/outbound/{id:long}/cancel";
    /// <summary>POST -> OutboundView: ends the waiting time of an automatic answer.</summary>
    public const string OutboundSendNow = "/outbound/{id:long}/send-now";
    /// <summary>POST SettleOutbound -> OutboundView: of a reply whose fate is unknown, or another attempt after a failure.</summary>
    public const string OutboundSettle = "/outbound/{id:long}/settle";
    /// <summary>GET -> BrakeView[]: those in force.</summary>
    public const string Brakes = "/automation/brakes";
    /// <summary>POST -> 204: automatic answers go on.</summary>
    public const string BrakeLift = "/automation/brakes/{id:long}/lift";
    /// <summary>POST multipart/form-data (files, mailbox) -> ImportView[], one a file; GET -> ImportView[] newest first.</summary>
    public const string Imports = "/imports";
    /// <summary>GET -> IntakePage. Query: outcome, import, cursor, take.</summary>
    public const string Intake = "/intake";
    /// <summary>GET -> bytes as offered.</summary>
    public const string IntakeRaw = "/intake/{id:long}/raw";
    /// <summary>POST -> IntakeView: read the kept bytes again (after an upgrade, or to release a duplicate with ?force=true); what a mail server did not hand out is fetched again (202 when that takes longer).</summary>
    public const string IntakeRetry = "/intake/{id:long}/retry";
    /// <summary>GET -> DeadLetterView[].</summary>
    public const string DeadLetters = "/dead-letters";
    /// <summary>POST -> 202.</summary>
    public const string DeadLetterRetry = "/dead-letters/{id:long}/retry";
    /// <summary>GET -> MailboxView[]; POST SaveMailbox -> MailboxSetup (201).</summary>
    public const string Mailboxes = "/mailboxes";
    /// <summary>GET -> MailboxReading.</summary>
    public const string MailboxReading = "/mailboxes/{id:long}/reading";
    /// <summary>POST -> 202 ReconciliationView; GET -> ReconciliationView[] newest first.</summary>
    public const string MailboxReconcile = "/mailboxes/{id:long}/reconciliations";
    /// <summary>GET -> MailboxSetup; PUT SaveMailbox (If-Match) -> MailboxSetup.</summary>
    public const string MailboxSettings = "/mailboxes/{id:long}/settings";
    /// <summary>POST TestMailbox -> ConnectionReport.</summary>
    public const string MailboxTest = "/mailboxes/test";
    /// <summary>POST FindMailSettings -> FoundSettings: guessed from the address.</summary>
    public const string MailboxFind = "/mailboxes/find";
    /// <summary>GET -> CategoryView[].</summary>
    public const string Categories = "/categories";
    /// <summary>GET -> ArticleView[] by title. Query: q (words of the text), take (1-1000), cursor (of the Link header). POST SaveArticle -> 201 ArticleDetail.</summary>
    public const string Articles = "/knowledge/articles";
    /// <summary>GET -> ArticleDetail; PUT SaveArticle (If-Match) -> ArticleDetail; DELETE (If-Match) -> 204.</summary>
    public const string Article = "/knowledge/articles/{id:long}";
    /// <summary>POST SaveArticle -> ArticlePreview: how it would be shown and cut; nothing is stored.</summary>
    public const string ArticlePreview = "/knowledge/preview";
    /// <summary>POST multipart/form-data (files: Markdown, HTML, text) -> KnowledgeImportView.</summary>
    public const string KnowledgeImports = "/knowledge/imports";
    /// <summary>GET -> KnowledgeAnswer. Query: q, language (detected without), take (1-50, default 8).</summary>
    public const string KnowledgeSearch = "/knowledge/search";
    /// <summary>GET -> KnowledgeIndexView; POST -> 202: all articles are cut and their vectors made again in the background.</summary>
    public const string KnowledgeIndex = "/knowledge/index";
    /// <summary>POST ClassifyRequest -> ClassifyResponse.</summary>
    public const string Classify = "/email-triage/classify";
    /// <summary>GET -> ProcessStatus.</summary>
    public const string ProcessStatus = "/process/status";
    /// <summary>POST -> 202.</summary>
    public const string ProcessTrigger = "/process/trigger";
    /// <summary>GET text/event-stream of LiveEvent.</summary>
    public const string Events = "/events";
    /// <summary>GET -> HealthReportView.</summary>
    public const string HealthDetailed = "/health/detailed";
}
