using System.Collections.Frozen;
using EmailOps.Mail.Authentication;

namespace EmailOps.Core.Messages;

/// <summary>Providers whose domain says nothing about who belongs together: everybody can have an address there.</summary>
internal static class FreeMail
{
    private static readonly FrozenSet<string> Domains = FrozenSet.ToFrozenSet(
    [
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "passport.com", "icloud.com", "me.com", "mac.com", "aol.com", "aim.com", "yahoo.com", "ymail.com", "rocketmail.com", "proton.me", "protonmail.com", "pm.me", "tutanota.com", "tuta.io", "tuta.com",
        "mail.com", "email.com", "usa.com", "gmx.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "arcor.de", "posteo.de", "posteo.net", "mailbox.org", "vodafone.de", "online.de", "1und1.de", "kabelmail.de", "bluewin.ch", "sunrise.ch", "hispeed.ch", "aon.at", "chello.at", "a1.net",
        "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "neuf.fr", "bbox.fr", "numericable.fr", "skynet.be", "telenet.be", "proximus.be", "ziggo.nl", "kpnmail.nl", "kpnplanet.nl", "planet.nl", "hetnet.nl", "home.nl", "xs4all.nl", "upcmail.nl", "casema.nl", "quicknet.nl",
        "libero.it", "virgilio.it", "tiscali.it", "alice.it", "tin.it", "fastwebnet.it", "email.it", "terra.es", "telefonica.net", "movistar.es", "ono.com", "sapo.pt", "clix.pt", "netcabo.pt", "uol.com.br", "bol.com.br", "terra.com.br", "ig.com.br", "globo.com", "globomail.com",
        "btinternet.com", "sky.com", "talktalk.net", "virginmedia.com", "ntlworld.com", "blueyonder.co.uk", "tiscali.co.uk", "eircom.net", "comcast.net", "verizon.net", "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net", "earthlink.net", "juno.com", "netzero.net", "optonline.net", "frontier.com", "rr.com", "centurylink.net", "shaw.ca", "rogers.com", "sympatico.ca", "telus.net", "videotron.ca",
        "bigpond.com", "bigpond.net.au", "optusnet.com.au", "iinet.net.au", "xtra.co.nz", "telia.com", "spray.se", "bredband.net", "comhem.se", "telenor.no", "online.no", "mail.dk", "jubii.dk", "tdcadsl.dk", "elisanet.fi", "kolumbus.fi", "luukku.com", "suomi24.fi", "saunalahti.fi",
        "seznam.cz", "centrum.cz", "email.cz", "post.cz", "atlas.cz", "volny.cz", "azet.sk", "centrum.sk", "zoznam.sk", "wp.pl", "o2.pl", "onet.pl", "onet.eu", "op.pl", "interia.pl", "interia.eu", "poczta.fm", "tlen.pl", "gazeta.pl", "freemail.hu", "citromail.hu", "t-online.hu", "indamail.hu", "abv.bg", "mail.bg", "yahoo.ro",
        "mail.ru", "inbox.ru", "list.ru", "bk.ru", "internet.ru", "yandex.ru", "yandex.com", "ya.ru", "rambler.ru", "lenta.ru", "ukr.net", "i.ua", "meta.ua", "bigmir.net", "tut.by", "inbox.lv", "one.lt", "mail.ee", "hot.ee",
        "qq.com", "foxmail.com", "163.com", "126.com", "yeah.net", "sina.com", "sina.cn", "sohu.com", "aliyun.com", "139.com", "189.cn", "tom.com", "21cn.com", "naver.com", "hanmail.net", "daum.net", "nate.com", "kakao.com", "docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp", "nifty.com", "biglobe.ne.jp", "ocn.ne.jp", "so-net.ne.jp", "plala.or.jp", "excite.co.jp", "yahoo.co.jp",
        "pchome.com.tw", "hinet.net", "seed.net.tw", "rediffmail.com", "indiatimes.com", "walla.co.il", "walla.com", "netvision.net.il", "012.net.il", "bezeqint.net", "mynet.com", "ttmail.com", "superonline.com", "otenet.gr", "hol.gr", "forthnet.gr", "in.gr", "fastmail.com", "fastmail.fm", "hushmail.com", "zoho.com", "zohomail.com", "zohomail.eu", "mailfence.com", "runbox.com", "hey.com", "duck.com", "simplelogin.com", "disroot.org", "riseup.net", "cock.li", "mailinator.com",
    ], StringComparer.OrdinalIgnoreCase);

    /// <summary>Names that a provider has in many countries: yahoo.fr, hotmail.co.uk, live.nl, gmx.tm.</summary>
    private static readonly string[] Families = ["yahoo", "ymail", "hotmail", "outlook", "live", "msn", "gmx", "yandex", "aol", "googlemail"];

    public static bool Has(string domain)
    {
        var registered = OrganisationalDomain.Of(domain);
        if (Domains.Contains(registered) || Domains.Contains(domain)) return true;
        var name = registered.AsSpan(0, Math.Max(registered.IndexOf('.', StringComparison.Ordinal), 0));
        foreach (var family in Families)
            if (name.SequenceEqual(family)) return true;
        return false;
    }
}
