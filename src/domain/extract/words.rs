//! How languages speak of codes, of what is no code, and of what they advertise.

use regex::Regex;
use std::sync::LazyLock;

/// Where a text speaks of a code.
#[derive(Clone, Copy, Debug)]
pub struct Cue {
    /// Where the word begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// How sure it is, in hundredths.
    pub strength: u8,
}

impl Cue {
    /// Whether it is the very word.
    pub fn is_name(&self) -> bool {
        self.strength == 100
    }
}

fn any(patterns: &[&str]) -> Option<Regex> {
    Regex::new(&format!("(?i)(?:{})", patterns.join("|"))).ok()
}

/// Codes of another kind: they are no cue.
static OTHER_CODES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    any(&[
        r"bar ?codes?",
        r"qr[ -]?codes?",
        r"zip ?codes?",
        r"post(?:al)? ?codes?",
        r"dress code",
        r"country code",
        r"promo(?:tion(?:al)?)? ?codes?",
        r"sort codes?",
        r"anti-?phishing codes?",
        r"رمز مكافحة التصيد",
        r"coupon codes?",
        r"discount codes?",
        r"voucher codes?",
        r"gift ?codes?",
        r"pick[- ]?up codes?",
        r"collection codes?",
        r"ref(?:erral|erence)? codes?",
        r"invit\w* codes?",
        r"(?:door|gate) code for the",
        r"tracking codes?",
        r"customer codes?",
        r"c[oó]digo de (?:reserva|seguimiento|cliente|referencia|recogida|rastreio|rastreamento|envio)",
        r"code (?:client|de suivi|de retrait|de r[ée]servation|parrain\w*)",
        r"abholcode\w*",
        r"sendungscode\w*",
        r"код (?:бронирования|заказа|получения|отслеживания|клиента|брони)",
        r"трек-?код\w*",
        r"رمز (?:الاستلام|الشحنة|الحجز|التتبع)",
        r"كود (?:الشحنة|الاستلام|الحجز|التتبع|الدعوة)",
        r"takip kodu",
        r"kargo kodu",
        r"kode (?:resi|pemesanan|referral|unik)",
        r"codice (?:cliente|prenotazione|tracking|di ritiro)",
        r"m[aã] (?:v[aậ]n [dđ][oơ]n|[dđ][aặ]t ch[oỗ]|kh[aá]ch h[aà]ng)",
        r"booking codes?",
        r"transa[a-z]*code",
        r"transaction code",
        r"error code",
        r"c[oó]digo de barras",
        r"c[oó]digo postal",
        r"c[oó]digo promocional",
        r"c[oó]digo de descuento",
        r"code promo",
        r"code postal",
        r"code barres?",
        r"promo ?kod\w*",
        r"промо-?код\w*",
        r"штрих-?код\w*",
        r"индекс\w*",
        r"kode pos",
        r"kode promo",
        r"kode booking",
        r"kode voucher",
        r"indirim kod\w*",
        r"posta kod\w*",
        r"rabattcode\w*",
        r"gutscheincode\w*",
        r"buchungscode\w*",
        r"codice sconto",
        r"codice fiscale",
        r"codice postale",
        r"كود الخصم",
        r"كود خصم",
        r"رمز الخصم",
        r"الرمز البريدي",
        r"کد تخفیف",
        r"کد پستی",
        r"کد رهگیری",
        r"کد ملی",
        r"mã giảm giá",
        r"ma giam gia",
        r"ma giao dich",
        r"mã giao dịch",
        r"mã đơn hàng",
        r"ma don hang",
        r"优惠码",
        r"折扣码",
        r"取件码",
        r"邀请码",
    ])
});

/// A code by its name.
static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    any(&[
        r"codes?\b",
        r"\botps?\b",
        r"passcode",
        r"\bpass ?word",
        r"\bpin\b",
        r"\btan\b",
        r"smstan",
        r"mtan",
        r"\bt-?pin\b",
        r"c[oó]digo",
        r"\bclaves?\b",
        r"contrase[nñ]a",
        r"\bsenha",
        r"mot de passe",
        r"kennwort",
        r"passwort",
        r"\bcodice",
        r"\bkod\w{0,7}\b",
        r"[sş]ifre\w*",
        r"\bpar[oó]l\w*",
        r"sandi",
        r"\bi?-?tokens?\b",
        r"verification number",
        r"security number",
        r"passkey",
        r"n[uú]m[eé]ro de (?:v[eé]rific|confirm|segur|s[eé]curit)\w*",
        r"(?:best[aä]tigungs|sicherheits)nummer",
        r"nomor verifikasi",
        r"номер подтверждения",
        r"do[gğ]rulama numara\w*",
        r"m[aậ]t kh[aẩ]u",
        r"\bnip\b",
        r"\bm[aã] (?:x[aá]c|k[ií]ch|otp|pin|[dđ][aă]ng|b[aả]o|c[uủ]a|b[ií] m[aậ]t|s[oố])",
        r"l[aà] m[aã]\b",
        r"\bmã\b",
        r"код\w*",
        r"парол\w*",
        r"\bпин\b",
        r"رمز",
        r"كود",
        r"کد",
        r"(?:ال)?رقم (?:ال)?(?:سري|تحقق|تأكيد|تفعيل|تعريفي)",
        r"كلمة (?:ال)?(?:سر|مرور)",
        r"گذرواژه",
        r"کلمه عبور",
        r"कोड",
        r"ओटीपी",
        r"पासवर्ड",
        r"पिन",
        r"[码碼]",
        r"口令",
        r"確認コード",
        r"認証コード",
        r"コード",
        r"인증번호",
        r"인증 ?코드",
        r"코드",
        r"קוד",
        r"סיסמה",
        r"κωδικ\w*",
        r"\bcodul\b",
        r"has[lł]o",
        r"\bkód\w*",
        r"koodi",
        r"کوڈ",
        r"รหัส",
        r"কোড",
        r"குறியீடு",
        r"kodi\b",
    ])
});

/// A code that is asked for without its name.
static ASKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    any(&[
        r"\benter\b",
        r"\buse\b",
        r"\btype\b",
        r"\bverify\b",
        r"\bconfirm(?:s|ing|[aeáé]|ez|en|ar|er|are|ation|aci[oó]n|aç[aã]o)?\b",
        r"to verify",
        r"\breply with\b",
        r"\blog ?in\b",
        r"\bsign ?in\b",
        r"ingres[ae]",
        r"introdu[czs]\w*",
        r"\busa\b",
        r"\bdigit[ae]\b",
        r"\bverificar\b",
        r"saisi\w*",
        r"inserisci",
        r"eingeben",
        r"masukkan",
        r"gunakan",
        r"\bgir(?:in|iniz)?\b",
        r"nh[aậ]p",
        r"введите",
        r"введіть",
        r"подтвержд\w*",
        r"підтвердж\w*",
        r"استخدم",
        r"أدخل",
        r"ادخل",
        r"لتأكيد",
        r"للتأكيد",
        r"وارد کنید",
        r"दर्ज करें",
        r"请输入",
        r"填[入写]?",
        r"\bput\b",
        r"\bpaste\b",
        r"\bkey (?:it )?in\b",
        r"\bfurnish\b",
        r"\bsupply\b",
        r"\bquote\b",
        r"вставьте",
        r"\bmasuk\b",
        r"вход\w*",
        r"вхід\w*",
        r"входу",
        r"\bentrar\b",
        r"acceder",
        r"se connecter",
        r"giri[sş]\w*",
        r"anmeld\w*",
        r"[dđ][aă]ng nh[aậ]p",
        r"ورود",
        r"लॉगिन",
        r"наберите",
        r"укажите",
        r"вкажіть",
        r"зазначте",
        r"назвіть",
        r"اكتب",
        r"\bضع\b",
        r"زو[ّ]?د",
        r"إدخاله",
        r"utili[zc]\w*",
        r"\binforme\b",
        r"\bcoloca\b",
        r"teclea",
        r"tragen",
        r"tippen",
        r"recopier",
        r"\btaper\b",
        r"reporter",
        r"kullan\w*",
        r"\byaz[ıi]n\b",
        r"isikan",
        r"ketik",
        r"sampaikan",
        r"đi[eề]n",
        r"\bdien\b",
        r"d[uù]ng để",
        r"डालें",
        r"दर्ज",
        r"लिखो",
        r"भर(?:ें|िए)",
        r"bhariye",
        r"daal(?:en|iye|ein|o)",
        r"استفاده",
        r"وارد (?:کن|نم)\w*",
        r"log (?:back )?in",
        r"登录",
        r"绑定",
        r"activat\w*",
        r"verif\w*",
        r"تحقق",
        r"تفعيل",
        r"autori[sz]\w*",
        r"onay\w*",
        r"do[gğ]rula\w*",
    ])
});

/// Digits or letters that are to be copied, by their name.
static SIGNS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    any(&[
        r"\bdigits?\b",
        r"\bcharacters\b",
        r"\bstring\b",
        r"\bletters below\b",
        r"цифр\w*",
        r"символ\w*",
        r"chiffres",
        r"s[ée]same",
        r"d[ií]gitos",
        r"n[uú]meros:",
        r"sequ[eê]ncia",
        r"ziffern\w*",
        r"zeichenfolge",
        r"rakam\w*",
        r"angka",
        r"chu[oỗ]i k[yý] t[uự]",
        r"ch[uữ] s[oố]",
        r"数字",
        r"الرقم المطلوب",
        r"أرقام",
        r"بالأرقام",
        r"अंक",
        r"ارقام",
    ])
});

/// What nobody else is to be told.
static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    any(&[
        r"(?:never|don[’']?t|do not) (?:share|give|tell|forward|read)\w*",
        r"لا ت(?:شارك|عط|طلع|فصح|رسل)\w*",
        r"никому",
        r"не (?:сообща|говори|переда|пересыла)\w*",
        r"нікому",
        r"no (?:l[oa]s? )?(?:compart|d[eé]|facilit|reveal|revel)\w*",
        r"n[aã]o (?:compartilh|passe|inform|forne)\w*",
        r"payla[sş]ma\w*",
        r"s[oö]ylemeyin",
        r"ne (?:l[ea]s? )?(?:communiqu|partag|transmet|donne)\w*",
        r"nicht weiter\w*",
        r"niemals weiter\w*",
        r"non (?:l[oa] )?(?:condivid|comunic)\w*",
        r"jangan (?:beri|bagi|kasih|sebar)\w*",
        r"(?:kh[oô]ng|đừng) (?:chia|cung|cho)",
        r"勿",
        r"किसी को न",
        r"आगे न भेजें",
        r"kisi ke saath share",
        r"در اختیار",
        r"به هیچ",
    ])
});

/// The places where a text speaks of a code.
pub fn cues(text: &str) -> Vec<Cue> {
    let masked = OTHER_CODES.as_ref().map_or_else(
        || text.to_owned(),
        |other| other.replace_all(text, |found: &regex::Captures<'_>| " ".repeat(found[0].len())).into_owned(),
    );
    let of = |words: &Option<Regex>, strength: u8| -> Vec<Cue> {
        let found = words.iter().flat_map(|words| words.find_iter(&masked));
        found.map(|found| Cue { start: found.start(), end: found.end(), strength }).collect()
    };
    let mut all = of(&CODE, 100);
    all.extend(of(&ASKED, 70));
    all.extend(of(&SIGNS, 70));
    all.extend(of(&SECRET, 60));
    all
}

static ADVERTISES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    any(&[
        r"\d ?[%٪]",
        r"\bprize\b",
        r"\bwinner\b",
        r"\byou(?:['’]ve| have)? won\b",
        r"lottery",
        r"جائزة",
        r"فزت",
        r"выигра\w*",
        r"\bприз(?:а|ы|ов)?\b",
        r"ganador",
        r"\bpremio",
        r"pr[eê]mio",
        r"sorteo",
        r"kazand[ıi]\w*",
        r"çekili[sş]\w*",
        r"hadiah",
        r"pemenang",
        r"undian",
        r"gewonnen",
        r"gagn[ée]",
        r"tr[uú]ng th[uư][oở]ng",
        r"中奖",
        r"इनाम",
        r"برنده",
        r"\bsale\b",
        r"\b\d* ?% ?off\b",
        r"\boff\b",
        r"discount",
        r"coupon",
        r"voucher",
        r"promo",
        r"checkout",
        r"cashback",
        r"خصم",
        r"تخفيض",
        r"عرض خاص",
        r"قسيمة",
        r"تسوق",
        r"تخفیف",
        r"скидк\w*",
        r"промокод\w*",
        r"акци[яи]",
        r"знижк\w*",
        r"descuento",
        r"cup[oó]n",
        r"rebaja",
        r"oferta",
        r"desconto",
        r"cupom",
        r"fr[ae]te gr[aá]tis",
        r"r[ée]duction",
        r"remise",
        r"soldes",
        r"indirim",
        r"kampanya",
        r"rabatt",
        r"gutschein",
        r"angebot",
        r"sconto",
        r"saldi",
        r"diskon",
        r"gratis ongkir",
        r"gi[aả]m gi[aá]",
        r"khuy[eế]n m[aã]i",
        r"优惠",
        r"折扣",
        r"满\d+减",
        r"छूट",
        r"ऑफर",
    ])
});

/// What only codes for signing in and paying are spoken of with.
static SIGNS_IN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    any(&[
        r"verif\w*",
        r"\botp\b",
        r"log ?in",
        r"sign[ -]?in",
        r"one[- ]time",
        r"تحقق",
        r"تفعيل",
        r"تأكيد",
        r"دخول",
        r"подтвержд\w*",
        r"вход\w*",
        r"confirm\w*",
        r"acceso",
        r"acesso",
        r"inicio de sesi[oó]n",
        r"do[gğ]rulama",
        r"onay",
        r"giri[sş]",
        r"best[aä]tigung\w*",
        r"anmeld\w*",
        r"connexion",
        r"accesso",
        r"verifikasi",
        r"masuk",
        r"x[aá]c (?:th[uự]c|minh|nh[aậ]n)",
        r"验证",
        r"登录",
        r"تایید",
        r"ورود",
        r"सत्यापन",
        r"लॉगिन",
        r"expires? in",
        r"valid for",
        r"صالح",
        r"\baccount",
        r"security",
        r"password",
        r"share",
        r"حساب",
        r"لا ت(?:شارك|فصح|عط)",
        r"cuenta",
        r"compart",
        r"аккаунт\w*",
        r"не (?:сообща|говори|переда)\w*",
        r"hesab",
        r"payla[sş]",
        r"akun",
        r"jangan",
        r"t[aà]i kho[aả]n",
        r"\bconta\b",
        r"compte",
        r"konto",
        r"communiq",
        r"nicht weiter",
        r"condivid",
        r"账号",
        r"帐号",
        r"勿",
        r"साझा",
        r"ندهید",
    ])
});

/// Whether a text sells something, and signs nobody in.
pub fn is_advertisement(text: &str) -> bool {
    let has = |words: &Option<Regex>| words.as_ref().is_some_and(|words| words.is_match(text));
    has(&ADVERTISES) && !has(&SIGNS_IN)
}

/// Numbers of something else, by their names. `{}` stands for what is between the name and the number.
fn reference(between: &str) -> Option<Regex> {
    Regex::new(&format!(
        r"(?i)(?:^|[^\p{{L}}])(?:{}){between}$",
        [
            r"\bref(?:erence|erencia)?",
            r"\brrn",
            r"\butr",
            r"\btxn(?: id)?",
            r"\btrx",
            r"transa[ck]\w*(?: id)?",
            r"order",
            r"\bpnr",
            r"\buan",
            r"booking",
            r"confirmation",
            r"reservation",
            r"ticket",
            r"invoice",
            r"\bbill",
            r"tracking",
            r"shipment",
            r"parcel",
            r"package",
            r"account",
            r"\ba/c",
            r"\bacct",
            r"\bcard",
            r"ending(?: in| with)?",
            r"ends with",
            r"\bflight",
            r"\btrain",
            r"\broom",
            r"\bgate",
            r"\bseat",
            r"\bclaim",
            r"\bcase",
            r"\bpolicy",
            r"\bsite",
            r"#",
            r"№",
            r"رقم الطلب",
            r"رقم العملية",
            r"رقم المرجع",
            r"رقم الشحنة",
            r"شحنتك رقم",
            r"رقم الحجز",
            r"رقم الفاتورة",
            r"حساب(?:ك)?(?: رقم)?",
            r"للحساب",
            r"بطاقة(?:كم|ك)?",
            r"المنتهية ب(?:ـ)?",
            r"تنتهي ب(?:ـ)?",
            r"مرجع",
            r"طلب(?:ك)? رقم",
            r"عيادة[^\n]{0,12}",
            r"заказ\w*",
            r"карт[аыеу]",
            r"сч[её]т\w*",
            r"поезд",
            r"вагон",
            r"место",
            r"номер\w* (?:заказа|платежа|карты)",
            r"квитанци\w*",
            r"договор\w*",
            r"посилк\w*",
            r"картк\w*",
            r"відділенн\w*",
            r"pedido",
            r"factura",
            r"tarjeta",
            r"cuenta",
            r"reserva",
            r"gu[ií]a",
            r"env[ií]o",
            r"boleto",
            r"terminad[ao] e[nm]",
            r"termina e[nm]",
            r"endziffern?",
            r"endet auf",
            r"оканчивается",
            r"final",
            r"cart[aã]o",
            r"conta",
            r"fatura",
            r"protocolo",
            r"commande",
            r"colis",
            r"dossier",
            r"carte",
            r"train",
            r"tgv[^\n]{0,8}",
            r"bestell\w*",
            r"sendung\w*",
            r"karte",
            r"konto",
            r"rechnung\w*",
            r"auftrag\w*",
            r"ordine",
            r"spedizione",
            r"prenotazione",
            r"carta",
            r"sipari[sş]\w*",
            r"kargo\w*",
            r"g[oö]nderi\w*",
            r"kart[ıi]n\w*",
            r"hesap\w*",
            r"pesanan",
            r"paket",
            r"resi",
            r"kartu",
            r"rekening",
            r"[dđ][oơ]n h[aà]ng",
            r"thẻ",
            r"t[aà]i kho[aả]n",
            r"\btk",
            r"ma giao dich",
            r"mã giao dịch",
            r"سفارش",
            r"کارت",
            r"حساب",
            r"مانده",
            r"بارکد",
            r"订单号?",
            r"尾号",
            r"快递",
            r"单号",
            r"आदेश",
            r"खाता",
            r"ट्रेन",
            r"कार्ड",
        ]
        .join("|")
    ))
    .ok()
}

/// Names that may say what a code is for as well as whose number follows.
static MAY_BE_FOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:account|confirmation|cuenta|conta|compte|konto|hesa[bp]\w*|akun|حساب\w*|аккаунт\w*|#|№)[\s#№]*$",
    )
    .ok()
});

/// `order 12345`, `order no. 12345`.
static NUMBER_OF: LazyLock<Option<Regex>> =
    LazyLock::new(|| reference(r"[\s#.№\-/(]*(?:no\.?|nr\.?|n[°º]|number|num\w*|رقم)?[\s#.№\-/]*"));

/// `order: 12345`, `the order is 12345`.
static NUMBER_IS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    reference(r"[\s#.№\-/(]*(?:no\.?|nr\.?|number|num\w*|رقم)?\s?(?::|is|es|est|ist|هو|=)[\s:#.№\-/]*")
});

/// Whether what stands before a candidate says that it is the number of something else. A text that
/// speaks of a code before may name what the code is for: `the code for your account is 12345`.
pub fn is_reference(before: &str, speaks_of_code: bool) -> bool {
    let is = |words: &Option<Regex>| words.as_ref().is_some_and(|words| words.is_match(tail(before)));
    let is_number = is(&NUMBER_OF) && !(speaks_of_code && is(&MAY_BE_FOR));
    is_number || (!speaks_of_code && is(&NUMBER_IS))
}

/// Somebody to be called or written to, right before the number.
static TELEPHONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)(?:^|[^\p{{L}}])(?:{})[\s:.()\-]*$",
        [
            r"\bcall(?: us)?(?: at| on)?",
            r"\bdial",
            r"\btel(?:[.:]|\b)",
            r"\bphone",
            r"hotline",
            r"helpline",
            r"help ?desk",
            r"\btext \w+ to",
            r"\bsms to",
            r"\b(?:stop|send|reply)\b[^\n.]{0,20}\bto",
            r"contact",
            r"support",
            r"اتصل(?: فورا?ً?| فوراً)?(?: ب(?:ـ)?| على)?",
            r"على الرقم",
            r"للاستفسار",
            r"للإبلاغ",
            r"للتواصل",
            r"للشكاوى",
            r"أرسل [^\n]{1,12} (?:إلى|الى)",
            r"فوراً على",
            r"الخط الساخن",
            r"позвоните(?: на| по)?",
            r"звоните(?: на| по)?",
            r"тел\.?",
            r"на номер",
            r"по номеру",
            r"ll[aá]m[ae]\w*(?: al)?",
            r"dudas",
            r"ligue(?: para)?",
            r"d[uú]vidas",
            r"appelez(?: le)?",
            r"signalez au",
            r"anrufen",
            r"unter",
            r"rufen sie",
            r"chiama(?:re)?(?: il)?",
            r"ara(?:y[ıi]n)?",
            r"hubungi",
            r"\bcs",
            r"info",
            r"\blh",
            r"g[oọ]i",
            r"halo \w+",
            r"balas [^\n]{1,10} ke",
            r"发送\S{0,8}到",
            r"拨打?",
            r"电话",
            r"تماس",
            r"با شماره",
            r"(?:envi|respond|mand)\w* [^\n]{1,12} (?:para|a|al|au)",
            r"antwort\w* [^\n]{1,10} an",
            r"отправьте [^\n]{1,10}",
            r"हेल्पलाइन",
            r"कॉल",
            r"\bgui",
            r"gửi",
            r"numara",
            r"müşteri hizmetleri",
            r"sip",
        ]
        .join("|")
    ))
    .ok()
});

/// The same, by a preposition alone.
static TO: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(?:^|[^\p{L}])(?:إلى|الى|من|على|на|al|au|ke|par)\s+$").ok());

/// Whether what stands before a candidate says that it is called.
pub fn is_telephone(before: &str) -> bool {
    [&TELEPHONE, &TO].iter().any(|words| words.as_ref().is_some_and(|words| words.is_match(tail(before))))
}

static UNIT_AFTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)^\s?(?:{})",
        [
            r"[$€£₹¥₽₺₴₫₩%]", r"(?:usd|eur|gbp|sar|aed|egp|kwd|qar|jod|iqd|omr|bhd|yer|lbp|syp|mad|dzd|tnd|inr|rs|idr|tl|rub|byn|uah|vnd|brl|mxn|cop|clp|ars|pen|cny|pkr|bdt|kzt|irr|ngn|kes|php|thb|myr|sgd)\b",
            r"р(?:\.|уб\w*|\b)", r"грн", r"ريال", r"ر\.س", r"ر\.ق", r"جم\b", r"ج\.م", r"جنيه", r"درهم", r"دينار", r"دولار", r"یورو", r"تومان", r"ریال", r"元", r"块", r"đ\b",
            r"(?:gb|mb|kb|kg|km|min(?:s|ute|uto|utes|utos|uti|uten)?|sec|hours?|days?|hrs?|mins?)\b", r"мин\w*", r"гб", r"мб", r"час\w*", r"дн\w*", r"хвилин\w*",
            r"دقيق\w*", r"دقائق", r"ساعة", r"يوم", r"دقیقه", r"شخص", r"dakika", r"menit", r"hari", r"ph[uú]t", r"分钟", r"月", r"年", r"日", r"मिनट", r"points?\b", r"نقطة", r"баллов",
        ]
        .join("|")
    ))
    .ok()
});

static UNIT_BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:[$€£₹¥₽₺₴]|\b(?:usd|eur|gbp|sar|aed|egp|kwd|qar|jod|inr|rs\.?|idr|rp|r\$|tl|byn|brl|mxn|cad|aud|sr)|بمبلغ|مبلغ|المبلغ|بقيمة|الرصيد|رصيدك(?: الحالي)?|баланс|остаток|залишок|saldo|bakiye|balance|limit|余额|موديل|model)[\s:]*$",
    )
    .ok()
});

/// Called or written to, as Turkish says it behind the number.
static CALLED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^['’]?\p{L}{0,3}\s?(?:g[oö]nder|ara(?:y|n|$)|numaral|yaz\b|发送|回复)").ok());

/// Whether what stands behind a candidate says that it is called.
pub fn is_called(after: &str) -> bool {
    CALLED.as_ref().is_some_and(|called| called.is_match(after))
}

/// A verb or a colon between what is named and its value.
static COPULA: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)(?:[:=»→>]|\s-|(?:^|[^\p{L}])(?:is|are|es|e|é|è|est|ist|lautet|adalah|ialah|[ıi]s|هو|هي|است|है|la|là|el|это|як|为|為|是))[\s*«“"'(\[\n]*$"#,
    )
    .ok()
});

/// Whether a candidate is what something before it is said to be.
pub fn is_value(before: &str) -> bool {
    COPULA.as_ref().is_some_and(|copula| copula.is_match(tail(before)))
}

/// Whether a candidate counts something: money, minutes, gigabytes.
pub fn is_unit(before: &str, after: &str) -> bool {
    UNIT_AFTER.as_ref().is_some_and(|units| units.is_match(after))
        || UNIT_BEFORE.as_ref().is_some_and(|units| units.is_match(tail(before)))
}

/// The end of a text, long enough for what stands right before a number.
fn tail(text: &str) -> &str {
    const LONG: usize = 80;
    let from = (text.len().saturating_sub(LONG)..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[from..]
}

static AMOUNT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let number = r"\d[\d.,' ]*";
    let before =
        r"(?:[$€£₹¥₽₺₴]|\b(?:usd|eur|gbp|sar|aed|egp|kwd|qar|inr|rs\.?|idr|rp\.?|r\$|tl|byn|brl|mxn|cny|vnd))\s?";
    let after = r"\s?(?:[$€£₹¥₽₺₴]|(?:usd|eur|gbp|sar|aed|egp|kwd|qar|inr|tl|rub|byn|uah|vnd|brl|mxn|cny|irr)\b|р\.|руб|грн|ريال|ر\.س|جم\b|جنيه|درهم|دينار|تومان|ریال|元)";
    Regex::new(&format!("(?i){before}{number}|{number}{after}")).ok()
});

/// Whether a text names an amount of money.
pub fn names_amount(text: &str) -> bool {
    AMOUNT.as_ref().is_some_and(|amount| amount.is_match(text))
}
