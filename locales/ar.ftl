# العربية: لغة البوت الأولى. كل نص هنا يمكن تغييره لكل بوت.

welcome = أهلًا بك في { $brand } 👋
    اختر خدمة للحصول على رقم مؤقت:
no-services = أهلًا بك في { $brand } 👋
    لا توجد خدمات متاحة حاليًا.
choose-country = اختر الدولة للخدمة: { $service }
country-button = { $flag } { $country } {"\u200E"}+{ $code } · { $price } · { $free }
offer = { $service } · { $country }
    السعر: { $price }
    الأرقام المتاحة: { $free }
    رصيدك المتاح: { $balance }
    مهلة وصول الكود: { $limit }
reserved = ✅ تم حجز رقمك:
    { $number }
    سيتم إرسال كود التحقق هنا فور وصوله.
    السعر: { $price } · الوقت المتبقي: { $left }
code = 🔐 وصل الكود!
    الرقم:
    { $number }
    الكود:
    { $code }
    تم خصم { $price } من رصيدك. الرصيد الحالي: { $balance }
another-code = 🔐 كود آخر للرقم نفسه، مجانًا:
    الرقم:
    { $number }
    الكود:
    { $code }
unpaid = 💬 وصل الكود، لكن رصيدك غير كافٍ.
    { $number }
    السعر: { $price } · ينقصك: { $missing }
    اشحن رصيدك خلال { $left } ليصلك الكود فورًا، ولم يُخصم شيء حتى الآن.
failed = ⚠️ لم يُدفع ثمن كود هذا الرقم فلم يُسلَّم، ولم يُخصم شيء من رصيدك.
    { $number }
replaced = ⌛ انتهت مهلة رقمك، فحُجز لك رقم آخر، ولم يُخصم شيء من رصيدك.
expired = انتهت المهلة ولم يصل الكود، ولم يُخصم شيء من رصيدك.
    { $number }
canceled = ❌ أُلغي الحجز وعاد الرقم، ولم يُخصم شيء من رصيدك.
ended-completed = ✅ وصل كود هذا الرقم:
    { $number }
ended-expired = ⌛ انتهت مهلة هذا الرقم:
    { $number }
ended-canceled = ❌ أُلغي حجز هذا الرقم:
    { $number }
ended-failed = ⚠️ انتهى حجز هذا الرقم دون دفع:
    { $number }
short = رصيدك غير كافٍ: ينقصك { $missing }.
no-stock = لا توجد أرقام متاحة لهذه الدولة/الخدمة حاليًا
no-other-number = لا يوجد رقم آخر متاح الآن، رقمك الحالي باقٍ لك.
no-provider-admin = الخدمة غير مفعّلة لعدم ربط API
no-provider = هذه الخدمة غير متاحة حاليًا
price-changed = تغيّر السعر، راجع العرض الجديد.
rental-ended = انتهى هذا الحجز.
stale = انتهت صلاحية هذا الزر.
not-found = لم يُعثر على ذلك.
busy = الخدمة مشغولة الآن، حاول بعد لحظات.
broken = حدث خطأ غير متوقع، وقد أُبلغ به المشغّل.
banned = لا يمكنك استخدام هذا البوت بعد الآن.
maintenance = 🛠 البوت تحت الصيانة
    عد إلينا بعد قليل.
not-open-yet = 🛠 البوت لم يُفتح بعد.
    عد إلينا بعد قليل.
terms = 📜 شروط الاستخدام
    الأكواد لأرقام تملكها أنت فقط، في حدود القانون وقواعد المنصات المعنية.
    أنت مسؤول عمّا يفعله عملاؤك بها، والمستخدم المحظور يبقى محظورًا.
    يُفتح البوت بعد موافقتك.
terms-accepted = ✅ تمت الموافقة، والبوت مفتوح الآن.
forced-channels = 📢 لاستخدام { $brand } اشترك أولًا في القنوات التالية ثم اضغط «✅ تحقق من الاشتراك».
free-credit = 🎁 اشترك في القنوات التالية ثم اضغط «✅ تحقق من الاشتراك» للحصول على رصيد مجاني.
reward-due = • { $channel }: { $amount }
reward-later = • { $channel }: { $amount } · مرة أخرى بعد { $wait }
reward-spent = • { $channel }: ✔️ تم استلامها
reward = تمت إضافة { $amount } إلى رصيدك. رصيدك الآن: { $balance }
not-joined = لم تشترك بعد في: { $channels }
nothing-due = استلمت كل المكافآت المستحقة، عد لاحقًا.
membership-unknown = تعذّر التحقق من اشتراكك الآن، حاول بعد لحظات.
balance = 💰 رصيدك: { $balance }
    المحجوز لحجوزات مفتوحة: { $held }
no-transactions = لا توجد حركات بعد.
entry-add = ➕ { $amount } · إضافة · { $date }
entry-deduct = ➖ { $amount } · خصم · { $date }
entry-purchase = 🔐 { $amount } · شراء كود · { $date }
entry-change = 🔄 { $amount } · تغيير رقم · { $date }
entry-reward = 🎁 { $amount } · مكافأة · { $date }
history = 🧾 سجل الحجوزات
no-history = 🧾 لا توجد حجوزات بعد.
history-row = { $service } · { $country } · { $state } · { $date }
open-rentals = ⏳ حجوزاتك المفتوحة:
no-open-rentals = لا توجد حجوزات مفتوحة.
state-waiting_code = ⏳ بانتظار الكود
state-code_received = 💬 وصل الكود ولم يُدفع
state-completed = ✅ مكتمل
state-expired = ⌛ منتهٍ
state-canceled = ❌ ملغى
state-failed = ⚠️ لم يُدفع
help = ℹ️ اختر خدمة ثم دولة، واحجز رقمًا واستخدمه للتسجيل. يصلك الكود هنا، ولا يُخصم السعر إلا عند وصوله.
    /start الرئيسية
    /balance رصيدي
    /history سجل الحجوزات
    /language اللغة
    /cancel إلغاء
alert-low-stock = 📉 المخزون يوشك على النفاد: { $service } · { $country }
    الأرقام المتبقية: { $free }
alert-unpaid = 💸 وصل كود لمستخدم رصيده غير كافٍ.
    المستخدم: { $user } · الرقم: { $number } · ينقصه: { $missing }
alert-rights-lost = 📢 لم يعد البوت يرى أعضاء «{ $channel }». عيّنه مشرفًا فيها من جديد؛ وحتى ذلك الحين لا يمكن التحقق من المشتركين ولا تُدفع مكافأتها.
alert-provider-down = 🔌 المزود { $provider } لا يستجيب كما ينبغي: { $reason }
alert-provider-up = ✅ عاد المزود { $provider } إلى الاستجابة.
panel = 🛠 لوحة { $brand }
    ماذا تريد أن تفعل؟
panel-password = 🔐 أرسل كلمة مرور اللوحة. تُحذف رسالتك فورًا.
panel-wrong-password = كلمة المرور غير صحيحة.
owner-claimed = أصبحت مالك هذا البوت.
panel-signed-out = خرجت من اللوحة.
panel-channels-list = 📢 القنوات
    🟢 مفعّلة · ⏸ موقوفة · 🔒 اشتراك إجباري · 📄 من ملف البوت
panel-no-channels = 📢 لا توجد قنوات بعد.
panel-channel = { $title }
    { $where }
    المكافأة: { $reward } · { $frequency }
    اشتراك إجباري: { $required }
panel-ask-channel = 📢 أي قناة؟
    عيّن البوت مشرفًا فيها أولًا ليرى الأعضاء، ثم أرسل @اسمها، أو حوّل إليّ أحد منشوراتها، أو اخترها من لوحة المفاتيح أدناه.
panel-pick-hint = ⌨️ القنوات الخاصة تُختار من هنا:
panel-ask-link = 🔗 { $title } قناة خاصة: أرسل رابط دعوة لزر الاشتراك، مثل https://t.me/+AbCdEfGh12
panel-ask-reward = 🎁 { $title }: كم مكافأة الاشتراك؟ أرسل مبلغًا مثل 5 أو 2.50، و0 يعني بلا مكافأة.
panel-ask-frequency = 🔁 { $title }: كل كم من الوقت تُدفع؟ اختر، أو أرسل عدد الساعات مثل 36، أو الأيام مثل 3 أيام.
panel-ask-required = 🔒 { $title }: هل الاشتراك فيها شرط لاستخدام البوت؟
panel-ask-remove = 🗑 حذف { $title }؟ لن يُدفع شيء عنها بعد الآن، وما دُفع يبقى.
frequency-once = مرة واحدة
frequency-every = كل { $span }
reward-none = بلا مكافأة
yes = نعم
no = لا
too-many-of-them = العدد الأقصى { $limit }، احذف واحدًا أولًا.
saved = ✅ تم الحفظ.
dialog-left = خرجت، ولم يُحفظ شيء.
bad-amount = ليس هذا مبلغًا: أرسل أرقامًا مع نقطة، مثل 5 أو 2.50.
bad-frequency = أرسل عدد الساعات مثل 36، أو الأيام مثل 3 أيام.
bad-link = ليس هذا رابط دعوة: شكله https://t.me/+AbCdEfGh12.
bad-channel = ليست هذه قناة: أرسل @اسمها، أو حوّل أحد منشوراتها، أو اخترها من لوحة المفاتيح.
channel-not-found = لم يُعثر على هذه القناة. تأكد من الاسم؛ والقناة الخاصة يجب أن يكون البوت مشرفًا فيها أولًا.
channel-no-rights = لا يستطيع البوت رؤية أعضاء هذه القناة. عيّنه مشرفًا فيها (أي صلاحية تكفي) ثم أرسلها من جديد.
open-rentals-of-it = لا يمكن ذلك وهناك حجوزات مفتوحة، انتظر حتى تنتهي.
panel-services-list = 🧩 الخدمات
    🟢 مفعّلة · ⏸ موقوفة · 📄 من ملف البوت · السعر · الأرقام المتاحة
panel-service = { $state } { $name }
    السعر: { $price } · الأرقام المتاحة: { $free }
    الوصف: { $description }
    أسماء أخرى: { $aliases }
    نمط الكود: { $pattern }
    المزودون: { $providers }
panel-countries-list = 🌍 دول الخدمة { $name }
panel-country = { $state } { $name }
    الخدمة: { $service } · رمز الاتصال: { $code }
    سعرها الخاص: { $price } · الأرقام المتاحة: { $free }
panel-ask-delete = 🗑 حذف { $name }؟ يبقى في السجل، ويمكن استخدام الاسم من جديد.
panel-users-list = 👥 المستخدمون، الأحدث أولًا
panel-user-line = { $user } · { $balance } · 🧾 { $rentals } · { $joined }
panel-user = 👤 { $name }
    المعرّف: { $id }
    الرصيد: { $balance } · المحجوز: { $held }
    الحجوزات: { $rentals } · انضم: { $joined }
    محظور: { $banned }
panel-ask-ban = 🚫 حظر { $name }؟ لن يستطيع استخدام البوت، ويصله كود حجزه المفتوح.
panel-audit-list = 📜 سجل المراجعة: { $kind }، الأحدث أولًا
panel-audit-row = 📜 { $at }
    من: { $actor }
    ماذا: { $action } { $subject }
    قبل: { $before }
    بعد: { $after }
ask-user = 🔎 أرسل معرّف المستخدم الرقمي أو @اسمه، أو حوّل رسالة منه.
ask-movement = 💰 كم المبلغ؟ مثل 10 أو 10.50
ask-reason = ما السبب؟ يظهر في سجل الحركات.
field-user = المستخدم
field-movement = المبلغ
field-reason = السبب
panel-admins-list = 🧑‍💼 المشرفون
    مساعدون تعيّنهم، ولكل منهم الأقسام التي تختارها.
panel-admin = 🧑‍💼 { $name }
    ما الأقسام المسموح بها؟
panel-ask-dismiss = 🧑‍💼 عزل { $name }؟ تنتهي صلاحياته وجلسته فورًا.
not-allowed = هذا القسم غير مسموح لك، اطلبه من المالك.
panel-settings-list = ⚙️ الإعدادات
    📄 من ملف البوت · 🖐 من اللوحة، وقيمة اللوحة تغلب حتى تعيدها إلى قيمة الملف.
panel-setting = ⚙️ { $title }
    القيمة: { $value }
    المصدر: { $origin }
setting-saved = ✅ تم الحفظ، ويسري ذلك فورًا.
origin-panel = 🖐 اللوحة
origin-file = 📄 ملف البوت أو القيمة المعتادة
setting-maintenance = وضع الصيانة
setting-check-balance = حجز السعر عند الحجز
setting-time-limit = مهلة وصول الكود
setting-page-size = الصفوف في الصفحة
setting-reward = المكافأة المعتادة
setting-open-rentals = الحجوزات المفتوحة لكل مستخدم
setting-changes-per-hour = تغييرات الرقم في الساعة
setting-presses-per-minute = الضغطات في الدقيقة
setting-low-stock = تنبيه المخزون
setting-erase-code = حذف الكود بعد
setting-support = جهة الدعم
ask-whole = أرسل عددًا من { $least } إلى { $most }.
ask-contact = أرسل @اسمًا أو رابطًا يبدأ بـ https://
never = أبدًا
panel-numbers-list = 🔢 أرقام { $country }
    { $counts }
panel-number = 🔢 رقم
    { $number }
    الخدمة: { $service } · { $country }
    الحالة: { $state } · سعره الخاص: { $price }
panel-ask-delete-number = 🗑 حذف هذا الرقم من المخزون؟
    { $number }
panel-ask-delete-numbers = 🗑 حذف أرقام { $country } ({ $state })؟ المحجوزة تبقى.
number-available = متاح
number-reserved = محجوز
number-used = مستخدم
number-deleted = محذوف
number-all = الكل
numbers-deleted = 🗑 عدد الأرقام المحذوفة: { $count }
ask-number = 🔢 أرسل الرقم، مثل 201000000001+
ask-number-price = 💰 ما سعر هذا الرقم؟ بدونه يُستخدم سعر الدولة.
ask-find-number = 🔎 أرسل الرقم كاملًا مع رمز الدولة.
field-number = الرقم
field-number-price = السعر الخاص
field-find-number = الرقم
bad-number = ليس هذا رقمًا صحيحًا لهذه الدولة.
ask-service-name = 🧩 ما اسم الخدمة؟ مثل WhatsApp
ask-emoji = أرسل رمزًا تعبيريًا يظهر قبل الاسم، مثل 🟢
ask-price = 💰 ما السعر؟ مثل 10 أو 10.50
ask-description = أرسل وصفًا قصيرًا للخدمة.
ask-aliases = بأي أسماء أخرى تُذكر الخدمة في الرسائل؟ افصل بينها بفواصل، مثل WA، واتساب
ask-pattern = أرسل نمط الكود (تعبيرًا نمطيًا)، مثل code is (\d{"{"}6{"}"})؛ بدونه يُستخدم النمط المعتاد.
ask-country-name = 🌍 ما اسم الدولة؟ مثل مصر
ask-dial-code = ما رمز الاتصال الدولي؟ مثل 20
ask-flag = أرسل علم الدولة، مثل 🇪🇬
ask-country-price = 💰 ما سعر هذه الدولة؟ بدونه يُستخدم سعر الخدمة.
field-service-name = الاسم
field-emoji = الرمز
field-price = السعر
field-description = الوصف
field-aliases = أسماء أخرى
field-pattern = نمط الكود
field-country-name = الاسم
field-dial-code = رمز الاتصال
field-flag = العلم
field-country-price = السعر الخاص
form-summary = راجع ثم احفظ:
form-line = { $field }: { $value }
bad-text = النص فارغ أو طويل جدًا أو على أكثر من سطر، أرسل نصًا أقصر.
bad-dial-code = ليس هذا رمز اتصال: أرسل من رقم إلى أربعة أرقام، مثل 20.
bad-pattern = النمط غير صالح أو يطابق الفراغ، أرسل نمطًا آخر مثل \d{"{"}6{"}"}.
too-much = لا يمكن خصم أكثر من { $free }.
outside-list = هذه الخدمة ليست ضمن الخدمات التي يسمح بها ملف البوت.
ambiguous = أكثر من مستخدم بهذا الاسم، أرسل المعرّف الرقمي.
panel-numbers-countries = 🔢 أرقام أي دولة؟
exists = موجود من قبل، أرسل غيره.
from-file = 📄 معرّف في ملف البوت، ويُغيَّر هناك.
choose-language = 🌐 اختر اللغة:
no-rewards = 🎁 لا توجد قنوات مكافآت حاليًا.
too-many = { $seconds ->
    [zero] محاولات كثيرة، انتظر لحظة.
    [one] محاولات كثيرة، انتظر ثانية واحدة.
    [two] محاولات كثيرة، انتظر ثانيتين.
    [few] محاولات كثيرة، انتظر { $seconds } ثوانٍ.
    [many] محاولات كثيرة، انتظر { $seconds } ثانية.
   *[other] محاولات كثيرة، انتظر { $seconds } ثانية.
 }
minutes = { $count ->
    [zero] أقل من دقيقة
    [one] دقيقة واحدة
    [two] دقيقتان
    [few] { $count } دقائق
    [many] { $count } دقيقة
   *[other] { $count } دقيقة
 }
minutes-in = { $count ->
    [zero] أقل من دقيقة
    [one] دقيقة واحدة
    [two] دقيقتين
    [few] { $count } دقائق
    [many] { $count } دقيقة
   *[other] { $count } دقيقة
 }
hours-in = { $count ->
    [zero] أقل من ساعة
    [one] ساعة واحدة
    [two] ساعتين
    [few] { $count } ساعات
    [many] { $count } ساعة
   *[other] { $count } ساعة
 }
days-in = { $count ->
    [zero] أقل من يوم
    [one] يوم واحد
    [two] يومين
    [few] { $count } أيام
    [many] { $count } يومًا
   *[other] { $count } يوم
 }
too-many-wait = محاولات كثيرة، حاول مجددًا بعد { $wait }.
too-many-open = { $limit ->
    [zero] لا يمكنك فتح حجوزات الآن.
    [one] لك حجز مفتوح واحد في الوقت نفسه، أنهه أو ألغه أولًا.
    [two] لك حجزان مفتوحان في الوقت نفسه، أنهِ أحدهما أو ألغه أولًا.
    [few] لك { $limit } حجوزات مفتوحة في الوقت نفسه، أنهِ أحدها أو ألغه أولًا.
    [many] لك { $limit } حجزًا مفتوحًا في الوقت نفسه، أنهِ أحدها أو ألغه أولًا.
   *[other] لك { $limit } حجز مفتوح في الوقت نفسه، أنهِ أحدها أو ألغه أولًا.
 }
moment = { $day } { $month } { $year }، { $time }
month-1 = يناير
month-2 = فبراير
month-3 = مارس
month-4 = أبريل
month-5 = مايو
month-6 = يونيو
month-7 = يوليو
month-8 = أغسطس
month-9 = سبتمبر
month-10 = أكتوبر
month-11 = نوفمبر
month-12 = ديسمبر
amount = { $amount } { $currency }
free-count = { $count ->
    [zero] لا يوجد
   *[other] { $count }
 }
free-many = { $count } أو أكثر

button-services = الخدمات
button-open = ⏳ حجوزاتي المفتوحة
button-free-credit = 🎁 تجميع رصيد مجاني
button-balance = 💰 رصيدي
button-history = 🧾 سجل الحجوزات
button-help = ℹ️ مساعدة
button-language = 🌐 اللغة
button-reserve = 📲 احجز رقمًا
button-change-number = 🔄 تغيير الرقم
button-change-number-fee = 🔄 تغيير الرقم ({ $fee })
button-change-country = 🔄 تغيير الدولة
button-cancel = ❌ إلغاء
button-join = 📢 اشترك في { $channel }
button-verify = ✅ تحقق من الاشتراك
button-accept = ✅ أوافق على الشروط
button-close = ❌ إغلاق
button-again = 🔁 حجز رقم جديد
button-support = 🆘 الدعم
button-skip = ⏭ تخطٍّ
panel-services = 🧩 الخدمات
panel-service-add = ➕ إضافة خدمة
panel-countries = 🌍 الدول
panel-country-add = ➕ إضافة دولة
panel-delete-yes = 🗑 نعم، احذف
panel-users = 👥 المستخدمون
panel-audit = 📜 سجل المراجعة
panel-user-credit = ➕ إضافة رصيد
panel-user-debit = ➖ خصم رصيد
panel-user-ban = 🚫 حظر
panel-user-ban-yes = 🚫 نعم، احظر
panel-user-unban = ✅ رفع الحظر
panel-admins = 🧑‍💼 المشرفون
panel-admin-add = ➕ تعيين مشرف
panel-admin-dismiss = 🗑 عزل
panel-admin-dismiss-yes = 🗑 نعم، اعزل
panel-settings = ⚙️ الإعدادات
switch-on = ✅ تشغيل
switch-off = ⬜ إيقاف
back-to-file = ↩️ إعادة إلى قيمة الملف
button-change = ✏️ تغيير
panel-numbers = 🔢 الأرقام
panel-number-add = ➕ إضافة رقم
panel-number-find = 🔎 بحث عن رقم
panel-numbers-delete = 🗑 حذف المعروض كله
number-set-available = ✅ اجعله متاحًا
number-set-used = ☑️ اجعله مستخدمًا
button-leave = ✖️ خروج
button-save = ✅ حفظ
panel-channels = 📢 القنوات
panel-channel-add = ➕ إضافة قناة
panel-pick = 📢 اختر قناة
panel-standard-reward = المعتادة: { $amount }
panel-reward = 🎁 المكافأة
panel-frequency = 🔁 عدد المرات
panel-pause = ⏸ إيقاف
panel-resume = ▶️ استئناف
panel-required = 🔒 اشتراك إجباري
panel-optional = 🔓 اشتراك اختياري
panel-remove = 🗑 حذف
panel-remove-yes = 🗑 نعم، احذف
panel-sign-out = 🚪 تسجيل الخروج
button-home = 🏠 الرئيسية
button-back = 🔙 رجوع
button-previous = ⏮️ السابق
button-next = ⏭️ التالي
button-copy-number = 📋 نسخ الرقم
button-copy-code = 📋 نسخ الكود

command-start = الرئيسية
command-balance = رصيدي
command-history = سجل الحجوزات
command-language = اللغة
command-help = مساعدة
command-admin = لوحة التحكم
command-cancel = إلغاء

# استيراد الأرقام وتصدير الجداول
panel-upload = 📥 رفع ملف
panel-export = 📤 تصدير
ask-upload = 📥 أرسل ملف CSV أول سطر فيه:
    service,country_code,phone_number,price_override
    السعر اختياري، والفاصل , أو ; أو تبويب، والترميز UTF-8.
ask-upload-country = 📥 أرسل ملف TXT فيه رقم { $service } · { $country } واحد في كل سطر، أو ملف CSV بالأعمدة المعتادة.
upload-create = إنشاء الخدمات والدول غير المعروفة (الخدمة الجديدة موقوفة حتى تحدد سعرها)
bad-upload = أرسل ملف CSV أو TXT كمستند، أو اضغط الخروج.
bad-upload-text = ملف TXT لا يذكر الخدمة والدولة: افتح أرقام الدولة وارفعه من هناك.
bad-file-empty = الملف فارغ.
bad-file-large = الملف أكبر مما يسمح به تيليجرام (2000 ميجابايت): قسّمه إلى ملفات أصغر.
bad-file-workbook = هذا مصنف جداول (Excel): احفظه بصيغة CSV UTF-8 ثم أرسله.
bad-file-utf16 = الملف بترميز UTF-16 أو ليس نصًا: احفظه بصيغة CSV UTF-8 ثم أرسله.
bad-file-encoding = ترميز الملف ليس UTF-8 (ربما Windows-1256): احفظه بصيغة CSV UTF-8 ثم أرسله.
bad-file-header = أول سطر يجب أن يكون: service,country_code,phone_number,price_override
bad-file-columns = في الملف { $count } عمود: أول سطر يجب أن يكون service,country_code,phone_number,price_override
import-runs = يجري استيراد ملف آخر الآن، انتظر حتى ينتهي.
import-progress = 📥 { $file }
    قُرئ حتى السطر { $lines }…
import-stop = ⏹ إيقاف الاستيراد
import-stopping = يتوقف الاستيراد…
import-done = ✅ { $file }
    أُضيف: { $added }
    مكرر: { $duplicates }
    مرفوض: { $rejected }
import-failed = ⚠️ { $file }
    { $why }
import-stopped = توقف الاستيراد، ولم يُضف شيء.
import-broken = تعذرت قراءة الملف كاملًا. أرسله من جديد؛ ما أُضيف منه لن يتكرر.
import-report = الأسطر المرفوضة وأسبابها. صححها وأرسلها وحدها.
report-line = السطر
report-reason = السبب
report-text = النص
line-foreign = السطر ليس بترميز UTF-8
line-too-long = السطر أطول من 64 كيلوبايت
line-no-number = لا يوجد رقم
line-rounded = قرّب برنامج الجداول الرقم { $text }: اجعل العمود نصًا
line-not-digits = { $text } ليس رقم هاتف
line-impossible = { $text } ليس رقمًا ممكنًا
line-other-country = { $text } رقم دولة أخرى
line-price = السعر { $text } غير صحيح: أرقام مع نقطة، مثل 10.50
line-status = الحالة { $text } غير معروفة: available أو used أو deleted
line-unknown = لا توجد خدمة { $service } برمز الدولة { $code }
line-several = الرمز { $code } لأكثر من دولة في هذه الخدمة
alert-import-interrupted = ⚠️ أُعيد تشغيل البوت أثناء استيراد { $file }. أرسله من جديد؛ ما أُضيف منه لن يتكرر.
panel-export-list = 📤 أي جدول تريد كملف CSV؟ ملف الأرقام يمكن استيراده من جديد.
export-numbers = 🔢 الأرقام
export-users = 👥 المستخدمون
export-rentals = 🧾 الحجوزات
export-transactions = 💰 الحركات
export-audit = 📜 سجل المراجعة
export-begins = يُحضَّر الملف ويصلك هنا.
export-failed = ⚠️ تعذر تحضير الملف، حاول من جديد بعد قليل.
person-hidden = صاحب هذه الرسالة يخفي حسابه: أرسل معرّفه الرقمي أو @اسمه.

# المزودون والرسائل غير المطابقة
panel-providers = 🔌 المزودون
panel-providers-list = 🔌 المزودون الذين تصل رسائل أرقامك عندهم
    🟢 يعمل · 🔴 متوقف · ⚪ لم يُقرأ بعد · ⏸ موقوف · 📄 من ملف البوت
panel-provider = { $state } { $name }
    { $how }
    العنوان: { $address }
    { $health }

    اضغط الخدمة لربطها أو فصلها، و🔡 لنمط الكود في رسائل هذا المزود.
panel-provider-add-poll = ➕ مزود يُقرأ
panel-provider-add-post = ➕ مزود يُرسل
provider-polled = يُقرأ كل { $seconds } ثانية أثناء الحجز
provider-posts = يُرسل الرسائل إلى البوت: { $adapter }
provider-test = 🧪 اختبره الآن
provider-try = 🔬 جرّب رسالة
provider-try-again = 🔬 جرّب رسالة أخرى
button-copy-address = 📋 نسخ العنوان
health-up = آخر قراءة ناجحة: { $at }
health-down = 🔴 متوقف منذ { $at }: { $reason }
health-unknown = لم تصل منه رسالة بعد.
test-done = 🧪 وصل الرد، وفيه { $count } رسالة.
test-failed = 🧪 لم ينجح الاختبار: { $reason }
test-raw = الرد كما وصل:
try-done = 🔬 النتيجة:
try-line = { $service }: { $code }
ask-provider-name = 🔌 ما اسم المزود؟ حروف لاتينية وأرقام و- و_ فقط، مثل sms1
ask-provider-url = 🌐 ما عنوان قراءة الرسائل؟ مثل https://sms.example/messages
ask-provider-key = 🔑 أرسل مفتاح القراءة إن وُجد. تُحذف رسالتك فورًا ويُحفظ مشفّرًا.
ask-provider-interval = ⏱ كل كم ثانية يُقرأ أثناء الحجز؟ المعتاد 5.
ask-provider-adapter = 🧷 ما نوع المصدر؟
field-provider-adapter = النوع
bad-adapter = اختر النوع من الأزرار.
bad-public-key = ليس هذا مفتاح Telnyx العام: انسخه من صفحة مفاتيح الحساب كما هو.
adapter-generic = JSON برمز Bearer
adapter-generic-hmac = JSON موقَّع HMAC
adapter-twilio = Twilio
adapter-signalwire = SignalWire
adapter-telnyx = Telnyx
adapter-plivo = Plivo
adapter-vonage = Vonage
adapter-android-sms-gateway = SMS Gateway for Android
adapter-httpsms = httpSMS
adapter-textbee = textbee
adapter-smseagle = SMSEagle
adapter-smsforwarder = SmsForwarder
adapter-incoming-sms = Incoming SMS to URL
adapter-smshub = SMSHUB (PUSH_SMS)
adapter-gammu-smsd = gammu-smsd
source-lines = 📱 الشرائح
source-fields = 🧩 حقول JSON
source-new-key = 🔗 عنوان سري جديد
source-new-key-yes = 🔗 نعم، غيّر العنوان
source-ask-new-key = 🔗 هل يُعطى { $name } عنوانًا سريًا جديدًا؟ ما يُرسل إلى العنوان الحالي يُرفض بعدها حتى تضع الجديد عند المصدر.
source-now = الموجود الآن:
    { $rows }
source-unknown = وصلت رسائل من شرائح غير معرّفة:
    { $lines }
lines-more = … و{ $count } غيرها
ask-source-lines = 📱 اكتب كل شريحة في سطر: الجهاز/المنفذ = الرقم، مثل
    pixel/1 = +201234567890
    و * لكل ما لم يُذكر. ما تكتبه يحل محل الجدول كله، والتخطي يفرغه.
ask-source-fields = 🧩 اكتب مكان كل حقل في سطر: الحقل = المسار، مثل
    list = data.items
    to = number
    الحقول: list, to, from, text, id, time, service, device, slot, next, cursor، ومعها signature_header. ما تكتبه يحل محل الكل، والتخطي يعيد المعتاد.
field-source-lines = الشرائح
field-source-fields = حقول JSON
bad-line-rows = اكتب كل سطر هكذا: pixel/1 = +201234567890، بأرقام دولية صحيحة.
bad-field-rows = اكتب كل سطر هكذا: to = data.number، بأسماء الحقول المذكورة.
service-words = 🔎 كلمات التعرّف
words-now = 🔎 تُعرف رسائل { $service } من المرسل أو النص بهذه الكلمات: { $words }
ask-service-words = اكتب كلمات أخرى بينها فواصل، وضع = قبل ما يجب أن يكون اسم المرسل كله. التخطي يعيد المعتاد.
field-service-words = كلمات التعرّف
bad-words = اكتب من كلمة إلى ثلاثين كلمة بينها فواصل، كل منها حرفان على الأقل.
circuit-failing = ⚠️ فشلت { $count } مرة، والمحاولة التالية: { $at }
circuit-open = ⛔ فشلت { $count } مرة متتالية فخُففت القراءة، والمحاولة التالية: { $at }
provider-key-gone = 🔑 العنوان الجديد عند جهة أخرى، فحُذف مفتاح القراءة: أرسله من جديد إن كان لها.
test-awaited = حجز مفتوح ينتظره
test-posted = 🧪 آخر ما أرسله هذا المصدر: { $count } رسالة.
ask-provider-token = 🔑 أرسل الرمز أو مفتاح التوقيع الذي يثبت به المصدر أنه هو. تُحذف رسالتك فورًا ويُحفظ مشفّرًا.
ask-link-pattern = 🔡 أرسل نمط الكود في رسائل هذا المزود لهذه الخدمة؛ بدونه يُستخدم نمط الخدمة.
ask-try-message = 🔬 ألصق نص رسالة كما تصل، لترى ما يُستخرج منها.
field-provider-name = الاسم
field-provider-url = العنوان
field-provider-key = المفتاح
field-provider-interval = كل كم ثانية
field-provider-token = الرمز
field-link-pattern = نمط الكود
field-try-message = الرسالة
bad-address = ليس هذا عنوانًا: يبدأ بـ https:// أو http://
bad-address-private = هذا العنوان داخل شبكة الخادم نفسه، أرسل عنوانًا على الإنترنت.
bad-secret = أرسل المفتاح وحده، بلا مسافات.
bad-pattern-slow = النمط كبير جدًا وسيكون بطيئًا، أرسل نمطًا أبسط مثل \d{"{"}6{"}"}.
bad-lines = النص فارغ أو أطول من { $most } حرف.
bad-word = حروف لاتينية وأرقام و- و_ فقط، حتى 40 حرفًا.
bad-code = ليس هذا كودًا: أرسل حروفًا لاتينية وأرقامًا فقط.
panel-inbox = 📨 رسائل لم تُطابق
panel-inbox-list = 📨 رسائل وصلت ولم تطابق حجزًا، الأحدث أولًا
panel-inbox-empty = 📨 لا توجد رسائل غير مطابقة.
panel-inbox-message = 📨 { $at } · { $provider }
    إلى: { $number }
    من: { $sender }
    «{ $text }»
    السبب: { $reason }
inbox-assign = اختر الحجز الذي تخصه هذه الرسالة:
inbox-nobody = لا يوجد حجز مفتوح لهذا الرقم.
ask-assign = 🔐 ما الكود؟ يُسلَّم لصاحب الحجز ويُخصم سعره كالمعتاد.
assign-code = ✅ الكود { $code }
assigned = ✅ سُلِّم الكود.
reason-bad-recipient = رقم المستلم غير مقروء
reason-unknown-service = لا تذكر الرسالة خدمة مرتبطة بهذا المزود
reason-ambiguous-service = تذكر الرسالة أكثر من خدمة
reason-no-code = لا يوجد كود بالنمط المطلوب
reason-no-open-rental = لا يوجد حجز مفتوح لهذا الرقم والخدمة
reason-sent-before-rental = أُرسلت قبل بدء الحجز
reason-same-code = الكود نفسه سُلِّم من قبل
reason-incomplete = رسالة طويلة لم تصل بقية أجزائها
reason-same-text = تكرار لرسالة وصلت قبل لحظات
reason-unknown-line = الشريحة غير معرّفة في جدول المزود
reason-by-hand = خُصصت يدويًا

# الرسائل الجماعية
panel-messages = 📣 الرسائل
panel-messages-list = 📣 الرسائل الجماعية، الأحدث أولًا
panel-messages-empty = 📣 لم تُرسل رسالة جماعية بعد.
panel-broadcast-add = ➕ رسالة جماعية
ask-broadcast = 📣 أرسل نص الرسالة. لا يُرسل شيء قبل أن تراجعه.
bad-broadcast = أرسل نصًا غير فارغ، حتى 4000 حرف.
broadcast-ready = 📣 هكذا ستصل الرسالة:

    { $text }

    المستلمون: { $count }
broadcast-preview = 👁 معاينة
broadcast-send = 📣 أرسل الآن إلى { $count }
broadcast-begins = بدأ الإرسال.
broadcast-progress = 📣 { $state }
    «{ $text }»
    وصلت: { $sent } من { $all }
    أوقفوا البوت: { $blocked } · لم تصل: { $failed }
    تنتظر: { $pending }
broadcast-running = يجري الإرسال
broadcast-paused = متوقف مؤقتًا
broadcast-canceled = أُلغي الإرسال
broadcast-done = تم الإرسال
broadcast-pause = ⏸ إيقاف مؤقت
broadcast-resume = ▶️ استئناف
broadcast-cancel = ⏹ إلغاء الباقي
broadcast-cancel-yes = ⏹ نعم، ألغِ الباقي
ask-broadcast-cancel = ⏹ إلغاء الباقي؟ من وصلته الرسالة تبقى عنده.
broadcast-ended = انتهت هذه الرسالة الجماعية.
nobody = لا أحد يطابق هذا الاختيار.
audience-all = كل المستخدمين
audience-days = نشطون خلال { $days } يوم
audience-any-balance = بأي رصيد
audience-balance = لديهم رصيد
audience-any-language = بأي لغة
language-ar = العربية
language-en = English
letter = ✉️ رسالة من الإدارة:
    { $text }
panel-user-write = ✉️ مراسلة
ask-letter = ✉️ أرسل نص رسالتك إلى هذا المستخدم.
field-letter = الرسالة

# الإحصاءات
panel-statistics = 📊 الإحصاءات
period-today = اليوم
period-7 = آخر 7 أيام
period-30 = آخر 30 يومًا
period-all = منذ البداية
period-choose = 📅 مدة أخرى
statistics-picture = 🖼 صورة
picture-begins = تُرسم الصورة وتصلك هنا.
ask-period = 📅 أرسل أول يوم وآخر يوم، مثل 2026-11-01 2026-11-15
bad-period = أرسل يومًا أو يومين بهذا الشكل: 2026-11-01 2026-11-15
statistics = 📊 { $period }
    🔐 أكواد: { $codes } · 💰 الدخل: { $income }
    ⌛ انتهت بلا كود: { $expired } · ❌ أُلغيت: { $canceled } · 💬 لم تُدفع: { $failed }
    🎁 مكافآت: { $rewards } · ➕ رصيد مضاف: { $added }
    👥 المستخدمون: { $users } · جدد: { $new } · نشطون: { $seen }
    🔢 الأرقام الآن: { $stock }
statistics-every-service = 🧩 كل الخدمات
statistics-every-country = 🌍 كل الدول
statistics-services = 🧩 أفضل الخدمات بالأكواد
statistics-countries = 🌍 أفضل الدول بالأكواد
statistics-line = • { $name }: { $codes } · { $income } · ⌛ { $expired } · ❌ { $canceled }
statistics-by-income = 💰 بالدخل: { $names }
tile-codes = أكواد
tile-income = الدخل
tile-users = مستخدمون جدد
tile-expired = انتهت بلا كود
tile-over-time = الأكواد عبر الوقت
tile-services = أفضل الخدمات
tile-countries = أفضل الدول
tile-nothing = لا شيء في هذه المدة

# البحث والنصوص وكلمة المرور
search = 🔎 بحث
ask-search = 🔎 اكتب جزءًا مما تبحث عنه.
search-nothing = لا شيء يطابق ما كتبت.
panel-texts = ✍️ النصوص
panel-texts-list = ✍️ نصوص البوت كما يراها المستخدمون. 🖐 نص من اللوحة
panel-text = ✍️ { $key }

    { $text }

    المصدر: { $origin }
ask-text = ✍️ أرسل النص الجديد، وأبقِ ما بين الأقواس كما هو. النص الآن:

    { $text }
bad-own-text = النص فارغ أو طويل أو تنقصه متغيراته. يجب أن يحتوي: { $variables }
setting-poll-interval = قراءة مزودي الملف كل (ثانية)
setting-admin-password = كلمة مرور اللوحة
confirm-password = 🔐 كلمة مرور جديدة للوحة. عند الحفظ تنتهي كل الجلسات، وجلستك أيضًا.
user-unknown = لا يعرفه البوت. تأكد من المعرّف، أو اطلب منه أن يرسل /start إلى البوت أولًا.
about-credit = ➕ إلى { $name } ({ $id }) · رصيده { $balance }
about-debit = ➖ من { $name } ({ $id }) · رصيده { $balance }
about-user = 👤 { $name } ({ $id })
ask-password = 🔐 أرسل كلمة مرور من 8 أحرف على الأقل. تُحذف رسالتك فورًا، وتنتهي كل الجلسات.
audit-all = الكل
audit-money = 💰 الأموال
audit-access = 🔐 الدخول
audit-users = 👥 المستخدمون
audit-stock = 🔢 المخزون
audit-settings = ⚙️ الإعدادات
panel-movement = 💰 { $at }
    المستخدم: { $user }
    النوع: { $kind }
    المبلغ: { $amount } · الرصيد بعده: { $balance }
    السبب: { $reason }
    من: { $actor }
kind-add = إضافة
kind-deduct = خصم
kind-purchase = شراء
kind-reward = مكافأة

# بوتات المالك
panel-bots = 🤖 البوتات
panel-bots-list = 🤖 بوتاتك على هذه المزرعة
panel-bot-add = ➕ إضافة بوت
panel-bot-create = ✨ إنشاء بوت
panel-bot = 🤖 { $name }
    الاسم المختصر: { $slug }
    { $state }
    👥 المستخدمون: { $users } · 🔢 أرقام متاحة: { $stock }
bot-starting = يبدأ
bot-running = يعمل
bot-failed = متوقف
bot-stopping = يتوقف
ask-bot-token = 🤖 أرسل رمز البوت (token) من @BotFather. تُحذف رسالتك فورًا ويُحفظ مشفّرًا.
ask-bot-username = ما @اسم البوت؟
ask-bot-password = 🔐 أرسل كلمة مرور لوحة البوت الجديد، 8 أحرف على الأقل. تُحذف رسالتك فورًا.
field-bot-token = الرمز
field-bot-username = الاسم
field-bot-password = كلمة المرور
bad-token = هذا ليس رمز بوت. انسخه من @BotFather كما هو، وشكله ‎123456789:AA…
bad-username = ليس هذا اسم بوت. أرسله هكذا: ‎@my_bot
bad-new-password = قصيرة. أرسل كلمة مرور من 8 أحرف على الأقل.
bot-added = ✅ أُضيف { $name } ({ $slug })، ويرد خلال ثوانٍ. افتح لوحته بالأمر /admin فيه.
bot-bad-token = تيليجرام لا يقبل هذا الرمز، انسخه من @BotFather كما هو.
bot-other-name = هذا الرمز للبوت { $name }، تأكد من الاسم والرمز.
bot-exists = هذا البوت موجود على المزرعة.
panel-created-bot = أُنشئ { $name } وليس على المزرعة بعد. أضفه من هنا، أو أزله من القائمة، ويبقى في تيليجرام.
panel-bot-forget = 🧹 إزالة من القائمة
panel-create-bot = ✨ ينشئ لك تيليجرام البوت دون أن تتعامل مع أي رمز: اضغط الزر أسفل المحادثة واختر اسمه، ثم أكمل هنا.
panel-create-hint = ⌨️ يُنشأ البوت من هنا:
panel-no-creating = ✨ لا يسمح تيليجرام لهذا البوت بعد بإنشاء بوتات أخرى. افتح إعدادات هذا البوت في @BotFather وفعّل Bot Management Mode ثم اضغط مرة أخرى، أو أضف بوتًا برمزه.
bot-not-managed = يقول تيليجرام إن هذا البوت لم يُنشأ من هنا. أضفه برمزه.
bot-created = ✅ أُنشئ { $name }، وينتظرك في 🤖 البوتات: /admin
bot-renewed = 🔑 تغيّر رمز { $name }، ويُعاد تشغيل البوت بالرمز الجديد.
bot-not-renewed = 🔑 تغيّر رمز { $name } ولم يمكن أخذ الرمز الجديد. احذفه من 🤖 البوتات ثم أضفه من هناك مرة أخرى، وتبقى بياناته.
bot-this-one = لا يُحذف البوت من داخله، افتح لوحة بوت آخر لك.
ask-delete-bot = 🗑 حذف { $name }؟ يتوقف البوت وتبقى بياناته. للتأكيد اكتب اسمه المختصر: { $slug }
bad-bot-name = لم يُحذف شيء. للتأكيد اكتب: { $slug }
bot-deleted = 🗑 حُذف { $slug } وبقيت بياناته.
