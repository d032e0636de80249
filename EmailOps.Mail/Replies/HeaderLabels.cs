using System.Collections.Frozen;

namespace EmailOps.Mail.Replies;

/// <summary>What a label of a header block names.</summary>
internal enum HeaderLabel
{
    None,
    From,
    Date,
    To,
    Copy,
    Subject,
    ReplyTo,
    Other,
}

/// <summary>The labels that clients write above quoted mail, by language. To add a language, add its words here.</summary>
internal static class HeaderLabels
{
    private static readonly FrozenDictionary<string, HeaderLabel> Known = Build();

    private static readonly FrozenDictionary<string, HeaderLabel>.AlternateLookup<ReadOnlySpan<char>> ByText =
        Known.GetAlternateLookup<ReadOnlySpan<char>>();

    public const int MaxLength = 32;

    public static HeaderLabel Find(ReadOnlySpan<char> label) =>
        label.Length <= MaxLength && ByText.TryGetValue(label, out var found) ? found : HeaderLabel.None;

    private static FrozenDictionary<string, HeaderLabel> Build()
    {
        Dictionary<string, HeaderLabel> all = new(StringComparer.OrdinalIgnoreCase);
        Add(HeaderLabel.From, "From|Von|De|Da|Van|Fra|Från|Lähettäjä|Od|Od Koho|От|От кого|Від|Від кого|Feladó|Kimden|Gönderen|Από|מאת|من|差出人|送信者|发件人|寄件者|寄件人|보낸 사람|보낸사람|"
            + "Từ|Người gửi|Dari|Pengirim|จาก|De la|Expéditeur|Remitente|Mittente|Afzender|Absender|Odesílatel|Odosielateľ|Nadawca|Пошиљалац|Šalje|Frá|Saatja|Nuo|No|Desde|E-mail Sender|Message de");
        Add(HeaderLabel.Date, "Date|Sent|Datum|Gesendet|Gesendet am|Envoyé|Envoyé le|Date d'envoi|Fecha|Enviado|Enviado el|Enviado em|Enviada em|Enviada|Data|Inviato|Data invio|Verzonden|Verzonden op|Sendt|Dato|"
            + "Skickat|Lähetetty|Päiväys|Päivämäärä|Wysłano|Wysłane|Data wysłania|Отправлено|Дата|Дата и время|Надіслано|Odesláno|Odoslané|Dátum|Küldve|Elküldve|Küldés dátuma|Gönderme Tarihi|Gönderildi|Gönderilme|Tarih|"
            + "Στάλθηκε|Ημερομηνία|Εστάλη|נשלח|תאריך|تاريخ الإرسال|التاريخ|日時|送信日時|日付|发送时间|发送日期|日期|時間|时间|寄件日期|傳送日期|보낸 날짜|날짜|보낸시간|Ngày|Đã gửi|Tanggal|Terkirim|Dikirim|วันที่|ส่ง|Trimis|Poslano|Poslato|Изпратено|Message du|Saadetud|Išsiųsta|Sent on|Sent at");
        Add(HeaderLabel.To, "To|An|À|A|Para|Aan|Til|Till|Vastaanottaja|Do|Komu|Кому|Címzett|Kime|Alıcı|Προς|אל|إلى|宛先|To (宛先)|收件人|收件者|받는 사람|받는사람|Đến|Tới|Người nhận|Kepada|ถึง|Către|Catre|Prima|Za|До|Kellele|Kam|Destinataire|Destinatario|Destinatário|Empfänger|Ontvanger");
        Add(HeaderLabel.Copy, "Cc|Bcc|Kopie|Kopie (CC)|Copie à|Copie|Copia|Cópia|CC (Carbon Copy)|Kopi|Kopia|Kopio|DW|UDW|Do wiadomości|Копия|Копія|Másolatot kap|Bilgi|Κοινοποίηση|Κοιν.|עותק|نسخة|抄送|副本|참조|Đồng gửi|สำเนา|Tembusan|Másolat");
        Add(HeaderLabel.Subject, "Subject|Betreff|Objet|Sujet|Asunto|Assunto|Oggetto|Onderwerp|Emne|Ämne|Aihe|Temat|Тема|Předmět|Predmet|Tárgy|Konu|Θέμα|נושא|הנדון|الموضوع|件名|主题|主題|主旨|标题|제목|Chủ đề|Tiêu đề|Subyek|Perihal|Judul|เรื่อง|Subiect|Относно|Naslov|Teema|Tema|Efni");
        Add(HeaderLabel.ReplyTo, "Reply-To|Reply to|Antwort an|Antworten an|Répondre à|Responder a|Responder para|Rispondi a|Risposta|Antwoord aan|Svar til|Svara till|Odpowiedz do|Odpověď na|Кому ответить|Válaszcím|返信先|回复|답장 받는 사람");
        Add(HeaderLabel.Other, "Importance|Priority|Attachments|Attachment|Wichtigkeit|Priorität|Anlagen|Anhänge|Pièces jointes|Pièce jointe|Importancia|Datos adjuntos|Importância|Anexos|Importanza|Priorità|Allegati|Urgentie|Bijlagen|Vedhæftede filer|Bifogade filer|Vedlegg|Ważność|Załączniki|Вложения|"
            + "Organization|Organisation|Newsgroups|Message-ID|X-Mailer|Mailed-By|Signed-By|On Behalf Of|Im Auftrag von");
        return all.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

        void Add(HeaderLabel label, string words)
        {
            foreach (var word in words.Split('|'))
                all.TryAdd(word, label);
        }
    }
}
