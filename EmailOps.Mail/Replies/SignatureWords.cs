using System.Buffers;

namespace EmailOps.Mail.Replies;

/// <summary>Words that mark the end of a mail, by language. To add a language, add its words here.</summary>
internal static class SignatureWords
{
    /// <summary>How the line begins that a phone or web mailer adds.</summary>
    public static readonly string[] SentFromStarts =
    [
        "sent from", "sent via", "sent with", "sent using", "sent by", "get outlook for", "get bluemail for", "envoyé de", "envoyé à partir de", "envoyé depuis", "envoyé avec", "envoyé via", "télécharger outlook", "obtenez outlook",
        "gesendet von", "gesendet mit", "gesendet vom", "von meinem", "diese nachricht wurde von meinem", "holen sie sich outlook", "outlook für", "enviado desde", "enviado do", "enviado de", "enviado a partir", "enviado con", "enviado com", "enviado pelo", "enviado via",
        "obtener outlook", "obter o outlook", "inviato da", "inviato dal", "inviato con", "ottieni outlook", "verzonden vanaf", "verzonden vanuit", "verstuurd vanaf", "verzonden met", "verstuurd met", "outlook voor", "sendt fra", "sendt via", "hent outlook", "skickat från",
        "skickat med", "skickades från", "hämta outlook", "lähetetty", "wysłane z", "wysłano z", "pobierz outlook", "отправлено с", "отправлено из", "отправлено от", "послано с", "надіслано з", "надіслано через", "відправлено з", "odesláno z", "odoslané z", "poslané z", "elküldve",
        "trimis de pe", "trimis din", "στάλθηκε από", "εστάλη από", "נשלח מ", "أرسلت من", "تم الإرسال من", "đã gửi từ", "được gửi từ", "dikirim dari", "ส่งจาก", "发自我的", "发自", "來自我的", "从我的", "從我的", "poslano z", "poslano s", "poslato sa", "изпратено от", "enviat des", "nosūtīts no", "saadetud", "išsiųsta iš", "provenance :", "получить outlook", "outlook laden", "scarica outlook", "descargar outlook", "baixar o outlook", "download outlook",
    ];

    /// <summary>How such a line ends in languages that put the device first.</summary>
    public static readonly string[] SentFromEnds = ["gesendet", "gesendet.", "から送信", "から送信されました", "에서 보냄", "에서 전송", "에서 보낸 메시지", "gönderildi", "傳送", "发送", "küldve"];

    /// <summary>Devices and mailers; with one of these the line is certain.</summary>
    public static readonly SearchValues<string> Devices = SearchValues.Create(
    [
        "iphone", "ipad", "ipod", "android", "samsung", "galaxy", "blackberry", "outlook", "yahoo", "windows", "huawei", "xiaomi", "redmi", "oneplus", "pixel", "nokia", "motorola", "lumia", "htc", "sony", "xperia", "wiko", "honor", "oppo",
        "gmail", "protonmail", "proton mail", "k-9", "k9", "bluemail", "thunderbird", "mailbird", "airmail", "spark", "mobile", "smartphone", "tablet", "handy", "mobil", "portable", "móvil", "cellulare", "telefon", "téléphone", "teléfono", "телефон", "айфон", "手机", "gmx", "web.de", "aol",
        "mail.ru", "яндекс", "yandex", "fairemail", "hey.com", "hubspot", "front", "apple mail", "nine", "aquamail", "typeapp", "mailspring", "zoho", "tutanota", "boxer", "verizon", "at&t", "t-mobile",
    ], StringComparison.OrdinalIgnoreCase);

    /// <summary>The polite last words before the name.</summary>
    public static readonly string[] Closings =
    [
        "regards", "best regards", "kind regards", "kindest regards", "warm regards", "warmest regards", "many thanks", "thanks", "thank you", "thx", "cheers", "best", "best wishes", "all the best", "sincerely", "yours sincerely", "yours faithfully", "yours truly", "respectfully",
        "mit freundlichen grüßen", "mit freundlichem gruß", "mit freundlichen gruessen", "freundliche grüße", "freundliche grüsse", "viele grüße", "viele grüsse", "beste grüße", "beste grüsse", "liebe grüße", "herzliche grüße", "schöne grüße", "gruß", "grüße", "mfg", "lg", "vg", "danke", "vielen dank",
        "cordialement", "bien cordialement", "bien à vous", "sincères salutations", "merci", "merci d'avance", "salutations", "amicalement", "respectueusement", "saludos", "un saludo", "saludos cordiales", "atentamente", "gracias", "un cordial saludo", "muchas gracias",
        "cordiali saluti", "distinti saluti", "saluti", "grazie", "un saluto", "atenciosamente", "cumprimentos", "com os melhores cumprimentos", "obrigado", "obrigada", "abraços", "att", "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "groeten", "groetjes", "mvg", "bedankt",
        "med venlig hilsen", "venlig hilsen", "mvh", "med vänlig hälsning", "med vänliga hälsningar", "vänliga hälsningar", "hälsningar", "hilsen", "med vennlig hilsen", "vennlig hilsen", "ystävällisin terveisin", "terveisin", "pozdrawiam", "z poważaniem", "z wyrazami szacunku", "dziękuję",
        "с уважением", "с наилучшими пожеланиями", "спасибо", "з повагою", "дякую", "s pozdravem", "děkuji", "s pozdravom", "üdvözlettel", "tisztelettel", "köszönettel", "cu stimă", "cu respect", "mulțumesc", "saygılarımla", "iyi günler", "teşekkürler", "με εκτίμηση", "ευχαριστώ", "בברכה", "תודה", "مع التحية", "よろしくお願いします", "よろしくお願いいたします", "敬具", "此致", "谢谢", "감사합니다",
    ];

    /// <summary>Titles and company forms; a line with one of these belongs to a signature.</summary>
    public static readonly SearchValues<string> Titles = SearchValues.Create(
    [
        "ceo", "cto", "cfo", "coo", "manager", "director", "engineer", "founder", "president", "consultant", "developer", "officer", "head of", "team lead", "sales", "marketing", "assistant", "administrator", "analyst", "specialist", "geschäftsführer", "leiter", "directeur", "gerente", "responsabile", "direttore", "менеджер", "директор",
        "gmbh", " ltd", " inc.", " inc,", " llc", " s.a.", " s.r.l", " b.v.", " ag,", " kg", "tel.", "tel:", "phone:", "mobile:", "mobil:", "fax", "cell:", "telefon", "www.", "http://", "https://", "linkedin", "twitter.com", "facebook.com", "skype",
    ], StringComparison.OrdinalIgnoreCase);

    /// <summary>Words above a block of name and address that make the block what the customer wants to say: where to send it.</summary>
    public static readonly SearchValues<string> Destinations = SearchValues.Create(
    [
        "details", "reach me", "call me", "contact me", "meine daten", "kontaktdaten", "erreichbar", "coordonnées", "mis datos", "i miei dati", "meus dados", "gegevens", "moje dane", "mina uppgifter", "mine oplysninger", "yhteystie", "мои данные", "мої дані", "連絡先", "联系方式", "연락처",
        "deliver", "ship", "send it", "send the", "send them", "send to", "address", " here", "liefer", "schick", "senden", "sendet", "adresse", "anschrift", "hierhin", "livr", "envoy", "expédi", "entreg", "enviar", "envíe", "envíen", "dirección", "direccion", "enviem", "endereço", "morada", "spedi", "consegn", "indirizzo", "invia", "bezorg", "lever", "stuur", "verstuur", "adres",
        "wysł", "wyśl", "doręcz", "skicka", "sänd", "adress", "send den", "toimit", "lähet", "osoite", "отправ", "достав", "адрес", "надіш", "pošl", "doruč", "küld", "szállít", "cím", "trimit", "livrați", "gönder", "teslimat", "στείλ", "διεύθυνση", "שלח", "כתובת", "أرسل", "عنوان", "送って", "お届け", "住所", "寄到", "地址", "送到", "보내", "주소",
    ], StringComparison.OrdinalIgnoreCase);

    /// <summary>A block without delimiter that asks for something is no signature either.</summary>
    public static readonly SearchValues<string> Requests = SearchValues.Create(["please", "bitte", "s'il vous", "por favor", "per favore", "alstublieft", "proszę", "пожалуйста", "お願い"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Words of a customer's business. A block with one of these is never taken for a signature.</summary>
    public static readonly SearchValues<string> Business = SearchValues.Create(
    [
        "order", "bestell", "auftrag", "commande", "pedido", "encomenda", "ordine", "zamówieni", "заказ", "замовлення", "sipariş", "注文", "订单", "訂單", "주문", "ticket", "invoice", "rechnung", "facture", "factura", "fattura", "fatura", "tracking", "parcel", "paket", "colis", "refund", "size", "größe", "taille", "talla", "taglia", "maat", "iban", "password", "passwort", "address:", "adresse:", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9",
    ], StringComparison.OrdinalIgnoreCase);
}
