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
no-provider = هذه الخدمة غير متاحة حاليًا
price-changed = تغيّر السعر، راجع العرض الجديد.
rental-ended = انتهى هذا الحجز.
stale = انتهت صلاحية هذا الزر.
not-found = لم يُعثر على ذلك.
busy = الخدمة مشغولة الآن، حاول بعد لحظات.
broken = حدث خطأ غير متوقع، وقد أُبلغ به المشغّل.
balance = 💰 رصيدك: { $balance }
    المحجوز لحجوزات مفتوحة: { $held }
no-transactions = لا توجد حركات بعد.
entry-add = ➕ { $amount } · إضافة · { $date }
entry-deduct = ➖ { $amount } · خصم · { $date }
entry-purchase = 🔐 { $amount } · شراء كود · { $date }
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
amount = { $amount } { $currency }
free-count = { $count ->
    [zero] لا يوجد
   *[other] { $count }
 }
free-many = أكثر من { $count }

button-services = الخدمات
button-open = ⏳ حجوزاتي المفتوحة
button-free-credit = 🎁 تجميع رصيد مجاني
button-balance = 💰 رصيدي
button-history = 🧾 سجل الحجوزات
button-help = ℹ️ مساعدة
button-language = 🌐 اللغة
button-reserve = 📲 احجز رقمًا
button-change-number = 🔄 تغيير الرقم
button-change-country = 🔄 تغيير الدولة
button-cancel = ❌ إلغاء
button-close = ❌ إغلاق
button-again = 🔁 حجز رقم جديد
button-support = 🆘 الدعم
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
command-cancel = إلغاء
