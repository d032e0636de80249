namespace EmailOps.Benchmarks.Proxies;

/// <summary>A point in a mail's way through the worker, as it shows in the bytes between the worker and its servers.</summary>
internal enum Moment
{
    /// <summary>Half of a mail's bytes have come from the IMAP server.</summary>
    FetchHalf,
    /// <summary>The IMAP server said that a fetch is done; nothing of it is stored yet.</summary>
    Fetched,
    /// <summary>The worker asks to commit the fetched mails; PostgreSQL has not heard it.</summary>
    BeforeStored,
    /// <summary>PostgreSQL committed them; the worker has not heard it.</summary>
    AfterStored,
    BeforeTriaged,
    AfterTriaged,
    BeforeDecided,
    AfterDecided,
    /// <summary>Around the commit that puts a reply into the outbox.</summary>
    BeforeQueued,
    AfterQueued,
    /// <summary>Around the commit of "Sending"; after it, and before the server is called.</summary>
    BeforeSending,
    AfterSending,
    /// <summary>The worker said MAIL FROM; the SMTP server has not heard it.</summary>
    MailFrom,
    /// <summary>A part of the reply's bytes has gone to the SMTP server.</summary>
    DataHalf,
    /// <summary>All of the reply has gone but for the final dot.</summary>
    BeforeDot,
    /// <summary>The SMTP server took the reply; the worker has not heard it.</summary>
    Accepted,
    /// <summary>The worker has heard it.</summary>
    Answered,
    /// <summary>Around the commit of "Sent".</summary>
    BeforeSent,
    AfterSent,
    /// <summary>Half of the copy has gone to the Sent folder.</summary>
    AppendHalf,
    /// <summary>The copy lies in the Sent folder; the worker has not heard it.</summary>
    Appended,
    /// <summary>Around the commit that notes the copy.</summary>
    BeforeAppendNoted,
    AfterAppendNoted,
}
