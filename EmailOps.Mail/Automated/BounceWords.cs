namespace EmailOps.Mail.Automated;

/// <summary>Wording of delivery failures, by family and language. To add a mailer or language, add its words here.</summary>
internal static class BounceWords
{
    /// <summary>Senders that write reports and nothing else.</summary>
    public static readonly PhraseSet Daemons = PhraseSet.Of(
        ["mailer-daemon", "mailerdaemon", "mailer_daemon", "maildaemon", "mail-daemon", "mdaemon", "mail.delivery.system", "double-bounce"]);

    /// <summary>Senders that write reports, but other mail as well.</summary>
    public static readonly PhraseSet Postmasters = PhraseSet.Of(
    [
        "postmaster", "post_master", "poostmaster", "post.master", "mail delivery s", "mail delivery subsystem", "mail deliver system", "system administrator", "mail administrator", "internet mail delivery", "interscan", "mail system",
        "mail delivery service", "microsoft outlook", "microsoft exchange", "bounce@", "bounces@", "sysadmin@", "mailsystem", "delivery system", "mail gateway", "e-mail filter",
    ]);

    /// <summary>Subjects of reports, which customers may write of parcels too: never enough alone.</summary>
    public static readonly PhraseSet Subjects = PhraseSet.Of(
    [
        "undeliverable", "undelivered", "not deliverable", "mail delivery fail", "mail delivery error", "mail delivery system", "delivery status notif", "delivery status:", "delivery fail", "delivery problem", "failure delivery", "failed delivery", "failure notice",
        "returned mail", "returned to sender", "return to sender", "delivery notification", "delivery has failed", "non delivery", "non-delivery", "nondelivery", "nondeliverable", "non-deliverable", "could not be delivered", "couldn't be delivered", "can't be delivered",
        "cannot be delivered", "not delivered", "was not delivered", "mail system error", "delivery report", "delivery error", "could not send message", "postmaster notify", "mail failure", "message delayed", "delivery delay", "delayed mail", "delivery status",
        "there was an error sending your mail", "message you sent blocked", "message status -", "unable to deliver", "rejected mail", "rejected message", "mail rejected", "message rejected", "permanent error", "mail returned", "user unknown", "unknown user", "are not member", "not a member", "not member", "mail loop", "non-member", "blocked by our", "smtp server: errors from",
        "bounced mail", "bounce notification", "email bounced", "could not deliver", "mailbox full", "quota exceeded", "over quota", "warning: message", "temporarily undeliverable", "not read your mail", "nicht zugestellt", "unzustellbar", "nicht zustellbar", "zustellung fehlgeschlagen", "zustellungsfehler", "unzustellbare", "fehler bei der zustellung",
        "non remis", "échec de la remise", "échec de remise", "non distribué", "non délivré", "échec d'envoi", "avis de non-remise", "no se puede entregar", "no entregable", "no entregado", "no se pudo entregar", "error de entrega", "devuelto", "non recapitabile", "mancato recapito", "non consegnato", "impossibile recapitare", "mancata consegna",
        "onbestelbaar", "niet bezorgd", "niet afgeleverd", "não entregue", "não é possível entregar", "não pôde ser entregue", "falha na entrega", "niedostarczon", "nie można dostarczyć", "nie dostarczono", "не удается доставить", "не доставлено", "недоставлен", "невозможно доставить", "ошибка доставки", "не вдалося доставити", "не доставлено",
        "ej levererat", "kunde inte levereras", "går inte att leverera", "ikke leveret", "kunne ikke leveres", "ikke levert", "kan ikke leveres", "toimitus epäonnistui", "ei voitu toimittaa", "teslim edilemedi", "iletilemedi", "nedoručiteln", "nedoručen", "nelze doručit", "nem kézbesíthető", "kézbesítési hiba", "kézbesíthetetlen", "nelivrat", "imposibil de livrat",
        "δεν παραδόθηκε", "αποτυχία παράδοσης", "לא נמסר", "פשל משלוח", "لم يتم تسليم", "تعذر تسليم", "配信不能", "配信できま", "送信できま", "配送でき", "配信エラー", "送信エラー", "エラーメール", "メールエラー", "配送エラー", "配信失敗", "配送失敗", "未達", "不達", "退信", "无法投递", "无法送达", "無法傳遞", "未送达", "无法传递", "投递失败", "無法遞送", "傳送失敗", "寄送失敗", "발송 실패", "배달 실패", "배달되지", "전송 실패", "반송", "không gửi được", "gagal terkirim", "tidak terkirim", "ส่งไม่สำเร็จ",
    ]);

    /// <summary>Sentences that only mail software writes: they decide whoever the sender is.</summary>
    public static readonly PhraseSet Certain = PhraseSet.Of(
    [
        "this is the mail system at host", "inform you that your message could not", "created automatically by mail delivery software", "created automatically by the smtp relay", "delivery to the following recipient", "delevery to the following recipient", "permanent fatal errors", "transient non-fatal errors", "transcript of session follows",
        "able to deliver your message to the following", "unable to deliver message to", "unable to deliver your message to the following", "did not reach the following recipient", "delivery has failed to these recipients", "there was an error delivering your mail to", "attempting to deliver a message for", "trying to deliver the mail to the following", "had delivery problems -", "had delivery errors-", "non-delivered information",
        "not a member of this mailing list", "body of message generated response", "had trouble delivering your message", "was rejected by a remote mail server", "failed addresses follow", "group you tried to contact", "delivery report unavailable", "contained one or more recipient addresses that were", "automatically generated delivery status notification", "following address(es) failed", "remote host said:", "following recipients did not receive this message",
        "error: invalid user address", "error: no valid recipients", "could not be delivered to mobile", "non-member submission", "not member article", "ezmlm-reject", "loop back warning", "mail loop detected", "your mail sent on:", "as their mailbox is full", "qmail-send program", "smtp error from remote", "message from interscan", "message delivery to the following recipients failed", "this report relates to a message you sent", "error_code :", "message was undeliverable due to the following reason", "failure reasons", "the following recipients were affected", "konnte nicht an alle empfänger", "diese nachricht wurde automatisch vom mailserver", "это письмо создано автоматически сервером",
        "n'a pas pu être remis aux destinataires", "no se ha podido entregar el mensaje a", "non è stato possibile recapitare il messaggio a", "このメールは送信できませんでした", "へのメッセージはエラーのため送信できません", "以下のメールアドレスへの送信に失敗", "次の宛先へのメール", "邮件无法投递到", "无法将您的邮件", "您的邮件被退回",
    ]);

    /// <summary>Sentences of reports, which customers may write of parcels too: they count with a machine's sender.</summary>
    public static readonly PhraseSet Sentences = PhraseSet.Of(
    [
        "this is the mail system at host", "inform you that your message could not", "created automatically by mail delivery software", "created automatically by the smtp relay", "delivery to the following recipient", "delevery to the following recipient", "failed permanently", "permanent fatal errors", "transient non-fatal errors", "transcript of session follows",
        "able to deliver your message", "unable to deliver", "could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered", "wasn't delivered", "did not reach the following recipient", "delivery has failed to these recipients", "was not delivered", "has not yet been delivered", "not been delivered", "error delivering your mail",
        "attempting to deliver a message", "trying to deliver the mail", "message is delayed", "had delivery problems", "had delivery errors", "undeliverable to", "non-delivered information", "not a member of this mailing list", "invalid user address", "message generated response", "trouble delivering your message", "rejected by a remote", "delivery failed for the following",
        "could not be sent", "message could not be sent", "failed addresses follow", "group you tried to contact", "delivery report unavailable", "this is a permanent error", "incorrectly constructed", "recipient addresses that were", "recipients of your message", "address not found", "message not delivered", "message blocked", "delivery status notification", "this report relates to a message you sent",
        "message was rejected", "was undeliverable", "is undeliverable", "message undeliverable", "following address failed", "following address(es) failed", "address(es) failed", "message has been rejected", "no valid recipients", "returned because", "following recipients did not receive", "following recipient(s)", "giving up on", "account is disabled", "delivery attempts", "delivery to these recipients failed",
        "content rejected", "rejected your message", "refused your message", "remote server returned", "relay access denied", "konnte nicht zugestellt werden", "konnten nicht zugestellt werden", "wurde nicht zugestellt", "fehler bei der nachrichtenzustellung", "nachricht an folgende empfänger", "n'a pas pu être remis", "n'a pas pu être distribué", "pas pu être livré", "échec de la remise", "n'a pas été remis", "no se ha podido entregar", "no se pudo entregar",
        "no ha podido ser entregado", "error de entrega", "não pôde ser entregue", "não foi possível entregar", "falha na entrega", "impossibile recapitare", "non è stato possibile recapitare", "non è stato possibile consegnare", "non è stato recapitato", "kon niet worden bezorgd", "kan niet worden bezorgd", "kan niet worden afgeleverd", "nie mogła zostać dostarczona", "nie można dostarczyć", "nie została dostarczona", "не может быть доставлено", "не удалось доставить", "не было доставлено", "не вдалося доставити",
        "kunde inte levereras", "kunne ikke leveres", "ei voitu toimittaa", "teslim edilemedi", "iletilemedi", "nelze doručit", "nebyla doručena", "nem kézbesíthető", "nem sikerült kézbesíteni", "nu a putut fi livrat", "送信できません", "配信できません", "お届けできません", "配送できません", "配信されません", "送信に失敗", "送信エラー", "宛先不明", "送信先メールアドレスが見つから", "无法投递", "无法送达", "無法傳遞", "無法投遞", "未能送达", "投递失败", "退回", "배달할 수 없", "전달되지 않", "전송하지 못", "발송되지",
    ]);

    /// <summary>Weaker: what a machine says of an address. Counts with a machine's sender only.</summary>
    public static readonly PhraseSet Remarks = PhraseSet.Of(
    [
        "user unknown", "unknown user", "no such user", "no mailbox here", "mailbox is full", "mailbox full", "mailbox exceeds", "over quota", "quota exceeded", "unknown recipient", "host unknown", "unknown host", "domain not found", "recipient rejected", "address rejected", "does not exist", "undeliver",
    ]);

    /// <summary>Subjects of reports that all went well.</summary>
    public static readonly PhraseSet DeliveredSubjects = PhraseSet.Of(
    [
        "delivery status notification (success)", "delivery status notification (relay)", "successful mail delivery report", "delivered:", "relayed:", "zugestellt:", "weitergeleitet:", "remis :", "remis:", "entregado:", "recapitato:", "bezorgd:", "entregue:", "dostarczono:", "доставлено:", "配信済み:"
    ]);

    /// <summary>Wording of a message that is late and still being tried.</summary>
    public static readonly PhraseSet Delays = PhraseSet.Of(
    [
        "delivery status notification (delay)", "(delayed)", "warning: could not send message for past", "warning: message", "message is delayed", "message delayed", "delivery delayed", "delivery is delayed", "delivery has been delayed", "delayed mail", "still being retried", "will be retried", "will keep trying",
        "will continue to try", "attempts will continue", "delivery attempts will be", "not yet been delivered", "has not been delivered yet", "temporary delivery", "this is a warning message only", "do not need to resend", "you do not need to retry", "no action is required on your part", "not been collected",
        "zustellung verzögert", "verzögerte zustellung", "noch nicht zugestellt", "remise différée", "remise retardée", "pas encore été remis", "entrega retrasada", "se ha retrasado la entrega", "consegna ritardata", "consegna in ritardo", "entrega atrasada", "bezorging is vertraagd", "nog niet bezorgd",
        "доставка задерживается", "доставка відкладена", "dostarczenie opóźnione", "配信が遅延", "配信が遅れ", "邮件延迟", "延迟送达", "배달 지연",
    ]);
}
