# English: the second language. Every text here can be overridden per bot.

welcome = Welcome to { $brand } 👋
    Choose a service to get a temporary number:
no-services = Welcome to { $brand } 👋
    No services are available right now.
choose-country = Choose the country for: { $service }
country-button = { $flag } { $country } +{ $code } · { $price } · { $free }
offer = { $service } · { $country }
    Price: { $price }
    Numbers available: { $free }
    Your free balance: { $balance }
    Time limit: { $limit }
reserved = ✅ Your number is reserved:
    { $number }
    The verification code will be sent here as soon as it arrives.
    Price: { $price } · Time left: { $left }
code = 🔐 Your code has arrived!
    Number:
    { $number }
    Code:
    { $code }
    { $price } was taken from your balance. Balance now: { $balance }
another-code = 🔐 Another code for the same number, free of charge:
    Number:
    { $number }
    Code:
    { $code }
unpaid = 💬 The code has arrived, but your balance is too low.
    { $number }
    Price: { $price } · Missing: { $missing }
    Top up within { $left } and the code is delivered at once; nothing has been taken.
failed = ⚠️ The code of this number was not paid, so it was not delivered; nothing was taken from your balance.
    { $number }
replaced = ⌛ Time was up for your number, so another one was reserved for you; nothing was taken from your balance.
expired = Time is up and no code arrived; nothing was taken from your balance.
    { $number }
canceled = ❌ The rental was canceled and the number returned; nothing was taken from your balance.
ended-completed = ✅ The code of this number has arrived:
    { $number }
ended-expired = ⌛ The time for this number is up:
    { $number }
ended-canceled = ❌ The rental of this number was canceled:
    { $number }
ended-failed = ⚠️ The rental of this number ended unpaid:
    { $number }
short = Your balance is too low: { $missing } more is needed.
no-stock = No numbers are available for this country and service right now
no-other-number = No other number is free right now; you keep the present one.
no-provider-admin = The service is not active: no API is linked to it
no-provider = This service is not available right now
price-changed = The price has changed; please look at the new offer.
rental-ended = This rental has ended.
stale = This button is no longer valid.
not-found = That was not found.
busy = The service is busy right now; please try again in a moment.
broken = Something unexpected went wrong; the operator has been told.
banned = You can no longer use this bot.
maintenance = 🛠 The bot is under maintenance.
    Please come back a little later.
not-open-yet = 🛠 The bot is not open yet.
    Please come back a little later.
terms = 📜 Terms of use
    Codes are only for numbers that you hold yourself, within the law and the rules of the platforms concerned.
    You answer for what your customers do with them, and banned users stay banned.
    The bot opens once you accept.
terms-accepted = ✅ Accepted: the bot is open.
forced-channels = 📢 To use { $brand }, first join these channels, then press “✅ Check membership”.
free-credit = 🎁 Join these channels, then press “✅ Check membership” to get free credit.
reward-due = • { $channel }: { $amount }
reward-later = • { $channel }: { $amount } · again in { $wait }
reward-spent = • { $channel }: ✔️ received
reward = { $amount } was added to your balance. Your balance now: { $balance }
not-joined = You have not joined yet: { $channels }
nothing-due = You have received everything that is due; come back later.
membership-unknown = Your membership cannot be checked right now; please try again in a moment.
balance = 💰 Your balance: { $balance }
    Held for open rentals: { $held }
no-transactions = No movements yet.
entry-add = ➕ { $amount } · added · { $date }
entry-deduct = ➖ { $amount } · deducted · { $date }
entry-purchase = 🔐 { $amount } · code bought · { $date }
entry-change = 🔄 { $amount } · number changed · { $date }
entry-reward = 🎁 { $amount } · reward · { $date }
history = 🧾 Your rentals
no-history = 🧾 No rentals yet.
history-row = { $service } · { $country } · { $state } · { $date }
open-rentals = ⏳ Your open rentals:
no-open-rentals = You have no open rentals.
state-waiting_code = ⏳ waiting for the code
state-code_received = 💬 code came, not paid
state-completed = ✅ completed
state-expired = ⌛ expired
state-canceled = ❌ canceled
state-failed = ⚠️ not paid
help = ℹ️ Choose a service, then a country, reserve a number and use it to sign up. The code arrives here, and you pay only when it does.
    /start Home
    /balance My balance
    /history My rentals
    /language Language
    /cancel Cancel
alert-low-stock = 📉 Stock is running low: { $service } · { $country }
    Numbers left: { $free }
alert-unpaid = 💸 A code arrived for a user whose balance is too low.
    User: { $user } · Number: { $number } · Missing: { $missing }
alert-rights-lost = 📢 The bot can no longer see the members of “{ $channel }”. Make it an admin there again; until then its members cannot be checked, and no reward is paid for it.
alert-provider-down = 🔌 The provider { $provider } does not answer as it should: { $reason }
alert-provider-up = ✅ The provider { $provider } answers again.
panel = 🛠 The panel of { $brand }
    What would you like to do?
panel-password = 🔐 Send the panel's password. Your message is deleted at once.
panel-wrong-password = That is not the password.
owner-claimed = You own this bot now.
panel-signed-out = You are signed out of the panel.
panel-channels-list = 📢 Channels
    🟢 in use · ⏸ paused · 🔒 must be joined · 📄 declared in the bot's file
panel-no-channels = 📢 There are no channels yet.
panel-channel = { $title }
    { $where }
    Reward: { $reward } · { $frequency }
    Must be joined: { $required }
panel-ask-channel = 📢 Which channel?
    First make the bot an admin there, so that it can see the members. Then send its @name, forward one of its posts to me, or pick it on the keyboard below.
panel-pick-hint = ⌨️ Private channels are picked here:
panel-ask-link = 🔗 { $title } is private: send an invite link for the join button, for example https://t.me/+AbCdEfGh12
panel-ask-reward = 🎁 { $title }: what does joining pay? Send an amount, for example 5 or 2.50; 0 is no reward.
panel-ask-frequency = 🔁 { $title }: how often is it paid? Choose, or send a number of hours, for example 36, or of days: 3 days.
panel-ask-required = 🔒 { $title }: must it be joined before the bot can be used?
panel-ask-remove = 🗑 Remove { $title }? Nothing more is paid for it; what was paid stays.
frequency-once = once
frequency-every = every { $span }
reward-none = no reward
yes = yes
no = no
too-many-of-them = There may be { $limit } at most; remove one first.
saved = ✅ Saved.
dialog-left = Left; nothing was saved.
bad-amount = That is no amount: send digits with a point, for example 5 or 2.50.
bad-frequency = Send a number of hours, for example 36, or of days: 3 days.
bad-link = That is no invite link: it looks like https://t.me/+AbCdEfGh12.
bad-channel = That is no channel: send its @name, forward one of its posts, or pick it on the keyboard.
channel-not-found = No such channel was found. Check the name; a private channel must have the bot as an admin first.
channel-no-rights = The bot cannot see the members of this channel. Make it an admin there (any right will do), then send the channel again.
open-rentals-of-it = That cannot be while rentals of it are open; wait until they end.
panel-services-list = 🧩 Services
    🟢 in use · ⏸ paused · 📄 declared in the bot's file · price · free numbers
panel-service = { $state } { $name }
    Price: { $price } · Free numbers: { $free }
    Description: { $description }
    Other names: { $aliases }
    Code pattern: { $pattern }
    Providers: { $providers }
panel-countries-list = 🌍 Countries of { $name }
panel-country = { $state } { $name }
    Service: { $service } · Calling code: { $code }
    Own price: { $price } · Free numbers: { $free }
panel-ask-delete = 🗑 Delete { $name }? It stays in the history, and the name can be used again.
panel-users-list = 👥 Users, the newest first
panel-user-line = { $user } · { $balance } · 🧾 { $rentals } · { $joined }
panel-user = 👤 { $name }
    Id: { $id }
    Balance: { $balance } · Held: { $held }
    Rentals: { $rentals } · Joined: { $joined }
    Banned: { $banned }
panel-ask-ban = 🚫 Ban { $name }? They can no longer use the bot; the code of an open rental still reaches them.
panel-audit-list = 📜 Audit log: { $kind }, the newest first
panel-audit-row = 📜 { $at }
    Who: { $actor }
    What: { $action } { $subject }
    Before: { $before }
    After: { $after }
ask-user = 🔎 Send the user's numeric id or @name, or forward a message of theirs.
ask-movement = 💰 How much? For example 10 or 10.50
ask-reason = Why? It is kept in the ledger.
field-user = User
field-movement = Amount
field-reason = Reason
panel-admins-list = 🧑‍💼 Admins
    Assistants whom you appoint, each with the areas that you choose.
panel-admin = 🧑‍💼 { $name }
    Which areas are open to them?
panel-ask-dismiss = 🧑‍💼 Dismiss { $name }? Their rights and their session end at once.
not-allowed = This area is not open to you; ask the owner for it.
panel-settings-list = ⚙️ Settings
    📄 from the bot's file · 🖐 from the panel; the panel's value wins until it is taken back to the file's.
panel-setting = ⚙️ { $title }
    Value: { $value }
    From: { $origin }
setting-saved = ✅ Saved; it is in force at once.
origin-panel = 🖐 the panel
origin-file = 📄 the bot's file, or the standard
setting-maintenance = Maintenance
setting-check-balance = Hold the price when reserving
setting-time-limit = Time limit of a code
setting-page-size = Rows per page
setting-reward = Standard reward
setting-open-rentals = Open rentals of a user
setting-changes-per-hour = Changes of number in an hour
setting-presses-per-minute = Presses in a minute
setting-low-stock = Alert of low stock
setting-erase-code = Erase a code after
setting-support = Support contact
ask-whole = Send a number from { $least } to { $most }.
ask-contact = Send an @name, or a link that begins with https://
never = never
panel-numbers-list = 🔢 Numbers of { $country }
    { $counts }
panel-number = 🔢 Number
    { $number }
    Service: { $service } · { $country }
    State: { $state } · Own price: { $price }
panel-ask-delete-number = 🗑 Delete this number from the stock?
    { $number }
panel-ask-delete-numbers = 🗑 Delete the numbers of { $country } ({ $state })? Reserved ones stay.
number-available = free
number-reserved = reserved
number-used = used
number-deleted = deleted
number-all = all
numbers-deleted = 🗑 Numbers deleted: { $count }
ask-number = 🔢 Send the number, for example +201000000001
ask-number-price = 💰 What does this number cost? Without an answer it is the country's price.
ask-find-number = 🔎 Send the whole number with its calling code.
field-number = Number
field-number-price = Own price
field-find-number = Number
bad-number = That is no valid number of this country.
ask-service-name = 🧩 What is the service called? For example WhatsApp
ask-emoji = Send an emoji that stands in front of the name, for example 🟢
ask-price = 💰 What does it cost? For example 10 or 10.50
ask-description = Send a short description of the service.
ask-aliases = By which other names do messages call it? Separate them by commas, for example WA, WhatsApp Business
ask-pattern = Send the pattern of its codes (a regular expression), for example code is (\d{"{"}6{"}"}); without one the standard is used.
ask-country-name = 🌍 What is the country called? For example Egypt
ask-dial-code = What is its calling code? For example 20
ask-flag = Send its flag, for example 🇪🇬
ask-country-price = 💰 What does this country cost? Without an answer it is the service's price.
field-service-name = Name
field-emoji = Emoji
field-price = Price
field-description = Description
field-aliases = Other names
field-pattern = Code pattern
field-country-name = Name
field-dial-code = Calling code
field-flag = Flag
field-country-price = Own price
form-summary = Check, then save:
form-line = { $field }: { $value }
bad-text = The text is empty, too long, or has several lines; send a shorter one.
bad-dial-code = That is no calling code: send one to four digits, for example 20.
bad-pattern = The pattern is not valid, or matches nothing at all; send another, for example \d{"{"}6{"}"}.
too-much = At most { $free } can be taken.
outside-list = The bot's file does not allow this service.
ambiguous = Several users have this name; send the numeric id.
panel-numbers-countries = 🔢 The numbers of which country?
exists = It is there already, send another one.
from-file = 📄 Declared in the bot's file: change it there.
choose-language = 🌐 Choose a language:
no-rewards = 🎁 There are no reward channels right now.
too-many = { $seconds ->
    [one] Too many attempts, wait { $seconds } second.
   *[other] Too many attempts, wait { $seconds } seconds.
 }
minutes = { $count ->
    [0] less than a minute
    [one] { $count } minute
   *[other] { $count } minutes
 }
minutes-in = { $count ->
    [0] less than a minute
    [one] { $count } minute
   *[other] { $count } minutes
 }
hours-in = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
 }
days-in = { $count ->
    [one] { $count } day
   *[other] { $count } days
 }
too-many-wait = Too many attempts, try again in { $wait }.
too-many-open = { $limit ->
    [one] You may have { $limit } open rental at a time; finish or cancel it first.
   *[other] You may have { $limit } open rentals at a time; finish or cancel one first.
 }
moment = { $day } { $month } { $year }, { $time }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
amount = { $amount } { $currency }
free-count = { $count ->
    [0] none
   *[other] { $count }
 }
free-many = { $count } or more

button-services = Services
button-open = ⏳ My open rentals
button-free-credit = 🎁 Free credit
button-balance = 💰 My balance
button-history = 🧾 My rentals
button-help = ℹ️ Help
button-language = 🌐 Language
button-reserve = 📲 Reserve a number
button-change-number = 🔄 Change number
button-change-number-fee = 🔄 Change number ({ $fee })
button-change-country = 🔄 Change country
button-cancel = ❌ Cancel
button-join = 📢 Join { $channel }
button-verify = ✅ Check membership
button-accept = ✅ I accept the terms
button-close = ❌ Close
button-again = 🔁 Reserve another
button-support = 🆘 Support
button-skip = ⏭ Skip
panel-services = 🧩 Services
panel-service-add = ➕ Add a service
panel-countries = 🌍 Countries
panel-country-add = ➕ Add a country
panel-delete-yes = 🗑 Yes, delete
panel-users = 👥 Users
panel-audit = 📜 Audit log
panel-user-credit = ➕ Add balance
panel-user-debit = ➖ Take balance
panel-user-ban = 🚫 Ban
panel-user-ban-yes = 🚫 Yes, ban
panel-user-unban = ✅ Let back
panel-admins = 🧑‍💼 Admins
panel-admin-add = ➕ Appoint an admin
panel-admin-dismiss = 🗑 Dismiss
panel-admin-dismiss-yes = 🗑 Yes, dismiss
panel-settings = ⚙️ Settings
switch-on = ✅ On
switch-off = ⬜ Off
back-to-file = ↩️ Back to the file's value
button-change = ✏️ Change
panel-numbers = 🔢 Numbers
panel-number-add = ➕ Add a number
panel-number-find = 🔎 Find a number
panel-numbers-delete = 🗑 Delete all that is listed
number-set-available = ✅ Set free
number-set-used = ☑️ Set used
button-leave = ✖️ Leave
button-save = ✅ Save
panel-channels = 📢 Channels
panel-channel-add = ➕ Add a channel
panel-pick = 📢 Pick a channel
panel-standard-reward = Standard: { $amount }
panel-reward = 🎁 Reward
panel-frequency = 🔁 How often
panel-pause = ⏸ Pause
panel-resume = ▶️ Resume
panel-required = 🔒 Must be joined
panel-optional = 🔓 Need not be joined
panel-remove = 🗑 Remove
panel-remove-yes = 🗑 Yes, remove
panel-sign-out = 🚪 Sign out
button-home = 🏠 Home
button-back = 🔙 Back
button-previous = ⏮️ Previous
button-next = ⏭️ Next
button-copy-number = 📋 Copy number
button-copy-code = 📋 Copy code

command-start = Home
command-balance = My balance
command-history = My rentals
command-language = Language
command-help = Help
command-admin = The panel
command-cancel = Cancel

# Importing numbers and exporting tables
panel-upload = 📥 Upload a file
panel-export = 📤 Export
ask-upload = 📥 Send a CSV file whose first line is:
    service,country_code,phone_number,price_override
    The price may be empty; the separator is , or ; or a tab; the encoding is UTF-8.
ask-upload-country = 📥 Send a TXT file with one number of { $service } · { $country } a line, or a CSV file with the usual columns.
upload-create = Create unknown services and countries (a new service is paused until you set its price)
bad-upload = Send a CSV or TXT file as a document, or leave.
bad-upload-text = A TXT file names no service and country: open the country's numbers and upload it there.
bad-file-empty = The file is empty.
bad-file-large = The file is larger than Telegram allows (2000 MB): split it into smaller ones.
bad-file-workbook = This is a workbook (Excel): save it as CSV UTF-8 and send that.
bad-file-utf16 = The file is UTF-16 or no text: save it as CSV UTF-8 and send that.
bad-file-encoding = The file's encoding is not UTF-8 (perhaps Windows-1256): save it as CSV UTF-8 and send that.
bad-file-header = The first line must be: service,country_code,phone_number,price_override
bad-file-columns = The file has { $count } columns: the first line must be service,country_code,phone_number,price_override
import-runs = Another file is being imported, wait until it is done.
import-progress = 📥 { $file }
    Read up to line { $lines }…
import-stop = ⏹ Stop the import
import-stopping = The import is stopping…
import-done = ✅ { $file }
    Added: { $added }
    Known already: { $duplicates }
    Rejected: { $rejected }
import-failed = ⚠️ { $file }
    { $why }
import-stopped = The import was stopped, and nothing was added.
import-broken = The file could not be read to its end. Send it again; what was added is not doubled.
import-report = The rejected lines and why. Mend them and send them alone.
report-line = Line
report-reason = Reason
report-text = Text
line-foreign = the line is not UTF-8
line-too-long = the line is longer than 64 KB
line-no-number = there is no number
line-rounded = a spreadsheet has rounded { $text }: make the column text
line-not-digits = { $text } is no phone number
line-impossible = { $text } is no possible number
line-other-country = { $text } is another country's number
line-price = price { $text }: digits with a point, for example 10.50
line-status = status { $text }: expected available, used or deleted
line-unknown = no service { $service } with country code { $code }
line-several = code { $code } stands for several countries of this service
alert-import-interrupted = ⚠️ The bot was restarted while { $file } was being imported. Send it again; what was added is not doubled.
panel-export-list = 📤 Which table do you want as a CSV file? The file of numbers can be imported again.
export-numbers = 🔢 Numbers
export-users = 👥 Users
export-rentals = 🧾 Rentals
export-transactions = 💰 Movements
export-audit = 📜 Audit log
export-begins = The file is being made and will arrive here.
export-failed = ⚠️ The file could not be made, try again in a while.
person-hidden = The writer of this message hides their account: send their id or @name.

# Providers and messages that matched nothing
panel-providers = 🔌 Providers
panel-providers-list = 🔌 The providers who receive your numbers' messages
    🟢 works · 🔴 is down · ⚪ not read yet · ⏸ paused · 📄 from the bot's file
panel-provider = { $state } { $name }
    { $how }
    Address: { $address }
    { $health }

    Press a service to link or unlink it, and 🔡 for how its codes look in this provider's messages.
panel-provider-add-poll = ➕ Provider to read
panel-provider-add-post = ➕ Provider that posts
provider-polled = Read every { $seconds } s during a rental
provider-posts = Posts its messages to the bot: { $adapter }
provider-test = 🧪 Test it now
provider-try = 🔬 Try a message
provider-try-again = 🔬 Try another message
button-copy-address = 📋 Copy the address
health-up = Last answer: { $at }
health-down = 🔴 Down since { $at }: { $reason }
health-unknown = No message of it has come yet.
test-done = 🧪 It answered, with { $count } messages.
test-failed = 🧪 The test failed: { $reason }
test-raw = The answer as it came:
try-done = 🔬 The result:
try-line = { $service }: { $code }
ask-provider-name = 🔌 What is the provider called? Latin letters, digits, - and _ only, for example sms1
ask-provider-url = 🌐 At which address are messages read? For example https://sms.example/messages
ask-provider-key = 🔑 Send the key for reading, if there is one. Your message is deleted at once, and it is stored encrypted.
ask-provider-interval = ⏱ Every how many seconds is it read during a rental? Usually 5.
ask-provider-adapter = 🧷 What kind of source is it?
field-provider-adapter = Kind
bad-adapter = Choose the kind by a button.
bad-public-key = This is not Telnyx's public key: copy it from the account's page of keys as it is.
adapter-generic = JSON, bearer token
adapter-generic-hmac = JSON, signed by HMAC
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
source-lines = 📱 SIM lines
source-fields = 🧩 JSON fields
source-new-key = 🔗 New secret address
source-new-key-yes = 🔗 Yes, change the address
source-ask-new-key = 🔗 Give { $name } a new secret address? What is posted to the present one is refused from then on, until the source has the new one.
source-now = What there is now:
    { $rows }
source-unknown = Messages came on lines that are not in the table:
    { $lines }
lines-more = … and { $count } more
ask-source-lines = 📱 Write a row for each SIM: device/slot = number, for example
    pixel/1 = +201234567890
    and * for whatever is not named. What you write replaces the whole table; skipping empties it.
ask-source-fields = 🧩 Write a row for each field: field = path, for example
    list = data.items
    to = number
    The fields: list, to, from, text, id, time, service, device, slot, next, cursor, and signature_header. What you write replaces all of them; skipping brings the usual ones back.
field-source-lines = SIM lines
field-source-fields = JSON fields
bad-line-rows = Write each row like this: pixel/1 = +201234567890, with correct international numbers.
bad-field-rows = Write each row like this: to = data.number, with the names of the fields above.
service-words = 🔎 Words
words-now = 🔎 Messages of { $service } are known by these words in sender or text: { $words }
ask-service-words = Write other words with commas between them, and = before one that has to be the whole sender. Skipping brings the usual ones back.
field-service-words = Words
bad-words = Write one to thirty words with commas between them, each of two letters or more.
circuit-failing = ⚠️ Failed { $count } times, tried again: { $at }
circuit-open = ⛔ Failed { $count } times in a row, so it is asked less often; tried again: { $at }
provider-key-gone = 🔑 The new address is at another host, so the key was taken away: send it again if it is for that one.
test-awaited = an open rental waits for it
test-posted = 🧪 What this source posted last: { $count } messages.
ask-provider-token = 🔑 Send the token or signing key by which the source proves itself. Your message is deleted at once, and it is stored encrypted.
ask-link-pattern = 🔡 Send how codes look in this provider's messages for this service; without it the service's pattern counts.
ask-try-message = 🔬 Paste a message as it arrives, to see what is read out of it.
field-provider-name = Name
field-provider-url = Address
field-provider-key = Key
field-provider-interval = Seconds
field-provider-token = Token
field-link-pattern = Pattern
field-try-message = Message
bad-address = This is no address: it begins with https:// or http://
bad-address-private = This address is inside the server's own network, send one on the internet.
bad-secret = Send the key alone, without spaces.
bad-pattern-slow = The pattern is too large and would be slow, send a simpler one like \d{"{"}6{"}"}.
bad-lines = The text is empty or longer than { $most } characters.
bad-word = Latin letters, digits, - and _ only, at most 40.
bad-code = This is no code: send Latin letters and digits only.
panel-inbox = 📨 Unmatched messages
panel-inbox-list = 📨 Messages that came and matched no rental, the newest first
panel-inbox-empty = 📨 There are no unmatched messages.
panel-inbox-message = 📨 { $at } · { $provider }
    To: { $number }
    From: { $sender }
    «{ $text }»
    Reason: { $reason }
inbox-assign = Choose the rental that this message is for:
inbox-nobody = No rental of this number is open.
ask-assign = 🔐 What is the code? It is delivered to the rental's user and charged as usual.
assign-code = ✅ Code { $code }
assigned = ✅ The code was delivered.
reason-bad-recipient = the recipient's number cannot be read
reason-unknown-service = the message names no service of this provider
reason-ambiguous-service = the message names several services
reason-no-code = there is no code of the wanted form
reason-no-open-rental = no rental of this number and service is open
reason-sent-before-rental = sent before the rental began
reason-same-code = the same code was delivered before
reason-incomplete = A long message of which the other parts never came
reason-same-text = It repeats a message that came moments before
reason-unknown-line = Its SIM line is not in the provider's table
reason-by-hand = assigned by hand

# Broadcasts
panel-messages = 📣 Messages
panel-messages-list = 📣 Broadcasts, the newest first
panel-messages-empty = 📣 No broadcast was sent yet.
panel-broadcast-add = ➕ Broadcast
ask-broadcast = 📣 Send the text. Nothing is sent before you have seen it.
bad-broadcast = Send a text that is not empty, at most 4000 characters.
broadcast-ready = 📣 This is how it will arrive:

    { $text }

    Recipients: { $count }
broadcast-preview = 👁 Preview
broadcast-send = 📣 Send now to { $count }
broadcast-begins = It is being sent.
broadcast-progress = 📣 { $state }
    «{ $text }»
    Delivered: { $sent } of { $all }
    Have stopped the bot: { $blocked } · failed: { $failed }
    Waiting: { $pending }
broadcast-running = Being sent
broadcast-paused = Paused
broadcast-canceled = Canceled
broadcast-done = Sent
broadcast-pause = ⏸ Pause
broadcast-resume = ▶️ Resume
broadcast-cancel = ⏹ Cancel the rest
broadcast-cancel-yes = ⏹ Yes, cancel the rest
ask-broadcast-cancel = ⏹ Cancel the rest? Those who got it keep it.
broadcast-ended = This broadcast has ended.
nobody = Nobody matches this choice.
audience-all = All users
audience-days = Active within { $days } days
audience-any-balance = Any balance
audience-balance = Have a balance
audience-any-language = Any language
language-ar = العربية
language-en = English
letter = ✉️ A message from the team:
    { $text }
panel-user-write = ✉️ Write
ask-letter = ✉️ Send your message to this user.
field-letter = Message

# Statistics
panel-statistics = 📊 Statistics
period-today = Today
period-7 = Last 7 days
period-30 = Last 30 days
period-all = From the beginning
period-choose = 📅 Another period
statistics-picture = 🖼 Picture
picture-begins = The picture is drawn and will arrive here.
ask-period = 📅 Send the first day and the last, for example 2026-11-01 2026-11-15
bad-period = Send one day or two in this form: 2026-11-01 2026-11-15
statistics = 📊 { $period }
    🔐 Codes: { $codes } · 💰 Income: { $income }
    ⌛ Without a code: { $expired } · ❌ Canceled: { $canceled } · 💬 Not paid: { $failed }
    🎁 Rewards: { $rewards } · ➕ Credit added: { $added }
    👥 Users: { $users } · new: { $new } · active: { $seen }
    🔢 Numbers now: { $stock }
statistics-every-service = 🧩 Every service
statistics-every-country = 🌍 Every country
statistics-services = 🧩 Best services by codes
statistics-countries = 🌍 Best countries by codes
statistics-line = • { $name }: { $codes } · { $income } · ⌛ { $expired } · ❌ { $canceled }
statistics-by-income = 💰 By income: { $names }
tile-codes = Codes
tile-income = Income
tile-users = New users
tile-expired = Without a code
tile-over-time = Codes over time
tile-services = Best services
tile-countries = Best countries
tile-nothing = Nothing in this period

# Search, texts and the password
search = 🔎 Search
ask-search = 🔎 Type a part of what you look for.
search-nothing = Nothing matches what you typed.
panel-texts = ✍️ Texts
panel-texts-list = ✍️ The bot's texts as users see them. 🖐 set in the panel
panel-text = ✍️ { $key }

    { $text }

    Origin: { $origin }
ask-text = ✍️ Send the new text, and keep what stands in braces. The text now:

    { $text }
bad-own-text = The text is empty, too long, or lacks its variables. It must contain: { $variables }
setting-poll-interval = Read the file's providers every (seconds)
setting-admin-password = The panel's password
confirm-password = 🔐 A new password for the panel. When you save it all sessions end, yours too.
user-unknown = The bot does not know them. Check the id, or ask them to send /start to the bot first.
about-credit = ➕ To { $name } ({ $id }) · balance { $balance }
about-debit = ➖ From { $name } ({ $id }) · balance { $balance }
about-user = 👤 { $name } ({ $id })
ask-password = 🔐 Send a password of at least 8 characters. Your message is deleted at once, and all sessions end.
audit-all = everything
audit-money = 💰 Money
audit-access = 🔐 Access
audit-users = 👥 Users
audit-stock = 🔢 Stock
audit-settings = ⚙️ Settings
panel-movement = 💰 { $at }
    User: { $user }
    Kind: { $kind }
    Amount: { $amount } · balance after it: { $balance }
    Reason: { $reason }
    By: { $actor }
kind-add = added
kind-deduct = taken
kind-purchase = purchase
kind-reward = reward

# The owner's bots
panel-bots = 🤖 Bots
panel-bots-list = 🤖 Your bots on this farm
panel-bot-add = ➕ Add a bot
panel-bot-create = ✨ Create a bot
panel-bot = 🤖 { $name }
    Short name: { $slug }
    { $state }
    👥 Users: { $users } · 🔢 free numbers: { $stock }
bot-starting = starts
bot-running = runs
bot-failed = is down
bot-stopping = stops
ask-bot-token = 🤖 Send the bot's token from @BotFather. Your message is deleted at once, and it is stored encrypted.
ask-bot-username = What is the bot's @name?
ask-bot-password = 🔐 Send a password for the new bot's panel, at least 8 characters. Your message is deleted at once.
field-bot-token = Token
field-bot-username = Name
field-bot-password = Password
bad-token = This is no bot's token. Copy it from @BotFather as it is, like 123456789:AA…
bad-username = This is no bot's name. Send it like @my_bot
bad-new-password = That is too short. Send a password of at least 8 characters.
bot-added = ✅ { $name } ({ $slug }) was added and answers within seconds. Open its panel with /admin there.
bot-bad-token = Telegram does not accept this token, copy it from @BotFather as it is.
bot-other-name = This token is of the bot { $name }, check name and token.
bot-exists = This bot is on the farm already.
panel-created-bot = { $name } was created and is not on the farm yet. Add it here, or take it off the list; at Telegram it stays.
panel-bot-forget = 🧹 Off the list
panel-create-bot = ✨ Telegram creates the bot for you, and you handle no token: press the button under the chat, choose its name, then come back here.
panel-create-hint = ⌨️ The bot is created from here:
panel-no-creating = ✨ Telegram does not let this bot create others yet. In @BotFather open this bot's settings, turn on Bot Management Mode, then press again. Or add a bot by its token.
bot-not-managed = Telegram says that this bot was not created here. Add it by its token.
bot-created = ✅ { $name } was created. It waits in 🤖 Bots: /admin
bot-renewed = 🔑 { $name } has another token, and is started again with it.
bot-not-renewed = 🔑 { $name } has another token, and it could not be taken over. Delete the bot in 🤖 Bots and add it there again: its data stays.
bot-this-one = A bot is not deleted from inside itself, open the panel of another bot of yours.
ask-delete-bot = 🗑 Delete { $name }? The bot stops and its data stays. To confirm, type its short name: { $slug }
bad-bot-name = Nothing was deleted. To confirm, type: { $slug }
bot-deleted = 🗑 { $slug } was deleted, and its data stays.
