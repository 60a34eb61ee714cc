//! By which words messages name the services that people use: what a sender is called, and what stands in
//! texts in English, Arabic, Russian and Spanish. An owner can put other words in their place.
//!
//! `=` before a word: the whole sender, never a word of a text. `~`: a word of the sender, and of a text only in
//! capitals or the name's own spelling, because it is a common word or a person's name too.

/// Services and their words, in lower case.
const KNOWN: &[(&str, &[&str])] = &[
    (
        "WhatsApp",
        &["whatsapp", "whats app", "واتساب", "واتس اب", "واتس آب", "الواتس", "ватсап", "вотсап", "=wa", "=whatsappbiz"],
    ),
    (
        "Telegram",
        &[
            "telegram",
            "تيليجرام",
            "تليجرام",
            "تلجرام",
            "تيليغرام",
            "تلغرام",
            "تلگرام",
            "телеграм",
            "телеграмм",
            "=tg",
            "=telegram sms",
        ],
    ),
    ("Google", &["google", "gmail", "جوجل", "قوقل", "غوغل", "گوگل", "гугл", "谷歌", "=g", "=googlesms"]),
    ("YouTube", &["youtube", "يوتيوب", "یوتیوب", "ютуб"]),
    ("Facebook", &["facebook", "فيسبوك", "فيس بوك", "فیسبوک", "фейсбук", "#fb", "=fb", "=facebooksms"]),
    ("Messenger", &["~messenger", "ماسنجر"]),
    (
        "Instagram",
        &[
            "instagram",
            "انستقرام",
            "انستجرام",
            "إنستجرام",
            "انستغرام",
            "إنستغرام",
            "إنستقرام",
            "اینستاگرام",
            "инстаграм",
            "#ig",
            "=ig",
        ],
    ),
    ("Threads", &["~threads"]),
    ("TikTok", &["tiktok", "tik tok", "تيك توك", "تيكتوك", "تیک تاک", "тикток", "тик ток"]),
    ("Snapchat", &["snapchat", "سناب شات", "سنابشات", "سناب", "снапчат", "=snap"]),
    ("Twitter", &["twitter", "تويتر", "توییتر", "твиттер", "x.com", "=x"]),
    ("Discord", &["~discord", "ديسكورد", "дискорд"]),
    ("Signal", &["~signal", "سيجنال", "سیگنال"]),
    ("Viber", &["viber", "فايبر", "وایبر", "вайбер", "=rakuten viber"]),
    ("WeChat", &["wechat", "we chat", "وي شات", "微信", "вичат"]),
    ("QQ", &["qq"]),
    ("LINE", &["~line", "لاين"]),
    ("KakaoTalk", &["kakaotalk", "kakao talk", "kakao", "카카오톡", "카카오"]),
    ("imo", &["imo", "ايمو", "إيمو", "ایمو"]),
    ("Zalo", &["zalo"]),
    ("BOTIM", &["botim", "بوتيم"]),
    ("Microsoft", &["microsoft", "مايكروسوفت", "مایکروسافت", "майкрософт", "=msft", "=msverify"]),
    ("Skype", &["skype", "سكايب", "скайп"]),
    ("Outlook", &["~outlook"]),
    ("Apple", &["apple", "icloud", "أبل", "آبل", "اپل", "苹果"]),
    ("Amazon", &["amazon", "أمازون", "امازون", "آمازون", "амазон", "亚马逊"]),
    ("eBay", &["ebay"]),
    ("AliExpress", &["aliexpress", "علي اكسبرس", "علي إكسبريس", "алиэкспресс", "=ali express"]),
    ("Alibaba", &["alibaba", "阿里巴巴", "علي بابا"]),
    ("Taobao", &["taobao", "淘宝"]),
    ("Alipay", &["alipay", "支付宝"]),
    ("JD", &["京东", "jd.com", "=jd"]),
    ("Weibo", &["weibo", "微博"]),
    ("Douyin", &["douyin", "抖音"]),
    ("Meituan", &["meituan", "美团"]),
    ("Didi", &["didi", "滴滴", "滴滴出行"]),
    ("Xiaomi", &["xiaomi", "小米", "شاومي"]),
    ("Huawei", &["huawei", "华为", "هواوي"]),
    ("Samsung", &["samsung", "سامسونج"]),
    ("Baidu", &["baidu", "百度"]),
    ("Bilibili", &["bilibili", "哔哩哔哩"]),
    ("Temu", &["temu", "تيمو"]),
    ("SHEIN", &["shein", "شي إن", "شي ان"]),
    ("Uber", &["uber", "أوبر", "اوبر", "убер", "=ubereats"]),
    ("Careem", &["careem", "~كريم"]),
    ("Bolt", &["~bolt", "بولت"]),
    ("inDrive", &["indrive", "indriver", "in drive", "إن درايف", "اندرايفر", "индрайв"]),
    ("Lyft", &["lyft"]),
    ("Grab", &["~grab"]),
    ("Gojek", &["gojek"]),
    ("Yango", &["yango"]),
    ("Cabify", &["cabify"]),
    ("Didi Food", &["didi food"]),
    ("Netflix", &["netflix", "نتفليكس", "نتفلیکس", "нетфликс"]),
    ("Spotify", &["spotify", "سبوتيفاي"]),
    ("Disney+", &["disney+", "disney plus"]),
    ("PayPal", &["paypal", "باي بال", "بايبال", "пейпал"]),
    ("Wise", &["~wise"]),
    ("Revolut", &["revolut"]),
    ("Payoneer", &["payoneer", "بايونير"]),
    ("Skrill", &["skrill"]),
    ("Neteller", &["neteller"]),
    ("Stripe", &["~stripe"]),
    ("Cash App", &["cash app", "cashapp"]),
    ("Venmo", &["venmo"]),
    ("Binance", &["binance", "باينانس", "بينانس", "بایننس", "бинанс", "币安"]),
    ("Coinbase", &["coinbase", "كوين بيس"]),
    ("Bybit", &["bybit"]),
    ("OKX", &["okx"]),
    ("KuCoin", &["kucoin"]),
    ("Kraken", &["kraken"]),
    ("Crypto.com", &["crypto.com"]),
    ("Steam", &["steam", "ستيم", "стим", "استیم"]),
    ("Epic Games", &["epic games"]),
    ("Riot Games", &["riot games", "~riot"]),
    ("Blizzard", &["blizzard", "battle.net"]),
    ("Roblox", &["roblox", "روبلوكس", "роблокс"]),
    ("PlayStation", &["playstation"]),
    ("Nintendo", &["nintendo"]),
    ("Xbox", &["xbox"]),
    ("PUBG", &["pubg", "ببجي"]),
    ("Garena", &["garena"]),
    ("Twitch", &["twitch", "تويتش", "твич"]),
    ("LinkedIn", &["linkedin", "لينكد إن", "لينكدإن", "لینکدین", "линкедин"]),
    ("Yahoo", &["yahoo", "ياهو", "یاهو"]),
    ("Proton", &["~proton", "protonmail"]),
    ("Yandex", &["yandex", "ياندكس", "яндекс"]),
    ("VK", &["vk", "vkontakte", "vkcom", "вконтакте", "вк"]),
    ("OK", &["odnoklassniki", "одноклассники", "ok.ru", "=ok"]),
    ("Mail.ru", &["mail.ru", "mailru"]),
    ("Avito", &["avito", "авито"]),
    ("Ozon", &["ozon", "озон"]),
    ("Wildberries", &["wildberries", "вайлдберриз", "=wb"]),
    ("Tinder", &["tinder", "تندر", "тиндер"]),
    ("Bumble", &["~bumble"]),
    ("Badoo", &["badoo", "бадoo"]),
    ("Hinge", &["~hinge"]),
    ("Grindr", &["grindr"]),
    ("Happn", &["happn"]),
    ("OkCupid", &["okcupid"]),
    ("Tantan", &["tantan", "探探"]),
    ("Airbnb", &["airbnb", "إير بي إن بي"]),
    ("Booking.com", &["booking.com", "بوكينج"]),
    ("Shopee", &["shopee"]),
    ("Lazada", &["lazada"]),
    ("Tokopedia", &["tokopedia"]),
    ("Mercado Libre", &["mercado libre", "mercadolibre", "mercado livre"]),
    ("Mercado Pago", &["mercado pago", "mercadopago"]),
    ("Rappi", &["rappi"]),
    ("PedidosYa", &["pedidosya", "pedidos ya"]),
    ("Glovo", &["glovo"]),
    ("iFood", &["ifood"]),
    ("PicPay", &["picpay"]),
    ("OLX", &["olx", "أوليكس", "اوليكس"]),
    ("Wallapop", &["wallapop"]),
    ("Vinted", &["vinted"]),
    ("BlaBlaCar", &["blablacar"]),
    ("Deliveroo", &["deliveroo"]),
    ("DoorDash", &["doordash"]),
    ("Foodpanda", &["foodpanda"]),
    ("Just Eat", &["just eat"]),
    ("Getir", &["getir"]),
    ("Trendyol", &["trendyol"]),
    ("Hepsiburada", &["hepsiburada"]),
    ("Noon", &["~noon", "~نون"]),
    ("Talabat", &["talabat", "~طلبات"]),
    ("HungerStation", &["hungerstation", "هنقرستيشن", "هنجرستيشن"]),
    ("Jahez", &["jahez", "~جاهز"]),
    ("Souq", &["souq", "سوق.كوم"]),
    ("Haraj", &["haraj", "~حراج"]),
    ("Jumia", &["jumia", "جوميا"]),
    ("OpenAI", &["openai", "chatgpt", "تشات جي بي تي"]),
    ("Claude", &["~claude", "anthropic"]),
    ("Zoom", &["~zoom", "زووم"]),
    ("Slack", &["~slack"]),
    ("Dropbox", &["dropbox"]),
    ("GitHub", &["github"]),
    ("Adobe", &["adobe"]),
    ("Canva", &["canva"]),
    ("Notion", &["~notion"]),
    ("Reddit", &["reddit"]),
    ("Pinterest", &["pinterest"]),
    ("Quora", &["quora"]),
    ("Clubhouse", &["clubhouse"]),
    ("Truecaller", &["truecaller", "تروكولر", "ट्रूकॉलर"]),
    ("Nike", &["nike", "نايك"]),
    ("Adidas", &["adidas"]),
    ("Paytm", &["paytm"]),
    ("PhonePe", &["phonepe"]),
    ("Flipkart", &["flipkart"]),
    ("Swiggy", &["swiggy"]),
    ("Zomato", &["zomato"]),
    ("Ola", &["ola cabs", "olacabs", "=ola", "=olacab"]),
    ("Snapp", &["snapp", "اسنپ"]),
    ("Digikala", &["digikala", "دیجی کالا", "دیجی‌کالا"]),
    ("Divar", &["divar", "~دیوار"]),
    ("Tapsi", &["tapsi", "تپسی"]),
    ("Rubika", &["rubika", "روبیکا"]),
    ("Eitaa", &["eitaa", "~ایتا"]),
    ("Bale", &["~بله"]),
    ("Soroush", &["~سروش"]),
    ("DANA", &["~dana"]),
    ("OVO", &["~ovo"]),
    ("GoPay", &["gopay"]),
    ("Traveloka", &["traveloka"]),
    ("MoMo", &["~momo"]),
    ("Tiki", &["~tiki"]),
    ("Rozetka", &["rozetka", "розетка"]),
    ("Satispay", &["satispay"]),
    ("Klarna", &["klarna"]),
];

/// The known services: names and words.
pub fn all() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    KNOWN.iter().copied()
}

/// The usual words of a service that is called by this name; nothing when it is not known.
pub fn usual_words(name: &str) -> &'static [&'static str] {
    let name = name.trim().to_lowercase();
    let is_it = |(known, words): &&(&str, &'static [&'static str])| {
        known.to_lowercase() == name || words.iter().any(|word| word.trim_start_matches(['=', '~']) == name)
    };
    KNOWN.iter().find(is_it).map_or(&[], |(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    // SPEC: M2
    #[test]
    fn no_word_names_two_services() {
        let mut seen = HashSet::new();
        for (name, words) in all() {
            for word in words {
                assert!(seen.insert(*word), "{name}: {word}");
                assert_eq!(*word, word.to_lowercase(), "{name}");
            }
        }
        assert!(usual_words("whatsapp").contains(&"واتساب"));
        assert_eq!(usual_words("واتساب"), usual_words("WhatsApp"));
        assert!(usual_words("Anybody").is_empty());
    }
}
